import { expect, test } from "bun:test";

import { SLICE_ROWS, sliceOf } from "../../../src/web/log/slices.ts";

const keys = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => String(from + at));
const all = keys(1, 50);
const room = SLICE_ROWS;

test("a few new rows are drawn at once, wherever they stand", () => {
  expect(sliceOf([], new Set(), room)).toEqual({ from: 0, to: 0 });
  const whole = { from: 0, to: 50 };
  expect(sliceOf(all, new Set(all), room)).toEqual(whole);
  expect(sliceOf(all, new Set(keys(1 + room, 50)), room)).toEqual(whole);
  expect(sliceOf(all, new Set(keys(1, 50 - room)), room)).toEqual(whole);
  expect(sliceOf(all, new Set(keys(4, 50 - (room - 3))), room)).toEqual(whole);
});

test("where all rows are new, the newest are drawn first, and the next ones in the next frame", () => {
  const first = sliceOf(all, new Set(), room);
  expect(first).toEqual({ from: 0, to: room });
  expect(sliceOf(all, new Set(all.slice(0, room)), room)).toEqual({ from: 0, to: 2 * room });
});

test("rows that are in the page stay, and of many new ones above them the oldest come first", () => {
  expect(sliceOf(all, new Set(keys(21, 60)), room)).toEqual({ from: 20 - room, to: 50 });
  expect(sliceOf(all, new Set(keys(21, 30)), room)).toEqual({ from: 20 - room, to: 30 });
});

test("a frame that has drawn its share draws what is there, and never nothing", () => {
  expect(sliceOf(all, new Set(keys(3, 12)), 0)).toEqual({ from: 2, to: 12 });
  expect(sliceOf(all, new Set(keys(99, 120)), 0)).toEqual({ from: 0, to: room });
});

test("rows that are in the page stay, however many new ones come between them", () => {
  const drawn = new Set([...keys(1, 2), ...keys(41, 50)]);
  expect(sliceOf(all, drawn, room)).toEqual({ from: 0, to: 50 });
  expect(sliceOf(all, new Set([...keys(11, 12), ...keys(31, 34)]), room)).toEqual({
    from: 10 - room,
    to: 34,
  });
});
