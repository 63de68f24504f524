import { expect, test } from "bun:test";

import { array, assert, bigInt, integer, property } from "fast-check";

import { RecentEvents } from "../../../src/web/feed/recent.ts";

const event = (id: bigint) => ({ id, json: {} });
const ids = (recent: RecentEvents) => recent.newestFirst.map((each) => each.id);

test("an event enters at the top and leaves at the bottom", () => {
  const recent = new RecentEvents(3);
  for (const id of [1n, 2n, 3n, 4n]) expect(recent.add(event(id))).toBe(true);
  expect(ids(recent)).toEqual([4n, 3n, 2n]);
});

test("an event is never there twice, and one older than the last row stays out", () => {
  const recent = new RecentEvents(2);
  for (const id of [5n, 6n]) recent.add(event(id));
  expect(recent.add(event(6n))).toBe(false);
  expect(recent.add(event(4n))).toBe(false);
  expect(ids(recent)).toEqual([6n, 5n]);
});

test("ids that are one number in floating point are two events", () => {
  const recent = new RecentEvents(5);
  recent.add(event(9007199254740993n));
  expect(recent.add(event(9007199254740992n))).toBe(true);
  expect(ids(recent)).toEqual([9007199254740993n, 9007199254740992n]);
});

test("whatever the order of arrival, it holds the newest, each once, newest first", () => {
  assert(
    property(array(bigInt({ min: -20n, max: 20n })), integer({ min: 1, max: 8 }), (arrivals, limit) => {
      const recent = new RecentEvents(limit);
      for (const id of arrivals) recent.add(event(id));
      const expected = [...new Set(arrivals)].toSorted((a, b) => (a < b ? 1 : -1)).slice(0, limit);
      expect(ids(recent)).toEqual(expected);
    }),
  );
});

test("a cleared window takes anything again", () => {
  const recent = new RecentEvents(2);
  for (const id of [5n, 6n]) recent.add(event(id));
  recent.clear();
  expect(recent.add(event(1n))).toBe(true);
  expect(ids(recent)).toEqual([1n]);
});

test("rows after an id can be taken out, and their ids given again", () => {
  const recent = new RecentEvents(5);
  for (const id of [1n, 2n, 3n, 4n]) recent.add(event(id));
  recent.dropAfter(2n);
  expect(ids(recent)).toEqual([2n, 1n]);
  expect(recent.add(event(3n))).toBe(true);
});
