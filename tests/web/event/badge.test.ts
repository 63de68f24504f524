import { expect, test } from "bun:test";

import { assert, property, string } from "fast-check";

import { badgeOf, splitType } from "../../../src/web/event/badge.ts";

test.each([
  ["task_failed", "failed"],
  ["TaskFailed", "failed"],
  ["job.error", "failed"],
  ["ERROR", "failed"],
  ["lease timeout", "failed"],
  ["task_completed", "done"],
  ["build:succeeded", "done"],
  ["ok", "done"],
  ["task-queued", "waiting"],
  ["retry/scheduled", "waiting"],
  ["WARN", "waiting"],
  ["task_started", "active"],
  ["jobRunning", "active"],
  ["task_claimed", "active"],
])("%s says %s", (type, tone) => {
  expect(badgeOf(type)).toMatchObject({ tone });
});

test("the last word that says something decides", () => {
  expect(badgeOf("failure_resolved")).toEqual({ tone: "done" });
  expect(badgeOf("done_failed")).toEqual({ tone: "failed" });
});

test("a word inside another one says nothing", () => {
  expect(badgeOf("token_issued")).not.toHaveProperty("tone");
  expect(badgeOf("abandoned_cart")).not.toHaveProperty("tone");
});

test("any other type has a hue that stays, and is none of the four that mean something", () => {
  assert(
    property(string(), (type) => {
      const badge = badgeOf(type);
      expect(badgeOf(type)).toEqual(badge);
      if (badge.hue === undefined) return;
      expect(degreesApart(badge.hue, 25)).toBeGreaterThanOrEqual(50);
      for (const reserved of [75, 150, 255]) {
        expect(degreesApart(badge.hue, reserved)).toBeGreaterThanOrEqual(20);
      }
    }),
  );
});

test("types that differ a little rarely share a hue", () => {
  const hues = new Set(Array.from({ length: 20 }, (_, at) => badgeOf(`kind-${at}`).hue));
  expect(hues.size).toBeGreaterThanOrEqual(8);
});

function degreesApart(a: number, b: number): number {
  const distance = Math.abs(a - b) % 360;
  return Math.min(distance, 360 - distance);
}

test("the end of a long type stays in sight, where the names of a program differ", () => {
  const [started, stopped] = ["Started", "Stopped"].map((end) =>
    splitType(`com.example.very.long.prefix.${end}`),
  );
  expect(started?.join("")).toBe("com.example.very.long.prefix.Started");
  expect(started?.[1]).toEndWith("Started");
  expect(stopped?.[1]).toEndWith("Stopped");
  expect(splitType("task_failed")).toEqual(["", "task_failed"]);
  expect(splitType("🦉".repeat(20))).toEqual(["🦉".repeat(8), "🦉".repeat(12)]);
});
