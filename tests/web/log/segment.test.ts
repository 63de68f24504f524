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

test("lets many rows at the other end go at once where there are too many, and can fetch them again", () => {
  const last = 5001 - MAX_SEGMENT_ROWS;
  const full = withOlder(segmentOf(down(5000, last + 1), false), down(last, last), more(last));
  expect(full.events).toHaveLength(MAX_SEGMENT_ROWS);
  expect(full.newer).toEqual(more(5000));
  const kept = (MAX_SEGMENT_ROWS * 2) / 3;
  const oldest = last - 100;
  const below = withOlder(full, down(last - 1, oldest), more(oldest));
  expect(ids(below)).toEqual(ids({ ...below, events: down(oldest + kept - 1, oldest) }));
  expect(below.newer).toEqual(more(oldest + kept - 1));
  // So that the next pages only come to those that are there.
  const next = withOlder(below, down(oldest - 1, oldest - 100), more(oldest - 100));
  expect(next.events).toHaveLength(kept + 100);
  const newest = ids(full)[0] ?? 0;
  const above = withNewer(full, down(newest + 100, newest + 1), { kind: "end" });
  expect(ids(above)[0]).toBe(newest + 100);
  expect(above.events).toHaveLength(kept);
  expect(above.older).toEqual(more(newest + 101 - kept));
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
