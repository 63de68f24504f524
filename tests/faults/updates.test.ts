/** Kind A: an UPDATE of rows that were delivered is no other log; a row under an id that was given again is delivered. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { schemaSql } from "../../src/db/sqlite/create.ts";
import { idsFromTo } from "../support/followed.ts";
import { Rows } from "../support/rows.ts";
import { StreamReader } from "../support/stream-reader.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const PLAIN = "CREATE TABLE events (id INTEGER PRIMARY KEY, note TEXT)";
const UPDATES = 200;

describe("updates of the newest row", () => {
  test.each([
    [
      "a job table with AUTOINCREMENT",
      "CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, state TEXT, n INT)",
      "INSERT INTO events(state, n) VALUES ('new', 0)",
      "UPDATE events SET n = n + 1 WHERE id = 3",
    ],
    [
      "a whole job table with AUTOINCREMENT",
      "CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, state TEXT, n INT)",
      "INSERT INTO events(state, n) VALUES ('new', 0)",
      "UPDATE events SET n = n + 1",
    ],
    [
      "REPLACE under AUTOINCREMENT",
      "CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, state TEXT, n INT)",
      "INSERT INTO events(state, n) VALUES ('new', 0)",
      "INSERT OR REPLACE INTO events VALUES (3, 'again', abs(random()))",
    ],
    [
      "heartbeats under a TEXT key",
      "CREATE TABLE events (name TEXT PRIMARY KEY, seen TEXT)",
      "INSERT INTO events VALUES ('agent-' || (SELECT count(*) FROM events), '0')",
      "UPDATE events SET seen = seen + 1 WHERE rowid = 3",
    ],
    [
      "a message that grows under a TEXT key",
      "CREATE TABLE events (uuid TEXT NOT NULL, body TEXT, UNIQUE (uuid))",
      "INSERT INTO events VALUES (hex(randomblob(8)), 'x')",
      "UPDATE events SET body = body || printf('%.*c', 100, 'x') WHERE rowid = 3",
    ],
    [
      "a UNIQUE key beside the INTEGER PRIMARY KEY",
      "CREATE TABLE events (id INTEGER PRIMARY KEY, job TEXT UNIQUE, n INT)",
      "INSERT INTO events(job, n) VALUES (hex(randomblob(8)), 0)",
      "UPDATE events SET n = n + 1 WHERE id = 3",
    ],
    [
      "the time of the documented table",
      schemaSql("events"),
      "INSERT INTO events(event_type, summary) VALUES ('note', 'x')",
      "UPDATE events SET timestamp = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-' || abs(random() % 1000) || ' seconds') WHERE id = 3",
    ],
    [
      "a status beside a creation time",
      "CREATE TABLE events (id INTEGER PRIMARY KEY, created_at TEXT DEFAULT CURRENT_TIMESTAMP, status INT)",
      "INSERT INTO events(status) VALUES (0)",
      "UPDATE events SET status = status + 1 WHERE id = 3",
    ],
  ])("%s: no reset, and no row twice", async (_what, create, insert, update) => {
    await using rows = await Rows.create(create);
    for (let row = 0; row < 3; row++) await rows.writer.run(insert);
    const followed = rows.follow();
    const reader = await followed.open(0n);
    await reader.waitForRows(3);
    await rows.writer.run(update, { times: UPDATES, gapMs: 1 });
    await rows.writer.run(insert);
    await reader.waitForRows(4);
    expect(reader.ids).toEqual(idsFromTo(1, 4));
    expect(followed.resets).toEqual([]);
  });

  test("REPLACE under a TEXT key moves the row to a new id: each is delivered once, and no reset", async () => {
    await using rows = await Rows.create("CREATE TABLE events (name TEXT PRIMARY KEY, seen INT)");
    for (const name of ["a", "b", "c"]) await rows.writer.run(`INSERT INTO events VALUES ('${name}', 0)`);
    const followed = rows.follow();
    const reader = await followed.open(0n);
    await reader.waitForRows(3);
    await rows.writer.run("INSERT OR REPLACE INTO events VALUES ('c', abs(random()))", {
      times: UPDATES,
      gapMs: 3,
    });
    await until(() => reader.ids.at(-1) === String(3 + UPDATES), "the last of them");
    expect(new Set(reader.ids).size).toBe(reader.ids.length);
    expect(followed.resets).toEqual([]);
  });
});

describe("an id that is given again", () => {
  test("the newest row is deleted and its id given again, five times: five rows for five", async () => {
    await using rows = await Rows.create(PLAIN);
    await rows.writer.run(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO events SELECT i, 'old' FROM n",
    );
    const followed = rows.follow();
    const reader = await followed.open(0n);
    await reader.waitForRows(2000);
    for (let time = 1; time <= 5; time++) {
      await rows.writer.run([
        "DELETE FROM events WHERE id = 2000",
        `INSERT INTO events VALUES (2000, 'again ${time}')`,
      ]);
      await until(() => reader.rows.at(-1)?.data.includes(`again ${time}`), "the row under the old id");
    }
    expect(reader.ids).toEqual([...idsFromTo(1, 2000), ...Array.from({ length: 5 }, () => "2000")]);
    expect(reader.named("reset")).toHaveLength(5);
    for (const reset of reader.named("reset"))
      expect(reset).toMatchObject({
        reason: "rows-replaced",
        latestId: 2000,
        oldestId: 1,
        resumedFrom: 1999,
      });
  });

  test("the newest row is deleted, and what comes under its id later is delivered", async () => {
    await using rows = await Rows.create(PLAIN);
    await rows.writer.insertNotes("one", "two", "three");
    const followed = rows.follow();
    const reader = await followed.open(0n);
    await reader.waitForRows(3);
    await rows.writer.run("DELETE FROM events WHERE id = 3");
    await until(() => followed.resets.length > 0, "the reset");
    expect(reader.named("reset")).toMatchObject([{ reason: "rows-replaced", latestId: 2, resumedFrom: 2 }]);
    await rows.writer.insertNotes("three again");
    await reader.waitForRows(4);
    expect(reader.ids).toEqual(["1", "2", "3", "3"]);
  });

  test("a table is emptied and its ids begin anew", async () => {
    await using rows = await Rows.create(PLAIN);
    await rows.writer.insertNotes("one", "two", "three");
    const followed = rows.follow();
    const reader = await followed.open(0n);
    await reader.waitForRows(3);
    await rows.writer.run("DELETE FROM events");
    await until(() => followed.resets.length > 0, "the reset");
    expect(reader.named("reset")).toMatchObject([{ latestId: 0, oldestId: 1, resumedFrom: 0 }]);
    await rows.writer.insertNotes("one again");
    await reader.waitForRows(4);
    expect(reader.ids).toEqual(["1", "2", "3", "1"]);
  });

  test("many rows are given again at once: no more is sent again than the rows after the newest that agrees", async () => {
    await using rows = await Rows.create(PLAIN);
    await rows.writer.run(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO events SELECT i, 'old' FROM n",
    );
    const followed = rows.follow();
    const reader = await followed.open(0n);
    await reader.waitForRows(5000);
    await rows.writer.run([
      "DELETE FROM events WHERE id > 4950",
      "WITH RECURSIVE n(i) AS (SELECT 4951 UNION ALL SELECT i + 1 FROM n WHERE i < 5100) INSERT INTO events SELECT i, 'new' FROM n",
    ]);
    await until(() => reader.ids.at(-1) === "5100", "the newest row");
    expect(reader.named("reset")).toHaveLength(1);
    const resumedFrom = Number(reader.resumedFrom);
    expect(resumedFrom).toBeLessThanOrEqual(4950);
    expect(resumedFrom).toBeGreaterThanOrEqual(4900);
    expect(reader.ids.slice(5000)).toEqual(idsFromTo(resumedFrom + 1, 5100));
  });

  test("who is still behind what was given again is not disturbed", async () => {
    await using rows = await Rows.create(PLAIN);
    await rows.writer.insertNotes("one", "two", "three");
    const followed = rows.follow();
    const stream = followed.subscribe(1n);
    const reader = await followed.open(0n);
    await reader.waitForRows(3);
    await rows.writer.run(["DELETE FROM events WHERE id = 3", "INSERT INTO events VALUES (3, 'again')"]);
    await until(() => followed.resets.length > 0, "the reset");
    await using behind = new StreamReader(stream);
    await behind.waitForRows(2);
    expect(behind.ids).toEqual(["2", "3"]);
    expect(behind.rows.at(-1)?.data).toContain("again");
    expect(behind.named("reset")).toEqual([]);
  });

  test("a cursor and the name of the log from before go on at the row that was given again", async () => {
    await using rows = await Rows.create(PLAIN);
    await rows.writer.insertNotes("one", "two", "three");
    const followed = rows.follow();
    const reader = await followed.open(0n);
    await reader.waitForRows(3);
    const before = reader.log;
    await reader[Symbol.asyncDispose]();
    await using other = await followed.open();
    await rows.writer.run([
      "DELETE FROM events WHERE id = 3",
      "INSERT INTO events VALUES (3, 'again'), (4, 'four')",
    ]);
    await other.waitForRows(2);
    const again = await followed.open(3n, before);
    await again.waitForRows(2);
    expect(again.ids).toEqual(["3", "4"]);
    expect(again.named("reset")).toMatchObject([{ reason: "rows-replaced", resumedFrom: 2 }]);
  });

  test("a table that is dropped and made again in one go, with the same id and time in its first row", async () => {
    const create = "CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT, note TEXT)";
    await using rows = await Rows.create(
      create,
      "INSERT INTO events VALUES (1, '2026-01-01 00:00:00', 'old')",
    );
    const followed = rows.follow();
    const reader = await followed.open(0n);
    await reader.waitForRows(1);
    await rows.writer.run([
      "DROP TABLE events",
      create,
      "INSERT INTO events VALUES (1, '2026-01-01 00:00:00', 'new')",
    ]);
    await reader.waitForRows(2);
    expect(reader.rows[1]?.data).toContain("new");
    expect(followed.resets).toHaveLength(1);
  });
});
