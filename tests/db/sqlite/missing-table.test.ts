/** What is said of a table that is not there: the names that help, whatever else is in the file. */
import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";

import type { Problem } from "../../../src/db/problem.ts";
import { explain } from "../../../src/db/sqlite/explain.ts";
import { EventReader } from "../../../src/db/sqlite/reader.ts";
import { altered } from "../../support/altered.ts";

/** What an operator is told who asks for a table. Closes the database. */
function askIn(opened: Database, table: string): Problem {
  using database = opened;
  try {
    using reader = new EventReader(database, table);
    throw new Error(`followed by ${reader.table.key}`);
  } catch (error) {
    return explain(error, "a.db", table);
  }
}

function askFor(table: string, ...statements: string[]): Problem {
  const database = new Database(":memory:", { safeIntegers: true });
  for (const statement of statements) database.run(statement);
  return askIn(database, table);
}

const table = (name: string, rows = 0): string =>
  `CREATE TABLE "${name}" (id INTEGER PRIMARY KEY); INSERT INTO "${name}" SELECT ${rows} WHERE ${rows} > 0`;

describe("the tables that there are", () => {
  test("those most alike come first, then the largest, and not more than a sentence has room for", () => {
    const others = Array.from({ length: 40 }, (_, index) => table(`a${String(index).padStart(2, "0")}`));
    const { state, problem, advice } = askFor(
      "events",
      ...others,
      table("wide", 5),
      table("huge", 1_000_000),
      table("event_log", 3),
    );
    expect(state).toBe("waiting-for-table");
    expect(problem).toBe('a.db has no table "events".');
    expect(advice).toStartWith(
      'It has "event_log", "huge", "wide", "a00", "a01", "a02", "a03", "a04", and 35 more: create "events", or name',
    );
  });

  test("views have a place, and no size; SQLite's own tables and those inside a virtual table have none", () => {
    const { advice } = askFor(
      "nothing",
      "CREATE VIRTUAL TABLE docs USING fts5(body)",
      "CREATE TABLE jobs (id INTEGER PRIMARY KEY AUTOINCREMENT)",
      "INSERT INTO jobs VALUES (7)",
      "CREATE VIEW recent AS SELECT * FROM jobs",
    );
    expect(advice).toContain('It has "jobs", "docs", "recent": create');
  });

  test("a column called rowid is not searched for the largest", () => {
    const { advice } = askFor(
      "nothing",
      "CREATE TABLE a (RowId TEXT)",
      "INSERT INTO a VALUES ('9')",
      table("b", 3),
    );
    expect(advice).toContain('It has "b", "a"');
  });

  test("one that is broken is named like the others", () => {
    const { advice } = askIn(
      altered(
        { fts5: "fts9" },
        table("jobs", 2),
        "CREATE VIEW broken AS SELECT * FROM gone",
        "CREATE VIRTUAL TABLE lost USING fts5(x)",
      ),
      "nothing",
    );
    expect(advice).toContain('It has "jobs", "broken", "lost"');
  });

  test("hidden characters and long names don't get through", () => {
    const { problem, advice } = askFor("a\u202Eb", table("x\u202Ey\u001Bz"), table("n".repeat(5000)));
    expect(problem + advice).toMatch(/^[^\p{Cc}\p{Cf}]*$/u);
    expect(problem).toContain(String.raw`a\u{202e}b`);
    expect(advice.length).toBeLessThan(1000);
  });
});

describe("a name that means something else", () => {
  const events = [table("events"), "CREATE INDEX by_id ON events(id)"];

  test("an index", () => {
    expect(askFor("BY_ID", ...events)).toMatchObject({
      problem: 'In a.db, "BY_ID" is an index of "events" and no table.',
      advice: expect.stringContaining("--table events"),
    });
  });

  test("a trigger", () => {
    const trigger = "CREATE TRIGGER note AFTER INSERT ON events BEGIN SELECT 1; END";
    expect(askFor("note", ...events, trigger)).toMatchObject({
      problem: 'In a.db, "note" is a trigger of "events" and no table.',
      advice: expect.stringContaining("--table events"),
    });
  });

  test.each(["main.events", 'main."Events"', "MAIN.[events]"])("%s has the schema with it", (name) => {
    expect(askFor(name, ...events).advice).toMatch(/^Leave the schema out: --table events\b/i);
  });

  test("main.jobs is no table under its own name either", () => {
    const { advice } = askFor("main.jobs", ...events);
    expect(advice).toContain("Leave the schema out: --table jobs");
    expect(advice).toContain('It has "events"');
  });

  test("a table of an attached database is in another file", () => {
    const { advice } = askFor("aux.events", ...events);
    expect(advice).toContain("path of the file that has the table");
    expect(advice).toContain('It has "events"');
    expect(advice).toContain("--table events");
  });

  test.each(['"events"', "'events'", "`events`", "[events]"])("%s has quotation marks with it", (name) => {
    expect(askFor(name, ...events).advice).toStartWith("Leave the quotation marks out: --table events.");
  });

  test("a name with quotation marks and dots of its own is found", () => {
    using database = new Database(":memory:", { safeIntegers: true });
    database.run(`CREATE TABLE "main.""x""" (id INTEGER PRIMARY KEY)`);
    using reader = new EventReader(database, `main."x"`);
    expect(reader.table.name).toBe(`main."x"`);
  });

  test("SQLite's own schema can't be created", () => {
    const { advice } = askFor("sqlite_schema", ...events);
    expect(advice).not.toContain("create");
    expect(advice).toContain('"events"');
  });
});

test("an empty file has no table yet", () => {
  expect(askFor("events").advice).toStartWith(
    'It has no table yet: create "events", or name the one to follow with --table.',
  );
});
