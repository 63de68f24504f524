/** Faults of the rows: restored backups, ids given again, odd ids, odd keys, odd values. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { schemaSql } from "../../src/db/sqlite/create.ts";
import { PAGE_LIMIT_BYTES, SharedPages } from "../../src/sse/pages.ts";
import { idsFromTo } from "../support/followed.ts";
import { Rows } from "../support/rows.ts";
import { describeWhere, findProgram } from "../support/tools.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const PLAIN = "CREATE TABLE events (id INTEGER PRIMARY KEY, note TEXT)";
const plainRow = (note: string): string => `INSERT INTO events(note) VALUES ('${note}')`;

const sqlite3 = await findProgram("sqlite3");

describeWhere(sqlite3 !== undefined, "No sqlite3 for a test of .restore: apt-get install sqlite3")(
  "fault 10: a backup of three rows is restored over six",
  () => {
    test.each(["AUTOINCREMENT", ""])(
      "reset, then the row that gets an id anew (%s)",
      async (autoincrement) => {
        await using rows = await Rows.create(
          `CREATE TABLE events (id INTEGER PRIMARY KEY ${autoincrement}, note TEXT)`,
          ...[1, 2, 3].map((n) => plainRow(`row ${n}`)),
        );
        const backup = rows.scratch.path("backup.db");
        await rows.writer.run(`VACUUM INTO '${backup}'`);
        await rows.writer.insertNotes("row 4", "row 5", "row 6");
        const followed = rows.follow();
        const reader = await followed.open(0n);
        await reader.waitForRows(6);
        const restore = Bun.spawn([sqlite3 ?? "", rows.path, `.restore ${backup}`], { stderr: "inherit" });
        expect(await restore.exited).toBe(0);
        await until(() => followed.resets.length > 0, "the reset");
        await rows.writer.insertNotes("another row 4");
        await until(() => reader.rows.at(-1)?.data.includes("another row 4"), "the new row");
        expect(reader.ids).toEqual([...idsFromTo(1, 6), ...idsFromTo(2, 4)]);
        expect(reader.named("reset")).toMatchObject([
          { reason: "rows-replaced", latestId: 3, resumedFrom: 1 },
        ]);
      },
    );

    test("and rows come back beyond the cursor before anybody looks", async () => {
      await using rows = await Rows.create(PLAIN, ...[1, 2, 3].map((n) => plainRow(`row ${n}`)));
      const backup = rows.scratch.path("backup.db");
      await rows.writer.run(`VACUUM INTO '${backup}'`);
      await rows.writer.insertNotes("row 4");
      const followed = rows.follow();
      const reader = await followed.open(0n);
      await reader.waitForRows(4);
      // One transaction deletes and refills: there is no moment at which the newest id is smaller.
      await rows.writer.run([
        "DELETE FROM events WHERE id > 3",
        ...[4, 5, 6].map((n) => plainRow(`other ${n}`)),
      ]);
      await until(() => reader.rows.at(-1)?.data.includes("other 6"), "the newest row");
      expect(reader.named("reset")).toMatchObject([{ reason: "rows-replaced", resumedFrom: 3 }]);
      expect(reader.ids).toEqual([...idsFromTo(1, 4), ...idsFromTo(4, 6)]);
    });
  },
);

describe("fault 11: the last row is deleted and its id given again", () => {
  test("reset, and the row under the old id is delivered", async () => {
    await using rows = await Rows.create(PLAIN);
    await rows.writer.insertNotes("one", "two", "three");
    const followed = rows.follow();
    const reader = await followed.open(0n);
    await reader.waitForRows(3);
    await rows.writer.run(["DELETE FROM events WHERE id = 3", plainRow("three again")]);
    await until(() => reader.rows.at(-1)?.data.includes("three again"), "the row under the old id");
    expect(reader.named("reset")).toMatchObject([{ reason: "rows-replaced" }]);
  });
});

describe("a reset while a client was away", () => {
  test("is told when it comes back with its cursor and the log's name of before", async () => {
    await using rows = await Rows.create(PLAIN);
    await rows.writer.insertNotes("one", "two", "three");
    const followed = rows.follow();
    const reader = await followed.open(0n);
    await reader.waitForRows(3);
    const { log } = reader;
    await reader[Symbol.asyncDispose]();
    await rows.writer.run(["DELETE FROM events WHERE id = 3", plainRow("three again"), plainRow("four")]);
    await until(() => followed.tail.position()?.log !== log, "another name");
    const again = await followed.open(3n, log);
    await again.waitForRows(2);
    expect(again.named("reset")).toMatchObject([{ reason: "rows-replaced", latestId: 4, resumedFrom: 2 }]);
  });
});

describe("the newest rows of an AUTOINCREMENT table are deleted, then the server starts", () => {
  test("a cursor on them is not ahead of the log", async () => {
    await using rows = await Rows.create(schemaSql("events"));
    await rows.writer.insert(6);
    await rows.writer.run("DELETE FROM events WHERE id > 4");
    const followed = rows.follow();
    const reader = await followed.open(6n);
    await rows.writer.insert(1);
    await reader.waitForRows(1);
    expect(reader.ids).toEqual(["7"]);
    expect(followed.resets).toEqual([]);
  });
});

describe("fault 12: DELETE FROM with AUTOINCREMENT", () => {
  test("ids go on, and no reset", async () => {
    await using rows = await Rows.create(schemaSql("events"));
    await rows.writer.insert(3);
    const followed = rows.follow();
    const reader = await followed.open(0n);
    await reader.waitForRows(3);
    await rows.writer.run("DELETE FROM events");
    await rows.writer.insert(2);
    await reader.waitForRows(5);
    await rows.writer.run("DELETE FROM events WHERE id < 5");
    await rows.writer.insert(1);
    await reader.waitForRows(6);
    expect(reader.ids).toEqual(idsFromTo(1, 6));
    expect(followed.resets).toEqual([]);
  });
});

describe("what changes in a row that was delivered is no other row", () => {
  test("an UPDATE of the newest row, where the table has a time", async () => {
    await using rows = await Rows.create(schemaSql("events"));
    await rows.writer.insert(3);
    const followed = rows.follow();
    const reader = await followed.open(0n);
    await reader.waitForRows(3);
    await rows.writer.run("UPDATE events SET summary = 'changed', metadata = '{}' WHERE id = 3");
    await rows.writer.insert(1);
    await reader.waitForRows(4);
    expect(reader.ids).toEqual(idsFromTo(1, 4));
    expect(followed.resets).toEqual([]);
  });

  test("an UPDATE of its status, where that is what the table calls its type", async () => {
    await using rows = await Rows.create(
      "CREATE TABLE events (id INTEGER PRIMARY KEY, created_at, status, note)",
    );
    const insert =
      "INSERT INTO events(created_at, status, note) VALUES ('2026-01-01T00:00:00Z', 'running', 'x')";
    await rows.writer.run(insert);
    const followed = rows.follow();
    const reader = await followed.open(0n);
    await reader.waitForRows(1);
    await rows.writer.run("UPDATE events SET status = 'done' WHERE id = 1");
    await rows.writer.run(insert);
    await reader.waitForRows(2);
    expect(reader.ids).toEqual(["1", "2"]);
    expect(followed.resets).toEqual([]);
  });

  test("ALTER TABLE: a new column is in the next row, and no reset", async () => {
    await using rows = await Rows.create(PLAIN);
    await rows.writer.insertNotes("one");
    const followed = rows.follow();
    const reader = await followed.open(0n);
    await reader.waitForRows(1);
    await rows.writer.run("ALTER TABLE events ADD COLUMN colour TEXT DEFAULT 'red'");
    await rows.writer.insertNotes("two");
    await reader.waitForRows(2);
    expect(JSON.parse(reader.rows[1]?.data ?? "")).toEqual({ id: 2, note: "two", colour: "red" });
    await rows.writer.run("ALTER TABLE events RENAME COLUMN note TO remark");
    await rows.writer.run("INSERT INTO events(remark) VALUES ('three')");
    await reader.waitForRows(3);
    expect(JSON.parse(reader.rows[2]?.data ?? "")).toEqual({ id: 3, remark: "three", colour: "red" });
    expect(followed.resets).toEqual([]);
  });
});

describe("fault 13: DROP, then CREATE", () => {
  test("the table is waited for, then a reset and its rows", async () => {
    await using rows = await Rows.create(schemaSql("events"));
    await rows.writer.insert(3);
    const followed = rows.follow();
    const reader = await followed.open();
    await rows.writer.run("DROP TABLE events");
    await followed.waitForState("waiting-for-table");
    await rows.writer.run(schemaSql("events"));
    await rows.writer.insert(2);
    await reader.waitForRows(2);
    expect(reader.ids).toEqual(["1", "2"]);
    expect(reader.named("reset")).toMatchObject([{ reason: "table-recreated", resumedFrom: 0 }]);
  });
});

describe("fault 14: ids beyond 2^53", () => {
  test("are exact in the id line and in the JSON", async () => {
    await using rows = await Rows.create(PLAIN);
    const followed = rows.follow();
    const reader = await followed.open();
    const ids = ["9007199254740993", "9007199254740995", "9223372036854775807"];
    for (const id of ids) await rows.writer.run(`INSERT INTO events VALUES (${id}, 'big')`);
    await reader.waitForRows(3);
    expect(reader.ids).toEqual(ids);
    expect(reader.rows.map((row): unknown => JSON.parse(row.data).id)).toEqual(ids);
    const again = await followed.open(9007199254740993n);
    await again.waitForRows(2);
    expect(again.ids).toEqual(ids.slice(1));
  });
});

describe("fault 15: negative ids, and ids below the newest", () => {
  test("a log of negative ids is followed from its start; a late low id is passed over", async () => {
    await using rows = await Rows.create(PLAIN, "INSERT INTO events VALUES (-7, 'a'), (-3, 'b')");
    const followed = rows.follow();
    const reader = await followed.open();
    const [hello] = reader.named("hello");
    expect(hello).toMatchObject({ latestId: -3, resumedFrom: -3 });
    await rows.writer.run("INSERT INTO events VALUES (5, 'c')");
    await reader.waitForRows(1);
    await rows.writer.run("INSERT INTO events VALUES (2, 'late'), (-9, 'later')");
    await rows.writer.run("INSERT INTO events VALUES (6, 'd')");
    await reader.waitForRows(2);
    expect(reader.ids).toEqual(["5", "6"]);
    const replay = await followed.open(-8n);
    await replay.waitForRows(5);
    expect(replay.ids).toEqual(["-7", "-3", "2", "5", "6"]);
    expect(followed.resets).toEqual([]);
  });
});

describe("rows of 60 KB", () => {
  test("are replayed in pages of few rows", async () => {
    await using rows = await Rows.create(PLAIN);
    await rows.writer.run(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) INSERT INTO events SELECT i, printf('%.*c', 60000, 'x') FROM n",
    );
    const followed = rows.follow();
    let rowsRead = 0;
    const { tail } = followed;
    const pages = new SharedPages({
      readAfter(cursor, limits) {
        const page = tail.readAfter(cursor, limits);
        rowsRead += page === "later" ? 0 : page.rows.length;
        return page;
      },
    });
    let cursor = 0n;
    for (;;) {
      const page = await pages.after({ log: "", id: cursor });
      if (typeof page !== "object") break;
      expect(page.bytes.length).toBeLessThan(PAGE_LIMIT_BYTES + 70_000);
      cursor = page.lastId;
    }
    expect(cursor).toBe(300n);
    // Reading 256 rows for the few that fit would read them many times over.
    expect(rowsRead).toBeLessThan(300 * 3);
  });
});

describe("fault 25: odd values", () => {
  test("BLOB, invalid UTF-8, NUL and 10 MB arrive, and hold nothing up", async () => {
    await using rows = await Rows.create("CREATE TABLE events (id INTEGER PRIMARY KEY, value)");
    const followed = rows.follow();
    const reader = await followed.open();
    for (const value of [
      "x'00ff10'",
      "CAST(x'61ff62' AS TEXT)",
      "'a' || char(0) || 'b'",
      "printf('%.*c', 10000000, 'x')",
      "zeroblob(10000000)",
      "1e999",
      "char(8232, 8233, 13, 10, 65279)",
    ]) {
      await rows.writer.run(`INSERT INTO events(value) VALUES (${value})`);
    }
    await reader.waitForRows(7);
    const values = reader.rows.map((row): unknown => JSON.parse(row.data).value);
    expect(values).toEqual([
      { $base64: "AP8Q" },
      "a\ufffdb",
      "a\0b",
      null,
      null,
      "Infinity",
      "\u2028\u2029\r\n\ufeff",
    ]);
    expect(JSON.parse(reader.rows[3]?.data ?? "")["$truncated"]).toEqual(["value"]);
    expect(reader.parseErrors).toEqual([]);
  });
});

describe("fault 26: keys", () => {
  test.each([
    [
      "a TEXT key, by the rowid",
      "CREATE TABLE events (id TEXT PRIMARY KEY, n)",
      "INSERT INTO events VALUES (hex(randomblob(8)), 1)",
    ],
    [
      "an id that is no key, by the rowid",
      "CREATE TABLE events (id INT, n)",
      "INSERT INTO events VALUES (7, 1)",
    ],
    [
      "an integer key WITHOUT ROWID",
      "CREATE TABLE events (id INTEGER PRIMARY KEY, n) WITHOUT ROWID",
      "INSERT INTO events SELECT coalesce(max(id), 0) + 1, 1 FROM events",
    ],
    [
      "a virtual table, by its rowid",
      "CREATE VIRTUAL TABLE events USING fts5(n)",
      "INSERT INTO events VALUES ('words')",
    ],
    ["nothing but an id", "CREATE TABLE events (id INTEGER PRIMARY KEY)", "INSERT INTO events VALUES (NULL)"],
  ])("%s", async (_what, create, insert) => {
    await using rows = await Rows.create(create);
    const followed = rows.follow();
    const reader = await followed.open();
    for (let row = 1; row <= 3; row++) await rows.writer.run(insert);
    await reader.waitForRows(3);
    expect(reader.ids).toEqual(["1", "2", "3"]);
    expect(followed.resets).toEqual([]);
  });

  test("a view with an integer id", async () => {
    await using rows = await Rows.create(
      "CREATE TABLE log (seq INTEGER PRIMARY KEY, level TEXT, line TEXT)",
      "CREATE VIEW events AS SELECT seq AS id, level, line FROM log WHERE level <> 'debug'",
    );
    const followed = rows.follow();
    const reader = await followed.open();
    for (const level of ["info", "debug", "error"])
      await rows.writer.run(`INSERT INTO log(level, line) VALUES ('${level}', 'x')`);
    await reader.waitForRows(2);
    expect(reader.ids).toEqual(["1", "3"]);
    expect(reader.rows.map((row): unknown => JSON.parse(row.data))).toEqual([
      { id: 1, level: "info", line: "x" },
      { id: 3, level: "error", line: "x" },
    ]);
  });

  test("a view that gives an id more than once is told in place of rows that are missed", async () => {
    await using rows = await Rows.create(
      "CREATE TABLE lines (seq INTEGER PRIMARY KEY, line TEXT)",
      "CREATE TABLE tags (seq INTEGER, tag TEXT)",
      "CREATE VIEW events AS SELECT l.seq AS id, line, tag FROM lines l JOIN tags t USING (seq)",
      "INSERT INTO lines(line) VALUES ('a'), ('b')",
      "INSERT INTO tags VALUES (1, 'x'), (2, 'x')",
    );
    const followed = rows.follow({ pollIntervalMs: 50 });
    const reader = await followed.open(0n);
    await reader.waitForRows(2);
    await rows.writer.run("INSERT INTO lines(line) VALUES ('c')");
    await rows.writer.run("INSERT INTO tags VALUES (3, 'x'), (3, 'y')");
    await followed.waitForState("error");
    expect(followed.tail.status()).toMatchObject({
      problem: expect.stringContaining("more than one row with the id 3"),
      advice: expect.stringContaining("GROUP BY id"),
    });
    await rows.writer.run("DELETE FROM tags WHERE tag = 'y'");
    await reader.waitForRows(3);
    expect(reader.ids).toEqual(["1", "2", "3"]);
    // Older rows are found out when they are read.
    await rows.writer.run("INSERT INTO tags VALUES (1, 'y')");
    const { tail } = followed;
    expect(() => tail.readAfter(0n, { rows: 10, bytes: 1_000_000 })).toThrow(
      "more than one row with the id 1",
    );
  });

  test.each([
    ["a TEXT key WITHOUT ROWID", "CREATE TABLE events (id TEXT PRIMARY KEY) WITHOUT ROWID"],
    ["a view without an id", "CREATE VIEW events AS SELECT 1 AS a"],
    ["a view whose id is text", "CREATE VIEW events AS SELECT 'a' AS id"],
  ])("%s is refused with advice", async (_what, create) => {
    await using rows = await Rows.create(create);
    const followed = rows.follow();
    expect(followed.tail.status()).toMatchObject({
      state: "error",
      problem: expect.stringContaining("integer"),
      advice: expect.stringContaining("view"),
    });
  });
});
