import { describe, expect, test } from "bun:test";

import { compare, distancesOf, type Landmark, Landmarks } from "../../src/db/landmarks.ts";

const mark = (id: number, values: Record<string, number | undefined> = { note: id }): Landmark => ({
  id: BigInt(id),
  schemaVersion: "1",
  columns: Object.keys(values),
  hashes: Object.values(values),
});

describe("landmarks", () => {
  test("are few, however long the log, and none is much farther than its row is from the end", () => {
    const landmarks = new Landmarks();
    for (let id = 1; id <= 20_000; id++) landmarks.add(mark(id));
    const ids = [landmarks.newest, ...landmarks.older].map((each) => Number(each?.id));
    expect(ids[0]).toBe(20_000);
    expect(ids.at(-1)).toBe(1);
    expect(ids.length).toBeLessThanOrEqual(64);
    expect(ids).toEqual(ids.toSorted((a, b) => b - a));
    for (const back of [1, 10, 100, 1000, 10_000]) {
      const next = ids.find((id) => id <= 20_000 - back) ?? 0;
      expect(20_000 - next).toBeLessThanOrEqual(back * 10);
    }
  });

  test("are replaced by what their rows look like now, and dropped after an id", () => {
    const landmarks = new Landmarks();
    landmarks.add(mark(1), mark(2), mark(3));
    landmarks.add(mark(3, { note: 99 }));
    expect(landmarks.newest?.hashes).toEqual([99]);
    landmarks.dropAfter(2n);
    expect(landmarks.newest?.id).toBe(2n);
    expect(landmarks.older.map(({ id }) => id)).toEqual([1n]);
  });

  test("are set in growing distances where a stretch is seen for the first time", () => {
    expect(distancesOf(1n)).toEqual([]);
    expect(distancesOf(2n)).toEqual([1n]);
    expect(distancesOf(5000n)).toEqual([1n, 10n, 100n, 1000n]);
  });
});

describe("comparing a row with what it was", () => {
  test("by the columns that both have", () => {
    expect(compare(mark(1, { a: 1, b: 2 }), mark(1, { b: 2, c: 3 }), [], undefined)).toEqual({
      isEqual: true,
      hasSameKey: undefined,
      hasSameTime: false,
    });
    expect(compare(mark(1, { a: 1 }), mark(1, { b: 1 }), [], undefined).isEqual).toBe(false);
    expect(compare(mark(1, {}), mark(1, {}), [], undefined).isEqual).toBe(true);
  });

  test("by a key that the table declares, unless there is NULL in it", () => {
    const before = mark(1, { key: 7, part: 8, note: 1 });
    const keys = [["key", "part"]];
    expect(compare(before, mark(1, { key: 7, part: 8, note: 2 }), keys, undefined).hasSameKey).toBe(true);
    expect(compare(before, mark(1, { key: 7, part: 9, note: 1 }), keys, undefined).hasSameKey).toBe(false);
    const withNull = mark(1, { key: undefined, part: 8, note: 1 });
    expect(compare(withNull, withNull, keys, undefined).hasSameKey).toBeUndefined();
  });

  test("by its time, unless it is NULL", () => {
    const before = mark(1, { at: 5, note: 1 });
    expect(compare(before, mark(1, { at: 5, note: 2 }), [], "at").hasSameTime).toBe(true);
    expect(compare(before, mark(1, { at: 6, note: 1 }), [], "at").hasSameTime).toBe(false);
    const withoutTime = mark(1, { at: undefined, note: 1 });
    expect(compare(withoutTime, withoutTime, [], "at").hasSameTime).toBe(false);
  });
});
