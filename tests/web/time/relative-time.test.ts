import { expect, test } from "bun:test";

import { relativeTime } from "../../../src/web/time/relative-time.ts";

const now = new Date(2026, 2, 4, 12, 0, 0).getTime();
const ago = (ms: number) => relativeTime(now - ms, now);

test.each([
  [0, "just now"],
  [9999, "just now"],
  [-9999, "just now"],
  [12_000, "12 s ago"],
  [59_999, "59 s ago"],
  [60_000, "1 min ago"],
  [3_599_999, "59 min ago"],
  [3 * 3_600_000, "3 h ago"],
  [24 * 3_600_000 - 1, "23 h ago"],
  [-120_000, "in 2 min"],
])("says %d ms ago as %p", (ms, text) => {
  expect(ago(ms)).toBe(text);
});

test("says the day from a day on, with the year where it is another one", () => {
  const day = { day: "numeric", month: "short" } as const;
  const yesterday = now - 24 * 3_600_000;
  expect(ago(24 * 3_600_000)).toBe(new Date(yesterday).toLocaleDateString(undefined, day));
  const before = new Date(2025, 11, 31).getTime();
  expect(relativeTime(before, now)).toBe(
    new Date(before).toLocaleDateString(undefined, { ...day, year: "numeric" }),
  );
});
