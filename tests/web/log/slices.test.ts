import { expect, test } from "bun:test";

import { SLICE_ROWS, sliceEnd } from "../../../src/web/log/slices.ts";

const keys = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => String(from + at));

test("a few new rows are drawn at once, wherever they stand", () => {
  expect(sliceEnd([], new Set())).toBe(0);
  expect(sliceEnd(keys(1, 50), new Set(keys(1, 50)))).toBe(50);
  expect(sliceEnd(keys(1, 50), new Set(keys(1 + SLICE_ROWS, 50)))).toBe(50);
  expect(sliceEnd(keys(1, 50), new Set(keys(1, 50 - SLICE_ROWS)))).toBe(50);
});

test("of many new rows the first of the list are drawn, and the next ones in the next frame", () => {
  const all = keys(1, 50);
  const first = sliceEnd(all, new Set());
  expect(first).toBe(SLICE_ROWS);
  expect(sliceEnd(all, new Set(all.slice(0, first)))).toBe(2 * SLICE_ROWS);
});

test("rows that are drawn already do not count", () => {
  const drawn = new Set(keys(3, 12));
  expect(sliceEnd(keys(1, 50), drawn)).toBe(2 + drawn.size + SLICE_ROWS - 2);
});
