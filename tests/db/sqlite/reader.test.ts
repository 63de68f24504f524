import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";

import { createDatabase } from "../../../src/db/sqlite/create.ts";
import { MAX_VALUE_BYTES } from "../../../src/db/sqlite/page-rows.ts";
import { EventReader } from "../../../src/db/sqlite/reader.ts";
import { NoIntegerKeyError, TableMissingError } from "../../../src/db/sqlite/table-errors.ts";
import { inspectTable } from "../../../src/db/sqlite/table-shape.ts";
import { MIN_EVENT_ID } from "../../../src/events.ts";
import { Sql } from "../../../src/query/sql.ts";
import { Scratch } from "../../support/scratch.ts";

const MAX_ID = 2n ** 63n - 1n;
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

const rowsOf = (rows: number) => ({ rows, bytes: NO_LIMIT });

function memory(...statements: string[]): Database {
  const database = new Database(":memory:", { safeIntegers: true });
  for (const statement of statements) database.run(statement);
  return database;
}

describe("the key of a table", () => {
  test.each([
    ["CREATE TABLE events (id INTEGER PRIMARY KEY, a)", "id", ["a"]],
    ["CREATE TABLE events (a, Seq integer primary key autoincrement)", "Seq", ["a"]],
    ["CREATE TABLE events (id TEXT PRIMARY KEY, a)", "rowid", ["id", "a"]],
    ["CREATE TABLE events (id INT PRIMARY KEY, rowid TEXT)", "_rowid_", ["id", "rowid"]],
    ["CREATE TABLE events (id INTEGER PRIMARY KEY DESC, a)", "rowid", ["id", "a"]],
    ["CREATE TABLE events (a, b)", "rowid", ["a", "b"]],
    ["CREATE TABLE events (id INTEGER PRIMARY KEY, a) WITHOUT ROWID", "id", ["a"]],
    ["CREATE VIEW events AS SELECT 1 AS id, 2 AS a", "id", ["a"]],
  ])("of %s", (sql, key, columns) => {
    using database = memory(sql);
    expect(inspectTable(database, "events")).toMatchObject({ key, columns });
  });

  test.each([
    "CREATE TABLE events (id TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE VIEW events AS SELECT 2 AS a",
  ])("is missing in %s", (sql) => {
    using database = memory(sql);
    expect(() => inspectTable(database, "events")).toThrow(NoIntegerKeyError);
  });

  test("a table that is not there is said to be missing", () => {
    using database = memory();
    expect(() => inspectTable(database, "events")).toThrow(TableMissingError);
  });

  test("a name is a name, whatever is in it", () => {
    const name = `a"b'; DROP TABLE x; --`;
    using database = memory(`CREATE TABLE "a""b'; DROP TABLE x; --" (id INTEGER PRIMARY KEY, "c""d")`);
    database.run(`INSERT INTO "a""b'; DROP TABLE x; --" VALUES (1, 'v')`);
    using reader = new EventReader(database, name);
    expect(reader.readAfter(0n, MAX_ID, rowsOf(10))).toMatchObject({
      columns: ["id", `c"d`],
      rows: [{ id: 1n, values: [1n, "v"], truncated: [] }],
      hasMore: false,
    });
  });
});

describe("reading", () => {
  const table = "CREATE TABLE events (id INTEGER PRIMARY KEY, note)";

  test("by keyset: after a cursor oldest first, up to an id newest first", () => {
    using database = memory(table, "INSERT INTO events VALUES (-3,'a'),(1,'b'),(2,'c'),(10,'d')");
    using reader = new EventReader(database, "events");
    const ids = (page: { rows: readonly { id: bigint }[] }) => page.rows.map((row) => row.id);
    expect(ids(reader.readAfter(-4n, MAX_ID, rowsOf(10)))).toEqual([-3n, 1n, 2n, 10n]);
    expect(ids(reader.readAfter(1n, MAX_ID, rowsOf(1)))).toEqual([2n]);
    expect(ids(reader.readAfter(-4n, 1n, rowsOf(10)))).toEqual([-3n, 1n]);
    expect(
      ids(
        reader.readMatching(
          new Sql("TRUE"),
          { direction: "descending", lowest: MIN_EVENT_ID, highest: 2n },
          rowsOf(2),
          0,
        ),
      ),
    ).toEqual([2n, 1n]);
    expect(reader.bounds()).toEqual({ oldestId: -3n, latestId: 10n });
    expect(reader.latestId()).toBe(10n);
    expect(reader.countAfter(-3n, 2)).toBe(2);
    expect(ids(reader.readOne(2n, NO_LIMIT))).toEqual([2n]);
    expect(ids(reader.readOne(3n, NO_LIMIT))).toEqual([]);
  });

  test("ids to 2^63-1 are exact", () => {
    using database = memory(
      table,
      "INSERT INTO events VALUES (9007199254740993,'a'),(9223372036854775807,'b')",
    );
    using reader = new EventReader(database, "events");
    expect(reader.readAfter(9007199254740992n, MAX_ID, rowsOf(10)).rows.map((row) => row.id)).toEqual([
      9007199254740993n,
      9223372036854775807n,
    ]);
  });

  test("an empty table has no bounds", () => {
    using database = memory(table);
    using reader = new EventReader(database, "events");
    expect(reader.bounds()).toBeUndefined();
    expect(reader.latestId()).toBeUndefined();
  });

  test("a table of nothing but its key is read like others", () => {
    using database = memory("CREATE TABLE events (id INTEGER PRIMARY KEY)");
    database.run("INSERT INTO events VALUES (1), (2)");
    using reader = new EventReader(database, "events");
    const row = (id: bigint) => ({ id, values: [id], truncated: [] });
    expect(reader.readAfter(0n, MAX_ID, rowsOf(10)).rows).toEqual([row(1n), row(2n)]);
    expect(
      reader.readMatching(
        new Sql("TRUE"),
        { direction: "descending", lowest: MIN_EVENT_ID, highest: 2n },
        rowsOf(1),
        0,
      ).rows,
    ).toEqual([row(2n)]);
    expect(reader.readOne(1n, NO_LIMIT).rows).toEqual([row(1n)]);
    expect(reader.landmarkAt(2n)?.hashes).toEqual([]);
  });

  test("a large value is cut from a page, named, and whole when read alone", () => {
    using database = memory(table);
    const large = "x".repeat(MAX_VALUE_BYTES + 1);
    database.run("INSERT INTO events VALUES (1, ?), (2, ?)", [large, large.slice(1)]);
    using reader = new EventReader(database, "events");
    expect(reader.readAfter(0n, MAX_ID, rowsOf(10)).rows).toEqual([
      { id: 1n, values: [1n, null], truncated: ["note"] },
      { id: 2n, values: [2n, large.slice(1)], truncated: [] },
    ]);
    expect(reader.readOne(1n, NO_LIMIT).rows[0]?.values[1]).toBe(large);
  });

  test("a table may have as many columns as SQLite allows", () => {
    const names = Array.from({ length: 1999 }, (_, index) => `c${index}`);
    using database = memory(`CREATE TABLE events (id INTEGER PRIMARY KEY, ${names.join(", ")})`);
    database.run("INSERT INTO events(id, c0, c1998) VALUES (1, 'a', ?)", ["x".repeat(MAX_VALUE_BYTES + 1)]);
    using reader = new EventReader(database, "events");
    const [row] = reader.readAfter(0n, MAX_ID, rowsOf(1)).rows;
    expect(row?.values.slice(0, 3)).toEqual([1n, "a", null]);
    expect(row?.values).toHaveLength(2000);
    expect(row?.truncated).toEqual(["c1998"]);
  });

  test("a column that is added or renamed shows in the next page", () => {
    using database = memory(table, "INSERT INTO events VALUES (1,'a')");
    using reader = new EventReader(database, "events");
    expect(reader.readAfter(0n, MAX_ID, rowsOf(1)).columns).toEqual(["id", "note"]);
    database.run("ALTER TABLE events ADD COLUMN more DEFAULT 'b'");
    database.run("ALTER TABLE events RENAME COLUMN note TO remark");
    expect(reader.readAfter(0n, MAX_ID, rowsOf(1))).toMatchObject({
      columns: ["id", "remark", "more"],
      rows: [{ id: 1n, values: [1n, "a", "b"], truncated: [] }],
      hasMore: false,
    });
  });
});

describe("creating", () => {
  test("makes the documented table in WAL mode, and leaves an existing one alone", () => {
    using scratch = new Scratch();
    const path = scratch.path("new.db");
    createDatabase(path, "events");
    using database = new Database(path);
    database.run("INSERT INTO events(event_type, summary) VALUES ('hello', 'world')");
    createDatabase(path, "events");
    expect(database.query("SELECT id, event_type, summary FROM events").all()).toEqual([
      { id: 1, event_type: "hello", summary: "world" },
    ]);
    expect(
      database.query("SELECT timestamp GLOB '20??-??-??T??:??:??.???Z' AS ok FROM events").get(),
    ).toEqual({ ok: 1 });
    expect(database.query("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
  });
});
