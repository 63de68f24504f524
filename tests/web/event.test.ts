import { expect, test } from "bun:test";

import type { ColumnRoles } from "../../src/events.ts";
import { describeEvent, readEvent } from "../../src/web/event.ts";

const roles: ColumnRoles = {
  id: "id",
  time: "timestamp",
  type: "event_type",
  actor: "actor_id",
  target: "target_id",
  summary: "summary",
  metadata: "metadata",
};

test("reads ids exactly, numbers and strings beyond 2^53 alike", () => {
  expect(readEvent({ id: 7 }, "id").id).toBe(7n);
  expect(readEvent({ rowid: "9223372036854775807" }, "rowid").id).toBe(9223372036854775807n);
});

test.each([[{}], [{ id: null }], [{ id: 1.5 }], [{ id: "x" }], [[]], ["text"], [null]])(
  "says which column holds no id in %j",
  (json) => {
    expect(() => readEvent(json, "id")).toThrow(/"id"/);
  },
);

test("gives each role its text, and what has no value an empty one", () => {
  const event = readEvent(
    {
      id: 1,
      timestamp: "2026-03-04T05:06:07Z",
      event_type: "task_done",
      actor_id: 12,
      summary: "Built",
      metadata: null,
    },
    "id",
  );
  expect(describeEvent(event, roles)).toEqual({
    time: "2026-03-04T05:06:07Z",
    type: "task_done",
    actor: "12",
    target: "",
    summary: "Built",
    labels: [],
  });
});

test("without a summary the remaining columns stand in for it", () => {
  const event = readEvent({ id: 1, kind: "login", ip: "::1", ok: 1, note: null }, "id");
  expect(describeEvent(event, { id: "id", type: "kind" })).toEqual({
    time: undefined,
    type: "login",
    actor: "",
    target: "",
    summary: "",
    labels: [
      { key: "ip", value: "::1", failed: false },
      { key: "ok", value: "1", failed: false },
    ],
  });
});

test("says which values the server cut, and shows a BLOB by its size", () => {
  const event = readEvent(
    {
      id: 1,
      event_type: "x",
      summary: null,
      metadata: null,
      raw: { $base64: "AAECAw==" },
      $truncated: ["metadata", "summary"],
    },
    "id",
  );
  const { summary, labels } = describeEvent(event, roles);
  expect(summary).toBe("");
  expect(labels).toEqual([
    { key: "raw", value: "BLOB, 4 bytes", failed: false },
    { key: "metadata", value: "too large for the list", failed: false },
    { key: "summary", value: "too large for the list", failed: false },
  ]);
});
