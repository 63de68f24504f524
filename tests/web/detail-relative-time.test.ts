import { expect, test } from "bun:test";

import { relativeTime } from "../../src/web/detail/relative-time.ts";

test.each([
  [0, "just now"],
  [-999, "just now"],
  [1000, "1 s ago"],
  [59_999, "59 s ago"],
  [12 * 60_000, "12 min ago"],
  [3_600_000, "1 h ago"],
  [86_400_000, "1 day ago"],
  [90_000_000_000, "1,041 days ago"],
  [-120_000, "in 2 min"],
])("%d ms ago: %s", (agoMs, expected) => {
  expect(relativeTime(1e12 - agoMs, 1e12)).toBe(expected);
});
