import { expect, test } from "bun:test";

import { describeEvent, readEvent } from "../../../src/web/event/event.ts";
import { FIRST_READING, type Reading } from "../../../src/web/event/reading.ts";
import { DOCUMENTED_ROLES } from "../../support/rows.ts";

const reading: Reading = {
  ...FIRST_READING,
  roles: DOCUMENTED_ROLES,
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
  expect(describeEvent(event, reading)).toEqual({
    time: "2026-03-04T05:06:07Z",
    type: { text: "task_done", title: "task_done", badge: { tone: "done" } },
    actor: { text: "12", title: "12" },
    target: { text: "", title: "" },
    summary: { text: "Built", title: "Built" },
    labels: [],
  });
});

const labelsIn = (json: Record<string, unknown>, changed: Partial<Reading> = {}) =>
  describeEvent({ id: 1n, json }, { ...reading, ...changed }).labels.map(({ key, value }) => [key, value]);

test("the columns without a role follow as labels, after those of the metadata, and without the empty ones", () => {
  const json = { id: 1, summary: "Built", metadata: '{"n":1}', ip: "::1", ok: 0, note: null, text: "" };
  expect(labelsIn(json)).toEqual([
    ["n", "1"],
    ["ip", "::1"],
    ["ok", "0"],
  ]);
  expect(labelsIn({ id: 1, kind: "login", ip: "::1" }, { roles: { id: "id", type: "kind" } })).toEqual([
    ["ip", "::1"],
  ]);
});

test("JSON is never one long label: its members are labels, those of a summary too", () => {
  expect(labelsIn({ id: 1, summary: '{"a":1,"b":[2]}', payload: '{"c":{"d":3}}' })).toEqual([
    ["a", "1"],
    ["b", "[2]"],
    ["payload.c", '{"d":3}'],
  ]);
});

test("a table of many columns has a limited number of labels, and the failures are among them", () => {
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`c${at}`, at]));
  const labels = labelsIn({ id: 1, ...many, last_error: "disk full" });
  expect(labels).toHaveLength(9);
  expect(labels.slice(-2)).toEqual([
    [undefined, "+33"],
    ["last_error", "disk full"],
  ]);
});

test("a type that is a number says of what, in a hue that does not follow the name of the column", () => {
  const type = (value: unknown, column = "failed", labels: Reading["labels"] = {}) =>
    describeEvent({ id: 1n, json: { [column]: value } }, { ...reading, roles: { type: column }, labels })
      .type;
  expect(type(0)?.text).toBe("failed 0");
  expect(type(0)?.badge.tone).toBeUndefined();
  expect(type(0)?.badge).toEqual(type("0")?.badge ?? { hue: -1 });
  expect(type(0, "status", { status: { "0": "down" } })).toMatchObject({
    text: "down",
    title: "down (status: 0)",
  });
  expect(type(0, "status", { status: { "0": "failed" } })?.badge).toEqual({ tone: "failed" });
  expect(type(1, "status", { status: { "0": "down" } })?.text).toBe("status 1");
  expect(type(null)).toBeUndefined();
});

test("the text of a row that a reference leads to stands for it, for roles and for labels", () => {
  const event = describeEvent(
    {
      id: 1n,
      json: {
        event_type: 3,
        actor_id: 7,
        place: 9,
        $names: { event_type: "state_changed", actor_id: "Ann", place: "Hall" },
      },
    },
    reading,
  );
  expect(event.type).toMatchObject({ text: "state_changed", title: "state_changed (event_type: 3)" });
  expect(event.actor).toEqual({ text: "Ann", title: "Ann (actor_id: 7)" });
  expect(event.labels).toEqual([{ key: "place", value: "Hall", failed: false, title: "Hall (place: 9)" }]);
});

test("names that every object inherits are none", () => {
  const json = { constructor: 1, event_type: "constructor" };
  expect(describeEvent({ id: 1n, json }, { ...reading, labels: { event_type: {} } })).toMatchObject({
    type: { text: "constructor" },
    labels: [{ key: "constructor", value: "1" }],
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
  const { summary, labels } = describeEvent(event, reading);
  expect(summary.text).toBe("");
  expect(labels).toEqual([
    { key: "metadata", value: "too large for the list", failed: false },
    { key: "summary", value: "too large for the list", failed: false },
    { key: "raw", value: "BLOB, 4 bytes", failed: false },
  ]);
});
