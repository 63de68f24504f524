/** Which column plays which role, in tables of many shapes. */
import { describe, expect, test } from "bun:test";

import type { ColumnRoles } from "../../src/column-roles.ts";
import { readInstant } from "../../src/columns/instant.ts";
import { snakeOf } from "../../src/columns/name.ts";
import { decideRoles, GIVABLE_ROLES, type RoleQuestion } from "../../src/columns/roles.ts";
import { openReadOnly } from "../../src/db/sqlite/connection.ts";
import { FollowedTable } from "../../src/db/sqlite/followed-table.ts";
import type { ColumnValue } from "../../src/events.ts";
import { createCase, TABLE_CASES, type TableCase, zoneOf } from "../support/cases.ts";
import { DOCUMENTED_ROLES } from "../support/rows.ts";
import { Scratch } from "../support/scratch.ts";

/** What is found in a table or view of a case. */
function find(each: TableCase, relation: string) {
  using scratch = new Scratch();
  createCase(scratch.path("case.db"), each);
  using connection = openReadOnly(scratch.path("case.db"));
  const zone = zoneOf(each);
  const { table: opened } = FollowedTable.open(connection, relation, undefined, {
    given: {},
    zone,
    labels: {},
  });
  using table = opened;
  const { time, ...others } = table.roles.readings;
  const page = table.reader.readAfter(table.latestId - 1n, table.latestId, {
    rows: 1,
    bytes: 100_000,
  });
  const value = page.rows[0]?.values[page.columns.indexOf(time?.column ?? "")];
  const ms = time === undefined ? undefined : readInstant(value, time.form, zone);
  return { roles: { time, ...others }, ms };
}

describe("every role of the cases is right", () => {
  for (const each of TABLE_CASES) {
    for (const { name, expect: wanted } of [
      { name: each.table, expect: each.expect },
      each.view ?? [],
    ].flat()) {
      test(`${each.name}, ${name}: ${each.shape}`, () => {
        const { roles, ms } = find(each, name);
        for (const role of GIVABLE_ROLES) {
          const columns = wanted[role];
          if (columns === undefined) continue;
          const found = roles[role]?.column ?? null;
          const isRight = [columns].flat().some((column) => column === found);
          expect({ role, found, isRight }).toEqual({ role, found, isRight: true });
        }
        if (each.instant !== null)
          expect(Math.floor((ms ?? 0) / 1000)).toBe(Math.floor(Date.parse(each.instant) / 1000));
      });
    }
  }
});

/** Asks for the roles of columns that hold these values, the newest first. */
function decide(
  columns: Record<string, readonly ColumnValue[]>,
  more: Partial<RoleQuestion> = {},
): ColumnRoles {
  const readings = decideRoles({
    key: "id",
    columns: Object.entries(columns).map(([name, values]) => ({ name, values })),
    given: {},
    before: undefined,
    nowMs: Date.UTC(2026, 10, 27),
    ...more,
  });
  return Object.fromEntries(Object.entries(readings).map(([role, { column }]) => [role, column]));
}

const times = (count: number, stepMs: number): string[] =>
  Array.from({ length: count }, (_, at) => new Date(Date.UTC(2026, 5, 1) - at * stepMs).toISOString());
const repeated = (value: ColumnValue, count = 10): ColumnValue[] =>
  Array.from({ length: count }, () => value);

describe("in an empty table the names decide", () => {
  test("those of the documented table", () => {
    const names = ["timestamp", "event_type", "actor_id", "target_id", "target_type", "summary", "metadata"];
    expect(decide(Object.fromEntries(names.map((name) => [name, []])))).toEqual(DOCUMENTED_ROLES);
  });

  test("other usual ones, whatever their case", () => {
    const names = ["Created_At", "kind", "level", "userName", "message", "payload"];
    expect(decide(Object.fromEntries(names.map((name) => [name, []])))).toEqual({
      id: "id",
      time: "Created_At",
      type: "kind",
      actor: "userName",
      summary: "message",
      metadata: "payload",
    });
  });

  test("words are split as programs join them", () => {
    expect(["createdAt", "CREATED_AT", "Created-At", "HTTPStatusCode", "userID"].map(snakeOf)).toEqual([
      "created_at",
      "created_at",
      "created_at",
      "http_status_code",
      "user_id",
    ]);
  });
});

describe("the time", () => {
  test("is when the row came to be, and not when it is due, changed or done", () => {
    const created = times(10, 60_000);
    for (const later of [
      "updated_at",
      "scheduled_at",
      "finished_at",
      "expires_at",
      "last_seen",
      "due_date",
      "run_at",
    ])
      for (const first of ["created_at", "inserted_on", "enqueued", "dateCreated", "ts"])
        expect(decide({ [later]: created, [first]: created }).time).toBe(first);
  });

  test("is one that is scheduled where no other fits", () => {
    expect(decide({ run_at: times(10, 60_000), note: repeated("x y z") }).time).toBe("run_at");
  });

  test("is found by its values alone, where they rise with the key", () => {
    const ms = times(10, 60_000).map((iso) => BigInt(Date.parse(iso)));
    expect(decide({ a: repeated(5n), stamp_value: ms }).time).toBe("stamp_value");
    expect(
      decide({
        a: repeated(5n),
        amount: ms.toSorted(() => 0).map((value, at) => (value * (at % 2 === 0 ? 1n : 2n)) / 1000n),
      }).time,
    ).toBeUndefined();
  });

  test("no count, price or duration is taken for one", () => {
    const values = Array.from({ length: 10 }, (_, at) =>
      BigInt(1_400_000_000 + ((at * 7919) % 10) * 10_000_000),
    );
    expect(decide({ duration_ns: values, bytes: values, price: values }).time).toBeUndefined();
    const julian = Array.from({ length: 10 }, (_, at) => BigInt(2_460_000 - at));
    expect(decide({ order_number: julian }).time).toBeUndefined();
    const rising = (from: number) => Array.from({ length: 10 }, (_, at) => BigInt(from - at));
    expect(decide({ batch: rising(20_230_119), ticket: rising(700_000_000) }).time).toBeUndefined();
  });

  test("that no form can read is shown as it stands where its name is beyond doubt", () => {
    const readings = decide({ timestamp: [3n, 2n, 1n, 0n, -1n, -2n], note: repeated("a", 6) });
    expect(readings.time).toBe("timestamp");
    expect(decide({ reply_time: [3n, 2n, 1n, 0n, -1n, -2n] }).time).toBeUndefined();
  });
});

describe("a role never goes to a column that", () => {
  const time = times(10, 60_000);

  test("is empty", () => {
    expect(decide({ time, event_type: repeated(null), kind: ["a", "b", ...repeated("a", 8)] }).type).toBe(
      "kind",
    );
    expect(decide({ time, summary: repeated(""), message: repeated("hello there") }).summary).toBe("message");
    expect(decide({ time, metadata: repeated(null) }).metadata).toBeUndefined();
  });

  test("is a second time", () => {
    expect(decide({ created_at: time, last_message: time }).summary).toBeUndefined();
  });

  test("has another value in nearly every row, unless its name is beyond doubt", () => {
    const texts = Array.from({ length: 30 }, (_, at) => `value ${at}`);
    expect(decide({ check_status: texts }).type).toBeUndefined();
    expect(decide({ event_type: texts }).type).toBe("event_type");
  });

  test("holds one number", () => {
    expect(decide({ time, status: repeated(0n), user_id: repeated(1n) })).toEqual({ id: "id", time: "time" });
  });

  test("is of the wrong kind", () => {
    const json = time.map((at) => JSON.stringify({ at }));
    const blob = repeated(new Uint8Array([1, 2, 3]));
    expect(decide({ time, type: json, summary: blob, actor: blob })).toMatchObject({ metadata: "type" });
    expect(decide({ time, type: json, summary: blob }).type).toBeUndefined();
    expect(decide({ time, summary: blob }).summary).toBeUndefined();
    expect(
      decide({ time, event: time.map((at) => `a long sentence about ${at} and more than that`) }).type,
    ).toBeUndefined();
    expect(decide({ time, metadata: repeated("plain text") }).metadata).toBeUndefined();
  });

  test("but JSON may stand in a BLOB", () => {
    const bytes = time.map((at) => new TextEncoder().encode(JSON.stringify({ at })));
    expect(decide({ time, data: bytes }).metadata).toBe("data");
    expect(decide({ time, data: repeated(new Uint8Array([0x7b, 0xff, 0])) }).metadata).toBeUndefined();
  });

  test("but one that is empty for a while keeps it", () => {
    const before = { type: { column: "event_type", why: "" } };
    const columns = { time, event_type: repeated(null), kind: repeated(null) };
    expect(decide(columns, { before }).type).toBe("event_type");
  });
});

describe("one odd row changes no role", () => {
  const time = times(10, 60_000);
  const some = (text: string, odd: string): string[] => [
    odd,
    ...time.slice(1).map((_, at) => `${text}${at}`),
  ];

  test("be it a long one", () => {
    const long = "x".repeat(200);
    const kind = ["a sentence of very many words ".repeat(8), ...repeated("a", 5), ...repeated("b", 4)];
    const columns = { time, kind, user_name: some("ann", long), job_id: some("job", long) };
    expect(decide(columns)).toMatchObject({ type: "kind", actor: "user_name", target: "job_id" });
  });

  test("but long values in many of them do", () => {
    const long = time.map((at) => `${at} ${"x".repeat(200)}`);
    expect(decide({ time, user_name: long }).actor).toBeUndefined();
  });
});

describe("the documented table is known by its names, whatever its rows hold:", () => {
  const json = times(10, 60_000).map((at) => JSON.stringify({ at }));
  const long = times(10, 60_000).map((at) => `${at} ${"x".repeat(200)}`);
  const plain = {
    timestamp: times(10, 60_000),
    event_type: repeated("note"),
    actor_id: repeated("ann"),
    target_id: repeated("job"),
    target_type: repeated("job"),
    summary: repeated("a b c"),
    metadata: json,
  };

  test.each([
    ["nothing", { actor_id: repeated(null), target_id: repeated(null), metadata: repeated(null) }],
    ["numbers", { event_type: repeated(1n), actor_id: repeated(7.5), summary: repeated(2n) }],
    ["long texts", { event_type: long, actor_id: long, target_id: long }],
    ["JSON", { event_type: json, actor_id: json, target_id: json, summary: json }],
    ["plain text where JSON is expected", { metadata: repeated("plain text") }],
    ["texts that are no times", { timestamp: repeated("yesterday at noon") }],
  ])("%s", (_, odd: Record<string, readonly ColumnValue[]>) => {
    expect(decide({ ...plain, ...odd })).toEqual(DOCUMENTED_ROLES);
  });

  test("but what the operator gives comes first", () => {
    const given = {
      actor: { column: "target_type" },
      target: { column: null },
      summary: { column: "metadata" },
    };
    expect(decide(plain, { given })).toEqual({
      id: "id",
      time: "timestamp",
      type: "event_type",
      actor: "target_type",
      summary: "metadata",
    });
  });

  test("and its times have the form that they are written in", () => {
    const seconds = repeated(1_780_000_000n);
    const columns = Object.entries({ ...plain, timestamp: seconds }).map(([name, values]) => ({
      name,
      values,
    }));
    const readings = decideRoles({ key: "id", columns, given: {}, before: undefined });
    expect(readings.time).toMatchObject({ column: "timestamp", form: "epoch-s" });
  });
});

describe("what the operator gives", () => {
  const columns = {
    created_at: times(10, 60_000),
    at: times(10, 60_000),
    kind: ["a", ...repeated("b", 9)],
    Note: repeated("a b c"),
  };

  test("comes first, in any case of letters", () => {
    const given = { time: { column: "AT" }, summary: { column: "note" }, type: { column: null } };
    expect(decide(columns, { given })).toEqual({ id: "id", time: "at", summary: "Note" });
  });

  test("is left out where there is no such column", () => {
    expect(decide(columns, { given: { time: { column: "nowhere" } } }).time).toBe("at");
  });

  test("keeps its form", () => {
    const readings = decideRoles({
      key: "id",
      columns: [{ name: "visit", values: [13_344_473_600_000_000n] }],
      given: { time: { column: "visit", form: "webkit-us" } },
      before: undefined,
    });
    expect(readings.time?.form).toBe("webkit-us");
  });
});
