/** What is said of a schema that refers to what is not there, each by a real error of SQLite. */
import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";

import type { Problem } from "../../../src/db/problem.ts";
import { explain } from "../../../src/db/sqlite/explain.ts";
import { EventReader } from "../../../src/db/sqlite/reader.ts";
import { altered } from "../../support/altered.ts";
import { Scratch } from "../../support/scratch.ts";
import { describeWhere, findProgram } from "../../support/tools.ts";

/** What an operator is told of the table `events`. Closes the database. */
function followIn(opened: Database): Problem {
  using database = opened;
  try {
    using reader = new EventReader(database, "events");
    reader.bounds();
    throw new Error("it can be followed");
  } catch (error) {
    return explain(error, "a.db", "events");
  }
}

const LOG = "CREATE TABLE log (id INTEGER PRIMARY KEY, line TEXT)";

describe("what is not there is named, with what to do", () => {
  test.each<[string, Record<string, string>, string[], string, string]>([
    [
      "a table below a view",
      {},
      ["CREATE VIEW events AS SELECT id FROM gone"],
      'In a.db, "events" is made of the table "gone", which is not there.',
      "make it again",
    ],
    [
      "a column below a view",
      {},
      [LOG, "CREATE VIEW events AS SELECT id, colour FROM log"],
      'In a.db, "events" is made of the column "colour", which is not there.',
      "make it again",
    ],
    [
      "a function in a view",
      {},
      [LOG, "CREATE VIEW events AS SELECT id, shout(line) AS line FROM log"],
      'In a.db, "events" needs the function "shout", which is not there.',
      "registers it for itself",
    ],
    [
      "a function in a column",
      { upper: "shout" },
      ["CREATE TABLE events (id INTEGER PRIMARY KEY, a, b AS (upper(a)))"],
      'In a.db, "events" needs the function "shout", which is not there.',
      "registers it for itself",
    ],
    [
      "a collation",
      {},
      [LOG, "CREATE VIEW events AS SELECT id FROM log ORDER BY line COLLATE klingon"],
      'In a.db, "events" needs the collation "klingon", which is not there.',
      "registers it for itself",
    ],
    [
      "a module",
      { fts5: "fts9" },
      ["CREATE VIRTUAL TABLE events USING fts5(line)"],
      'In a.db, "events" needs the module "fts9", which is not there.',
      "loads it for itself",
    ],
    [
      "a module below a view",
      { fts5: "fts9" },
      ["CREATE VIRTUAL TABLE log USING fts5(line)", "CREATE VIEW events AS SELECT rowid AS id FROM log"],
      'In a.db, "events" needs the module "fts9", which is not there.',
      "loads it for itself",
    ],
    [
      "the content of a virtual table",
      {},
      [LOG, "CREATE VIRTUAL TABLE events USING fts5(line, content=log)", "DROP TABLE log"],
      'In a.db, "events" is made of the table "log", which is not there.',
      "make it again",
    ],
    [
      "a view that is made of itself",
      { "FROM able": "FROM evts" },
      [
        "CREATE TABLE able (id INTEGER PRIMARY KEY)",
        "CREATE VIEW evts AS SELECT id FROM able",
        "CREATE VIEW events AS SELECT id FROM evts",
      ],
      'In a.db, the view "evts" is made of itself.',
      "make it again",
    ],
  ])("%s", (_what, words, statements, problem, advice) => {
    const told = followIn(altered(words, ...statements));
    expect(told.state).toBe("error");
    expect(told.problem).toBe(problem);
    expect(told.advice).toContain(advice);
    expect(told.advice).toContain("--table");
    expect(told.advice).not.toContain("integrity_check");
    expect(told.advice).not.toContain("report");
  });

  test("a table that SQLite misses while it is followed is not said to be made of itself", () => {
    using database = new Database(":memory:", { safeIntegers: true });
    database.run(LOG);
    using statement = database.prepare("SELECT max(id) FROM log");
    database.run("DROP TABLE log");
    let told: Problem | undefined;
    try {
      statement.values();
    } catch (error) {
      told = explain(error, "a.db", "Log");
    }
    expect(told).toMatchObject({ state: "waiting-for-table", problem: 'a.db has no table "Log".' });
    expect(told?.advice).not.toContain("view");
  });

  test("hidden characters of a name are shown", () => {
    using database = new Database(":memory:", { safeIntegers: true });
    database.run('CREATE VIEW events AS SELECT id FROM "a\u202E\u009Bb"');
    const { problem } = followIn(database);
    expect(problem).toContain(String.raw`"a\u{202e}\u{9b}b"`);
  });
});

describe("a schema that can't be read is not a damaged file", () => {
  test.each<[string, Record<string, string>, string[], RegExp]>([
    [
      "a table of a newer version",
      { STRICT: "FROZEN" },
      ["CREATE TABLE events (id INTEGER PRIMARY KEY)", "CREATE TABLE jobs (a TEXT) STRICT"],
      /"jobs".*unknown table option: FROZEN/,
    ],
    [
      "a view in another language",
      { "AS SELECT": "AS FINDEN" },
      ["CREATE TABLE events (id INTEGER PRIMARY KEY)", "CREATE VIEW jobs AS SELECT 1"],
      /"jobs".*near "FINDEN": syntax error/,
    ],
  ])("%s", (_what, words, statements, problem) => {
    const told = followIn(altered(words, ...statements));
    expect(told.state).toBe("error");
    expect(told.problem).toMatch(problem);
    expect(told.problem).toStartWith("This SQLite can't read the schema of a.db");
    expect(told.advice).toContain("not the rows");
    expect(told.advice).toContain("sqlite3 -readonly a.db");
    expect(told.advice).not.toContain("integrity_check");
  });

  test.each(["invalid rootpage", "orphan index"])("but %s is", (detail) => {
    const error = Object.assign(new Error(`malformed database schema (i) - ${detail}`), {
      name: "SQLiteError",
      errno: 11,
    });
    const { problem, advice } = explain(error, "a.db", "events");
    expect(problem).toContain(`is damaged: malformed database schema (i) - ${detail}`);
    expect(advice).toContain(".recover");
  });
});

const sqlite3 = await findProgram("sqlite3");

describeWhere(sqlite3 !== undefined, "No sqlite3 to run what the advice says: apt-get install sqlite3")(
  "the command of the advice",
  () => {
    test("shows the object that can't be read, whatever its name", async () => {
      using scratch = new Scratch();
      const path = scratch.path("it's.db");
      using database = altered({ STRICT: "FROZEN" }, `CREATE TABLE "a') - b" (a TEXT) STRICT`);
      await Bun.write(path, database.serialize());
      using opened = new Database(path, { readonly: true, safeIntegers: true });
      let advice = "";
      try {
        opened.run("SELECT 1 FROM sqlite_schema");
      } catch (error) {
        ({ advice } = explain(error, path, "events"));
      }
      const [, command = ""] = /Look at it with: (.*); change it/.exec(advice) ?? [];
      const { stdout } = Bun.spawnSync(["bash", "-c", command]);
      expect(stdout.toString()).toContain(`CREATE TABLE "a') - b" (a TEXT) FROZEN`);
    });
  },
);
