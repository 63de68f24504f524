/** A table that goes while it is followed is waited for: nothing has failed. */
import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";

import { Followed } from "../../support/followed.ts";
import { Scratch } from "../../support/scratch.ts";
import { TEST_TIMEOUT_MS } from "../../support/until.ts";
import { Writer } from "../../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

let scratch: Scratch;
let path: string;
beforeEach(() => {
  scratch = new Scratch();
  path = scratch.path("events.db");
});
afterEach(() => scratch[Symbol.dispose]());

async function startWriter(mode = "WAL"): Promise<Writer> {
  const writer = new Writer(path);
  await writer.run(`PRAGMA journal_mode = ${mode}`);
  await writer.run("CREATE TABLE events (id INTEGER PRIMARY KEY, note TEXT)");
  await writer.insertNotes("one", "two");
  return writer;
}

describe.each(["WAL", "DELETE"])("in %s mode, a table that is", (mode) => {
  test.each([
    ["dropped", "DROP TABLE events"],
    ["renamed", "ALTER TABLE events RENAME TO old"],
  ])("%s", async (_what, statement) => {
    await using writer = await startWriter(mode);
    await using followed = new Followed(path, { pollIntervalMs: 50 });
    await followed.open();
    await writer.run(statement);
    await followed.waitForState("waiting-for-table");
    expect(followed.tail.status().problem).toBe(`${path} has no table "events".`);
    expect(followed.states).toEqual(["tailing", "waiting-for-table"]);
    expect(followed.errors).toEqual([]);
  });
});

test("the table of a query is missed in the words of the query", async () => {
  await using writer = await startWriter();
  await using followed = new Followed(path, { pollIntervalMs: 50, query: "SELECT id, note FROM events" });
  await followed.open();
  await writer.run("DROP TABLE events");
  await followed.waitForState("waiting-for-table");
  expect(followed.tail.status().problem).toContain("the query can't be run: no such table: events");
  expect(followed.states).toEqual(["tailing", "waiting-for-table"]);
  expect(followed.errors).toEqual([]);
});

test("a view whose table goes is told of the table that it is made of", async () => {
  await using writer = await startWriter();
  await writer.run("CREATE VIEW notes AS SELECT id, note FROM events");
  await using followed = new Followed(path, { pollIntervalMs: 50, table: "notes" });
  await followed.open();
  await writer.run("DROP TABLE events");
  await followed.waitForState("error");
  expect(followed.tail.status().problem).toContain('"notes" is made of the table "events"');
  expect(followed.states).toEqual(["tailing", "error"]);
});
