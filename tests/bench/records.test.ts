/** What the bench makes of the records of the load generator. */
import { expect, test } from "bun:test";

import { delaysOf, percentileOfSorted, Records } from "../../bench/support/records.ts";

test("records keep what was added, however much, and forget it when it was taken", () => {
  const records = new Records();
  for (let id = 1; id <= 5000; id++) records.add(id, id, id + 0.5);
  const taken = records.take();
  expect(taken.length).toBe(15_000);
  expect(taken.slice(-3)).toEqual(Float64Array.of(5000, 5000, 5000.5));
  expect(records.take().length).toBe(0);
});

test("the delay of every event of a read is taken from its own commit, and sorted", () => {
  const records = Float64Array.from([1, 3, 100, 4, 4, 101, 9, 9, 500]);
  const committedAt = new Map([
    [1, 90],
    [2, 95],
    [3, 99],
    [4, 98],
  ]);
  expect([...delaysOf(records, committedAt)]).toEqual([1, 3, 5, 10]);
});

test("a percentile of sorted values", () => {
  const sorted = Float64Array.from({ length: 100 }, (_, index) => index);
  expect([0, 0.5, 0.99, 1].map((share) => percentileOfSorted(sorted, share))).toEqual([0, 50, 99, 99]);
  expect(percentileOfSorted(new Float64Array(), 0.5)).toBeNaN();
});
