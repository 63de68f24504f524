import { expect, test } from "bun:test";

import {
  EMPTY_SEGMENT,
  MAX_SEGMENT_BYTES,
  MAX_SEGMENT_ROWS,
  type Segment,
  segmentOf,
  withNewer,
  withOlder,
} from "../../../src/web/log/segment.ts";

const event = (id: number, text = "") => ({ id: BigInt(id), json: { id, text } });
const down = (from: number, to: number, text = "") =>
  Array.from({ length: from - to + 1 }, (_, at) => event(from - at, text));
const ids = ({ events }: Segment) => events.map(({ id }) => Number(id));
const more = (from: number) => ({ kind: "more", from: BigInt(from) }) as const;

test("begins with the rows that are shown, and goes on at both ends", () => {
  expect(segmentOf(down(9, 7), false)).toEqual({ events: down(9, 7), newer: more(9), older: more(7) });
  expect(segmentOf([], false)).toEqual(EMPTY_SEGMENT);
});

test("takes older rows below, and newer ones above", () => {
  const older = withOlder(segmentOf(down(9, 7), false), down(6, 5), more(5));
  expect(ids(older)).toEqual([9, 8, 7, 6, 5]);
  expect(older.older).toEqual(more(5));
  const newer = withNewer(older, down(11, 10), { kind: "end" });
  expect(ids(newer)).toEqual([11, 10, 9, 8, 7, 6, 5]);
  expect(newer.newer).toEqual({ kind: "end" });
});

test("a row that is there already is not taken twice", () => {
  expect(ids(withOlder(segmentOf(down(9, 7), false), down(8, 5), more(5)))).toEqual([9, 8, 7, 6, 5]);
  expect(ids(withNewer(segmentOf(down(9, 7), false), down(11, 8), more(11)))).toEqual([11, 10, 9, 8, 7]);
});

test("lets the rows at the other end go where there are too many, and can fetch them again", () => {
  const full = segmentOf(down(5000, 5001 - MAX_SEGMENT_ROWS), false);
  const last = 5001 - MAX_SEGMENT_ROWS;
  const below = withOlder(full, down(last - 1, last - 100), more(last - 100));
  expect(below.events).toHaveLength(MAX_SEGMENT_ROWS);
  expect(below.newer).toEqual(more(4900));
  expect(ids(below)[0]).toBe(4900);
  const above = withNewer(below, down(5000, 4901), { kind: "end" });
  expect(above.events).toHaveLength(MAX_SEGMENT_ROWS);
  expect(above.older).toEqual(more(last));
  expect(ids(above)[0]).toBe(5000);
});

test("large rows have a budget in bytes, and the page that was asked for is always there", () => {
  const text = "x".repeat(MAX_SEGMENT_BYTES / 8);
  const large = segmentOf(down(20, 11, text), false);
  const below = withOlder(large, down(10, 9, text), more(9));
  expect(ids(below).slice(-2)).toEqual([10, 9]);
  expect(below.events.length).toBeLessThan(10);
  expect(below.newer).toEqual(more(ids(below)[0] ?? 0));
  const one = withOlder(
    segmentOf(down(20, 20, text), false),
    down(19, 19, "x".repeat(MAX_SEGMENT_BYTES * 2)),
    more(19),
  );
  expect(ids(one)).toEqual([19]);
});
