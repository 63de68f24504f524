/** The roles follow the table while it changes. */
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";

import { PLAIN_READING } from "../../../src/db/reading.ts";
import { openReadOnly } from "../../../src/db/sqlite/connection.ts";
import { FollowedTable } from "../../../src/db/sqlite/followed-table.ts";
import { EventReader } from "../../../src/db/sqlite/reader.ts";
import { RoleWatch } from "../../../src/db/sqlite/role-watch.ts";
import { Scratch } from "../../support/scratch.ts";

/** What is found after each of these statements, by a table that stays open. */
function rolesAfter(create: string, ...statements: string[]): Record<string, string>[] {
  using scratch = new Scratch();
  const path = scratch.path("events.db");
  using writer = new Database(path);
  writer.run("PRAGMA journal_mode = WAL");
  writer.run(create);
  using connection = openReadOnly(path);
  const { table: opened } = FollowedTable.open(connection, "events", undefined);
  using table = opened;
  const roles = () =>
    Object.fromEntries(Object.entries(table.roles.readings).map(([role, { column }]) => [role, column]));
  return [
    roles(),
    ...statements.map((sql) => {
      writer.run(sql);
      table.look(false);
      return roles();
    }),
  ];
}

const many = (values: string, count: number): string =>
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) INSERT INTO events SELECT ${values} FROM n`;

test("names decide while there are no rows, and values as soon as there are", () => {
  const found = rolesAfter(
    "CREATE TABLE events (id INTEGER PRIMARY KEY, type, kind, made)",
    many("NULL, NULL, 'kind ' || (i % 3), 1700000000 + i", 10),
  );
  expect(found).toEqual([
    { id: "id", type: "type" },
    { id: "id", type: "kind", time: "made" },
  ]);
});

test("a change of the schema is seen with the next row", () => {
  const found = rolesAfter(
    "CREATE TABLE events (id INTEGER PRIMARY KEY, note TEXT)",
    "ALTER TABLE events ADD COLUMN event_type TEXT",
    "INSERT INTO events VALUES (1, 'a', 'b')",
  );
  expect(found.at(-1)).toEqual({ id: "id", type: "event_type", summary: "note" });
});

test("a settled column keeps its role while it is empty", () => {
  const found = rolesAfter(
    "CREATE TABLE events (id INTEGER PRIMARY KEY, event_type TEXT, kind TEXT)",
    many("NULL, 'type ' || (i % 3), NULL", 100),
    many("NULL, NULL, 'kind ' || (i % 3)", 100),
  );
  expect(found.map(({ type }) => type)).toEqual(["event_type", "event_type", "event_type"]);
});

test("large documents are known by their beginning", () => {
  const found = rolesAfter(
    "CREATE TABLE events (id INTEGER PRIMARY KEY, blob_of_text TEXT)",
    many(`NULL, json_object('a', printf('%.20000c', 'x'), 'b', i)`, 10),
  );
  expect(found.at(-1)).toEqual({ id: "id", metadata: "blob_of_text" });
});

test("rows that are only updated are seen a minute later", () => {
  using database = new Database(":memory:", { safeIntegers: true });
  database.run("CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT, kind TEXT)");
  database.run(many("NULL, NULL, 'kind ' || (i % 3)", 10));
  using reader = new EventReader(database, "events");
  const clock = { nowMs: 0 };
  const watch = new RoleWatch(PLAIN_READING, () => clock.nowMs);
  const typeAfter = (nowMs: number): string | undefined => {
    clock.nowMs = nowMs;
    reader.inReadTransaction(() => watch.review(reader));
    return watch.readings.type?.column;
  };
  expect(typeAfter(0)).toBe("kind");
  database.run("UPDATE events SET type = 'type ' || (id % 3), kind = NULL");
  expect(typeAfter(60_000)).toBe("kind");
  watch.noteTouched();
  expect(typeAfter(59_999)).toBe("kind");
  expect(typeAfter(60_000)).toBe("type");
});
