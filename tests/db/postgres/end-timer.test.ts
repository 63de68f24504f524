import { expect, test } from "bun:test";

import { pauseAfter } from "../../../src/db/postgres/live/end-timer.ts";

test("the end of a transaction is noticed soon after it, and a long one is asked about seldom", () => {
  expect(pauseAfter(0)).toBe(2);
  expect(pauseAfter(160)).toBe(10);
  expect(pauseAfter(60_000)).toBe(50);
  // What the pause adds to a wait, and how often is asked in the first second.
  let waitedMs = 0;
  let looks = 0;
  for (; waitedMs < 1000; looks++) {
    const pause = pauseAfter(waitedMs);
    expect(pause).toBeLessThanOrEqual(Math.max(2, waitedMs / 10));
    waitedMs += pause;
  }
  expect(looks).toBeLessThan(90);
});
