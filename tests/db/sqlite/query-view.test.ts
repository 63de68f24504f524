/** A query that is followed in place of a table. */
import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";

import { Followed } from "../../support/followed.ts";
import { Scratch } from "../../support/scratch.ts";
import { until } from "../../support/until.ts";

let scratch: Scratch;
let path: string;
beforeEach(() => {
  scratch = new Scratch();
  path = scratch.path("jobs.db");
  using database = new Database(path);
  database.run("PRAGMA journal_mode = WAL");
  database.run("CREATE TABLE kinds (id INTEGER PRIMARY KEY, kind TEXT)");
  database.run("CREATE TABLE jobs (job INTEGER PRIMARY KEY, kind_id INTEGER, created_at TEXT)");
  database.run("INSERT INTO kinds VALUES (1, 'build'), (2, 'test')");
});
afterEach(() => scratch[Symbol.dispose]());

const SQL = "SELECT job AS id, kind, created_at FROM jobs JOIN kinds ON kinds.id = kind_id -- all of them";

function insert(job: number): void {
  using database = new Database(path);
  database.run("INSERT INTO jobs VALUES (?, 1 + ? % 2, datetime('now'))", [job, job]);
}

test("its rows are streamed as those of a table are, and the file stays as it is", async () => {
  insert(1);
  await using followed = new Followed(path, { query: `${SQL};` });
  const reader = await followed.open(0n);
  insert(2);
  await until(() => reader.rows.length === 2, "both rows");
  expect(reader.rows.map(({ data }) => JSON.parse(data).kind)).toEqual(["test", "build"]);
  const { state, table, columns } = followed.tail.status();
  expect({ state, table, columns }).toEqual({
    state: "tailing",
    table: "query",
    columns: { id: "id", time: "created_at", type: "kind" },
  });
  using database = new Database(path, { readonly: true });
  expect(database.query("SELECT count(*) AS views FROM sqlite_schema WHERE type = 'view'").get()).toEqual({
    views: 0,
  });
});

test("one whose table is missing is followed as soon as it is there", async () => {
  await using followed = new Followed(path, { query: "SELECT id, note FROM later", pollIntervalMs: 50 });
  await followed.waitForState("waiting-for-table");
  expect(followed.tail.status().problem).toContain("no such table: later");
  using database = new Database(path);
  database.run("CREATE TABLE later (id INTEGER PRIMARY KEY, note TEXT)");
  await followed.waitForState("tailing");
});

describe("what is no SELECT is told, and not run", () => {
  for (const query of [
    "DELETE FROM jobs",
    "SELECT 1 AS id; DELETE FROM jobs",
    "SELECT 1 AS id) ; DROP TABLE jobs; --",
    "PRAGMA journal_mode = DELETE",
    "INSERT INTO jobs VALUES (9, 1, '') RETURNING job AS id",
    "SELEC id FROM jobs",
    "SELECT nope AS id FROM jobs",
  ])
    test(query, async () => {
      insert(1);
      await using followed = new Followed(path, { query });
      await followed.waitForState("error");
      expect(followed.tail.status().problem).toContain("the query can't be run: ");
      using database = new Database(path, { readonly: true });
      expect(database.query("SELECT count(*) AS jobs FROM jobs").get()).toEqual({ jobs: 1 });
    });

  test.each(["SELECT job AS id FROM jobs WHERE job = ?", "SELECT job AS id FROM jobs WHERE job > :least"])(
    "one with a parameter is not said to be two statements: %s",
    async (query) => {
      await using followed = new Followed(path, { query });
      await followed.waitForState("error");
      const { problem } = followed.tail.status();
      expect(problem).toContain("it has a parameter");
      expect(problem).not.toContain("statement");
    },
  );

  test.each([
    ["SELECT created_at AS id FROM jobs", "the query has a row whose id is no integer."],
    ["SELECT 7 AS id, job FROM jobs UNION ALL SELECT 7, 0", "the query has more than one row with the id 7."],
  ])("the rows of one are not told under a name that nobody gave: %s", async (query, words) => {
    insert(1);
    await using followed = new Followed(path, { query });
    await followed.waitForState("error");
    expect(followed.tail.status().problem).toBe(`In ${path}, ${words}`);
    for (const { error } of followed.errors) expect(String(error)).not.toContain('"query ');
  });

  test("one without an integer id says so", async () => {
    await using followed = new Followed(path, { query: "SELECT job, created_at FROM jobs" });
    await followed.waitForState("error");
    expect(followed.tail.status().problem).toContain('it gives no column "id", but "job", "created_at".');
  });
});
