import { expect, test } from "bun:test";

import { MAX_FRESH, nearRows } from "../../../src/web/log/near-rows.ts";

const items = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => ({ index: from + at, key: BigInt(from + at) }));
const keys = (from: number, to: number) => new Set(items(from, to).map(({ key }) => key));
const inSight = { startIndex: 112, endIndex: 131 };
const all = items(100, 143);
const indexes = (rows: readonly { index: number }[]) => rows.map(({ index }) => index);

test("while a few rows come into the page, those beyond the edges are drawn with them", () => {
  expect(nearRows(all, keys(100, 143), inSight)).toEqual(all);
  expect(nearRows(all, keys(100 + MAX_FRESH, 143), inSight)).toEqual(all);
});

test("where many are new, those in sight come first, with a few around them", () => {
  const first = nearRows(all, new Set(), inSight);
  expect(indexes(first)).toEqual(indexes(items(110, 133)));
  const second = nearRows(all, keys(110, 133), inSight);
  expect(indexes(second)).toEqual(indexes(items(102, 141)));
  expect(nearRows(all, keys(102, 141), inSight)).toEqual(all);
});

test("without a range, all are drawn", () => {
  expect(nearRows(all, new Set(), null)).toEqual(all);
});
