import { expect, test } from "bun:test";

import { ViewRest } from "../../../../src/db/panels/view-rest.ts";

test("a view that takes long rests twenty times as long, and at most a minute", () => {
  let nowMs = 1000;
  const rest = new ViewRest(() => nowMs);
  rest.note("quick", 40);
  rest.note("slow", 100);
  rest.note("endless", 10_000);
  expect(["quick", "slow", "endless", "other"].map((name) => rest.restMs(name))).toEqual([
    0, 2000, 60_000, 0,
  ]);
  nowMs += 1999;
  expect(rest.restMs("slow")).toBe(1);
  nowMs += 1;
  expect(rest.restMs("slow")).toBe(0);
});
