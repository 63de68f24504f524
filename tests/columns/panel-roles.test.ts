/** Tables beside the log, as programs have them: what their columns are, and which look like state. */
import { describe, expect, test } from "bun:test";

import { type PanelReading, readPanel, STATE_ROWS } from "../../src/columns/panel-roles.ts";
import type { ColumnValue } from "../../src/events.ts";

const NOW_MS = Date.parse("2026-11-27T10:00:00Z");
const iso = (minutesAgo: number): string => new Date(NOW_MS - minutesAgo * 60_000).toISOString();
const seconds = (minutesAgo: number): bigint => BigInt(Math.floor(NOW_MS / 1000) - minutesAgo * 60);

interface Table {
  readonly name?: string;
  readonly key?: readonly string[];
  readonly references?: readonly string[];
  readonly rows?: number;
}

/** @param columns by name: what makes the value of a row */
function read(columns: Record<string, (row: number) => ColumnValue>, table: Table = {}): PanelReading {
  const { name = "things", key = ["id"], references = [], rows = 20 } = table;
  const sampled = Math.min(rows, 100);
  return readPanel({
    name,
    key,
    references: new Set(references),
    rows,
    nowMs: NOW_MS,
    columns: Object.entries(columns).map(([column, valueOf]) => ({
      name: column,
      values: Array.from({ length: sampled }, (_, row) => valueOf(row)),
    })),
  });
}

const rolesOf = (reading: PanelReading): Record<string, string> => Object.fromEntries(reading.roles);
const oneOf =
  (...values: ColumnValue[]) =>
  (row: number): ColumnValue =>
    values[row % values.length] ?? null;

describe("a blackboard", () => {
  test("agents", () => {
    const reading = read(
      {
        id: (row) => `agent-${row}`,
        name: (row) => `Agent ${row}`,
        role: oneOf("planner", "coder"),
        status: oneOf("idle", "busy"),
        last_seen: iso,
      },
      { name: "agents", rows: 4 },
    );
    expect(rolesOf(reading)).toEqual({ id: "key", name: "name", status: "status", last_seen: "last-seen" });
    expect(reading.times.get("last_seen")).toBe("text");
    expect(reading.isOpen).toBe(true);
  });

  test("work items, of which there are many", () => {
    const reading = read(
      {
        id: (row) => `T-${row}`,
        title: (row) => `do the thing number ${row}`,
        status: oneOf("available", "claimed", "blocked"),
        claimed_by: oneOf("agent-1", null),
        priority: oneOf(1n, 2n),
        created_at: iso,
        updated_at: iso,
      },
      { name: "work_items", references: ["claimed_by"], rows: STATE_ROWS + 1 },
    );
    expect(rolesOf(reading)).toEqual({
      id: "key",
      title: "name",
      status: "status",
      created_at: "time",
      updated_at: "last-seen",
    });
    expect(reading.isOpen).toBe(true);
  });
});

describe("other schemas", () => {
  test("jobs with numbers for times and states", () => {
    const reading = read({
      id: BigInt,
      queue: oneOf("mail", "reports"),
      state: oneOf(0n, 1n, 2n),
      run_at: seconds,
      heartbeat_at: seconds,
      payload: () => '{"a":1}',
    });
    expect(rolesOf(reading)).toEqual({
      id: "key",
      state: "status",
      run_at: "time",
      heartbeat_at: "last-seen",
    });
    expect(reading.times.get("run_at")).toBe("epoch-s");
  });

  test("schedules without a status", () => {
    const reading = read(
      {
        id: BigInt,
        cron: (row) => `*/${row + 1} * * * *`,
        next_run: (row) => iso(-row),
        enabled: oneOf(1n, 0n),
      },
      { name: "schedules", rows: 6 },
    );
    expect(rolesOf(reading)).toEqual({ id: "key", cron: "name", next_run: "time" });
    expect(reading.isOpen).toBe(true);
  });

  test("names in camel case", () => {
    const reading = read({
      id: BigInt,
      displayName: (row) => `User ${row}`,
      accountState: oneOf("on", "off"),
      lastSeenAt: iso,
      createdAt: iso,
    });
    expect(rolesOf(reading)).toEqual({
      id: "key",
      displayName: "name",
      accountState: "status",
      lastSeenAt: "last-seen",
      createdAt: "time",
    });
  });

  test("a few words that rows share are a status, whatever they are called", () => {
    const colours = oneOf("red", "green", "blue");
    expect(rolesOf(read({ id: BigInt, colour: colours }, { rows: 40 }))).toEqual({
      id: "key",
      colour: "status",
    });
    expect(rolesOf(read({ id: BigInt, colour: colours }, { rows: 5 }))["colour"]).not.toBe("status");
    const reference = read({ id: BigInt, colour: colours }, { rows: 40, references: ["colour"] });
    expect(rolesOf(reference)).toEqual({ id: "key" });
  });

  test("a status with a value for each row is none", () => {
    const reading = read({ id: BigInt, status: (row) => `report ${row} of the day` }, { rows: 60 });
    expect(rolesOf(reading)["status"]).not.toBe("status");
  });

  test("a key of several columns", () => {
    const reading = read(
      { room: BigInt, seat: BigInt, name: (row) => `seat ${row}` },
      { key: ["room", "seat"] },
    );
    expect(rolesOf(reading)).toEqual({ room: "key", seat: "key", name: "name" });
  });

  test("an empty table is read by its names", () => {
    const none = (): ColumnValue => null;
    const columns = { id: none, name: none, status: none, started_at: none, note: none };
    const reading = read(columns, { rows: 0 });
    expect(rolesOf(reading)).toEqual({ id: "key", name: "name", status: "status", started_at: "time" });
    expect(reading.isOpen).toBe(true);
    expect(read({ id: none, note: none }, { rows: 0 }).isOpen).toBe(false);
  });
});

describe("what looks like state", () => {
  const plain = { id: BigInt, note: (row: number) => `note ${row}` };

  test("a small table does, a large one without a status does not", () => {
    expect(read(plain, { rows: STATE_ROWS }).isOpen).toBe(true);
    expect(read(plain, { rows: STATE_ROWS + 1 }).isOpen).toBe(false);
  });

  test.each(["schema_migrations", "alembic_version", "knex_migrations_lock", "_prisma_migrations"])(
    "what a tool keeps in %s does not",
    (name) => expect(read(plain, { name, rows: 3 }).isOpen).toBe(false),
  );
});
