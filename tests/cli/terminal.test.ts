/** What a terminal shows of events: one line each, in columns, and nothing that it would obey. */
import { describe, expect, test } from "bun:test";

import { EventColumns } from "../../src/cli/event-columns.ts";
import { createPrinter } from "../../src/cli/printer.ts";
import { printable } from "../../src/process/printable.ts";

const READING = {
  roles: {
    id: { column: "id", why: "" },
    time: { column: "at", form: "text", why: "" },
    type: { column: "kind", why: "" },
    actor: { column: "who", why: "" },
    summary: { column: "note", why: "" },
    metadata: { column: "more", why: "" },
  },
  timeZone: "UTC",
  labels: { kind: { "0": "down" } },
} as const;

const ESC = "\u001b";
const event = (fields: Record<string, unknown>) => ({
  id: 7,
  at: "2026-01-02T03:04:05.678Z",
  kind: "done",
  who: "agent-1",
  note: "a note",
  more: null,
  ...fields,
});

/** One after the other below each other. */
function lines(events: Record<string, unknown>[], width = 100, hasColours = false): string[] {
  const columns = new EventColumns(READING);
  return events.map((fields) => columns.line(event(fields), width, hasColours));
}

describe("columns", () => {
  test("stand below each other, with names for values", () => {
    const [first = "", second = ""] = lines([{}, { id: 8, kind: 0, who: "b", note: "another" }]);
    expect(first).toMatch(/^7 {2}2026-01-0\d \d\d:\d\d {2}done {2}agent-1 {2}a note$/);
    expect(second).toMatch(/^8 {2}2026-01-0\d \d\d:\d\d {2}down {2}b {8}another$/);
  });

  test("are followed by the other columns and the metadata", () => {
    expect(lines([{ more: '{"a":1}', cost: 3, none: null }])[0]).toEndWith('a note  cost=3 {"a":1}');
  });

  test("show every id whole, and put it below the others", () => {
    const ids = [7, "9223372036854775806", "9223372036854775807", "-9223372036854775808", 12_345_678_901];
    const shown = lines(ids.map((id) => ({ id })));
    expect(shown.map((line) => line.trimStart().split(" ")[0])).toEqual(ids.map(String));
    expect(shown.at(-1)).toStartWith(`${" ".repeat(9)}12345678901  `);
  });

  test.each([10, 20, 40, 79, 80])("take no more than %p cells", (width) => {
    const wide = [
      { note: "日本語".repeat(60) },
      { kind: "👩‍👩‍👧‍👦".repeat(30) },
      { who: "é".repeat(90), more: "x".repeat(500) },
    ];
    for (const line of lines(wide, width)) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(width);
    for (const line of lines(wide, width, true)) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(width);
  });

  test("show what a terminal would obey, on one line", () => {
    const evil = `${ESC}]0;title\u0007 ${ESC}[2J \u009b31m \u202e right\r\nnext\nline\ttab`;
    for (const fields of [
      { note: evil },
      { kind: evil },
      { who: evil },
      { more: evil },
      { [evil]: evil },
      { at: evil },
    ]) {
      const [line = ""] = lines([fields], 500);
      expect(line).toBe(printable(line));
    }
    expect(lines([{ note: evil }], 500)[0]).toContain("\\u001b]0;title\\u0007");
  });

  test("are coloured by type, red for what failed, and only where there are colours", () => {
    expect(lines([{ kind: "task_failed" }], 100, true)[0]).toContain(`${ESC}[31mtask_failed${ESC}[0m`);
    expect(lines([{ kind: "task_failed" }])[0]).not.toContain(ESC);
  });

  test("say what was too large to be sent", () => {
    expect(lines([{ note: null, $truncated: ["note"] }])[0]).toEndWith("(too large)");
  });
});

describe("JSON", () => {
  test("is left as it is for a program, and spelt out for a terminal", () => {
    const json = '{"note":"\u009b31m"}';
    expect(createPrinter(true, undefined).line(json)).toBe(`${json}\n`);
    const shown = createPrinter(true, { width: () => 80, hasColours: true }).line(json);
    expect(shown).toBe('{"note":"\\u009b31m"}\n');
    expect(JSON.parse(shown)).toEqual(JSON.parse(json));
  });
});
