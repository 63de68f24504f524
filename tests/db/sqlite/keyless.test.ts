/** What is said of a table or view that has no integer key: what it has, and what can be the key. */
import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";

import type { Problem } from "../../../src/db/problem.ts";
import { explain } from "../../../src/db/sqlite/explain.ts";
import { EventReader } from "../../../src/db/sqlite/reader.ts";
import { MIN_EVENT_ID } from "../../../src/events.ts";

/** What an operator is told of the table `events`. */
function follow(...statements: string[]): Problem {
  using database = new Database(":memory:", { safeIntegers: true });
  for (const statement of statements) database.run(statement);
  try {
    using reader = new EventReader(database, "events");
    const bounds = reader.bounds();
    if (bounds !== undefined)
      reader.readAfter(MIN_EVENT_ID, bounds.latestId, { rows: 100, bytes: 1_000_000 });
    throw new Error("it can be followed");
  } catch (error) {
    return explain(error, "a.db", "events");
  }
}

describe("a table whose columns have all the names of the rowid", () => {
  test("is told so, and not that it is made WITHOUT ROWID", () => {
    const { problem, advice } = follow("CREATE TABLE events (rowid TEXT, OID TEXT, _rowid_ TEXT, note TEXT)");
    expect(problem).toBe(
      'In a.db, the table "events" has no integer key to follow: its columns "rowid", "OID", "_rowid_" hide the rowid that SQLite gives to each row.',
    );
    expect(advice).toContain("rename one of these columns");
    expect(advice).not.toContain("such as");
  });

  test("with an integer that may grow: the query that makes an id of it", () => {
    const { advice } = follow(
      "CREATE TABLE events (rowid TEXT PRIMARY KEY, oid TEXT, _rowid_ TEXT, seq INTEGER)",
    );
    expect(advice).toContain(`--query 'SELECT "seq" AS id, … FROM "events"'`);
    expect(advice).toContain("rename one of these columns");
  });
});

describe("a table WITHOUT ROWID", () => {
  test("names its key, an integer that may grow, and the other tables", () => {
    const { problem, advice } = follow(
      "CREATE TABLE events (tenant TEXT, name TEXT, retry_count INTEGER, seq INTEGER, PRIMARY KEY (name, tenant)) WITHOUT ROWID",
      "CREATE TABLE jobs (id INTEGER PRIMARY KEY)",
    );
    expect(problem).toBe(
      'In a.db, the table "events" has no integer key to follow: it is made WITHOUT ROWID, and its primary key is the columns "name", "tenant".',
    );
    expect(advice).toContain(`--query 'SELECT "seq" AS id, … FROM "events"'`);
    expect(advice).toContain('Or follow another table with --table: there is "jobs".');
  });

  test("a column that is unique is the likelier id", () => {
    const { advice } = follow(
      "CREATE TABLE events (key TEXT PRIMARY KEY, seq INTEGER, ticket INT UNIQUE) WITHOUT ROWID",
    );
    expect(advice).toContain('SELECT "ticket" AS id');
    expect(advice).not.toContain("another table");
  });

  test("without an integer column it says so", () => {
    const { problem, advice } = follow(
      "CREATE TABLE events (key TEXT PRIMARY KEY, is_new INTEGER, user_id INTEGER) WITHOUT ROWID",
    );
    expect(problem).toContain('its primary key is the column "key"');
    expect(advice).toContain("no integer column that could be one: give it an INTEGER PRIMARY KEY");
  });

  test("an INTEGER PRIMARY KEY there takes text, and the text is told", () => {
    const { problem, advice } = follow(
      "CREATE TABLE events (id INTEGER PRIMARY KEY, a) WITHOUT ROWID",
      "INSERT INTO events VALUES (1, 0), ('abc', 0)",
    );
    expect(problem).toContain("has a row whose id is no integer");
    expect(advice).toContain('The id of a row is the text "abc"');
  });
});

describe("a view without an id", () => {
  test("names its columns, and the one that could be the id", () => {
    const { problem, advice } = follow(
      "CREATE TABLE log (seq INTEGER PRIMARY KEY, level TEXT, line TEXT)",
      "CREATE VIEW events AS SELECT level, line, seq FROM log",
    );
    expect(problem).toBe('In a.db, the view "events" has no integer key to follow: it has no column id.');
    expect(advice).toStartWith('It has the columns "level", "line", "seq": let the view give an integer');
    expect(advice).toContain("CREATE VIEW … AS SELECT rowid AS id, …");
    expect(advice).toContain(`--query 'SELECT "seq" AS id, … FROM "events"'`);
  });

  test("of many columns names some", () => {
    const columns = Array.from({ length: 300 }, (_, index) => `'' AS c${index}`);
    const { advice } = follow(`CREATE VIEW events AS SELECT ${columns.join(", ")}`);
    expect(advice).toContain('"c11", and 288 more');
    expect(advice).toContain("--query does the same");
  });

  test("with hidden characters in a name shows them", () => {
    const { problem, advice } = follow('CREATE VIEW events AS SELECT 1 AS "a\u202E\u001B[31mb"');
    expect(problem + advice).toMatch(/^[^\p{Cc}\p{Cf}]*$/u);
  });
});

describe("a view whose id is no integer says what was met", () => {
  test.each([
    ["SELECT 'abc' AS id", 'the text "abc"'],
    ["SELECT 1 AS id UNION ALL SELECT 'abc'", 'the text "abc"'],
    ["SELECT 2.5 AS id", "the number 2.5, which is a REAL"],
    ["SELECT 1 AS id UNION ALL SELECT 1.5 UNION ALL SELECT 2", "the number 1.5, which is a REAL"],
    ["SELECT x'00' AS id", "a BLOB"],
    ["SELECT NULL AS id", "NULL"],
    [`SELECT '${"x".repeat(5000)}' AS id`, `the text "${"x".repeat(80)}…"`],
  ])("%.60s", (select, value) => {
    const { state, problem, advice } = follow(`CREATE VIEW events AS ${select}`);
    expect(state).toBe("error");
    // The same for every value: only a change of the problem is a line in the operator's log.
    expect(problem).toBe('In a.db, "events" has a row whose id is no integer.');
    expect(advice).toStartWith(`The id of a row is ${value}: `);
  });
});
