import { expect, test } from "bun:test";

import { Rate } from "../../src/db/rate.ts";

test("a rate is taken over the last ten seconds", () => {
  let nowMs = 5_000_123;
  const rate = new Rate(() => nowMs);
  rate.add(30);
  rate.add(20);
  expect(rate.perSecond()).toBe(5);
  nowMs += 9_000;
  rate.add(10);
  expect(rate.perSecond()).toBe(6);
  nowMs += 1_000;
  expect(rate.perSecond()).toBe(1);
  nowMs += 1_000_000;
  expect(rate.perSecond()).toBe(0);
});
