import { expect, test } from "bun:test";

import type { Entry } from "../../../src/web/log/entries.ts";
import { linesInSight } from "../../../src/web/log/in-sight.ts";

const line = (isFolded: boolean): Entry => ({
  kind: "event",
  event: { id: 1n, json: {} },
  repeats: 1,
  foldId: 1n,
  isFolded,
});

test("as many lines are in sight as the window has room for, and those that are folded away take none", () => {
  const plain = Array.from({ length: 50 }, () => line(false));
  expect(linesInSight(plain, 340)).toBe(10);
  expect(linesInSight(plain, 341)).toBe(11);
  expect(linesInSight(plain, 5000)).toBe(50);
  const folded = plain.map((_, at) => line(at % 5 !== 0));
  expect(linesInSight(folded, 170)).toBe(25);
  expect(linesInSight([], 340)).toBe(0);
});
