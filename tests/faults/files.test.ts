/** Faults of the files: companions that go, other files in the same place, directories that move. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";

import { createDatabase, schemaSql } from "../../src/db/sqlite/create.ts";
import { Followed, idsFromTo } from "../support/followed.ts";
import { Scratch } from "../support/scratch.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

function removeDatabase(path: string): void {
  for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(path + suffix, { force: true });
}

describe("fault 5: a writer that opens and closes for every row", () => {
  test("every id once", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using followed = new Followed(path);
    const reader = await followed.open();
    for (let row = 1; row <= 50; row++) {
      await using writer = new Writer(path);
      await writer.insert();
      await writer.close();
    }
    await reader.waitForRows(50);
    expect(reader.ids).toEqual(idsFromTo(1, 50));
    expect(followed.resets).toEqual([]);
  });
});

describe("fault 6: something reads the database as a file in this process, and drops SQLite's locks", () => {
  test("no row is lost when writers come and go after it", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using followed = new Followed(path);
    const reader = await followed.open();
    readFileSync(path);
    for (let row = 1; row <= 4; row++) {
      await using writer = new Writer(path);
      await writer.insert();
      await writer.close();
      readFileSync(path);
    }
    await reader.waitForRows(4);
    expect(reader.ids).toEqual(idsFromTo(1, 4));
    expect(followed.resets).toEqual([]);
  });
});

describe("fault 7: a companion file is removed", () => {
  test.each(["a writer that stays", "a writer that comes"])(
    "-shm, and rows of %s arrive without a reset",
    async (which) => {
      using scratch = new Scratch();
      const path = scratch.path("events.db");
      createDatabase(path, "events");
      await using staying = new Writer(path);
      await staying.insert(3);
      await using followed = new Followed(path);
      const reader = await followed.open(0n);
      await reader.waitForRows(3);
      rmSync(`${path}-shm`);
      await using coming = new Writer(path);
      const writer = which === "a writer that stays" ? staying : coming;
      const committedAt = await writer.insert(2);
      await reader.waitForRows(5);
      expect(reader.ids).toEqual(idsFromTo(1, 5));
      expect((reader.rows[4]?.receivedAt ?? Infinity) - (committedAt[1] ?? 0)).toBeLessThan(1000);
      expect(followed.resets).toEqual([]);
    },
  );
});

describe("fault 8: another file is moved over it", () => {
  test("one reset, then the rows of the new file", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using writer = new Writer(path);
    await writer.insert(5);
    await writer.close();
    await using followed = new Followed(path);
    const reader = await followed.open();
    const other = scratch.path("other.db");
    createDatabase(other, "events");
    {
      await using otherWriter = new Writer(other);
      for (const id of [1, 2, 10])
        await otherWriter.run(`INSERT INTO events(id, event_type, summary) VALUES (${id}, 'new', 'file')`);
      await otherWriter.close();
    }
    renameSync(other, path);
    await reader.waitForRows(3);
    expect(reader.ids).toEqual(["1", "2", "10"]);
    expect(reader.named("reset")).toMatchObject([{ reason: "file-replaced", latestId: 10, resumedFrom: 0 }]);
  });

  test("a copy of the same rows goes on silently", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using first = new Writer(path);
    await first.insert(3);
    await first.close();
    copyFileSync(path, scratch.path("copy.db"));
    await using followed = new Followed(path);
    const reader = await followed.open();
    renameSync(scratch.path("copy.db"), path);
    await using writer = new Writer(path);
    await writer.insert(2);
    await reader.waitForRows(2);
    expect(reader.ids).toEqual(["4", "5"]);
    expect(followed.resets).toEqual([]);
  });
});

describe("fault 9: all files are removed and created again", () => {
  test("it is waited for, then a reset and the new rows", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using old = new Writer(path);
    await old.insert(5);
    await using followed = new Followed(path);
    const reader = await followed.open();
    removeDatabase(path);
    await followed.waitForState("waiting-for-file");
    createDatabase(path, "events");
    await using writer = new Writer(path);
    await writer.insert(2);
    await reader.waitForRows(2);
    expect(reader.ids).toEqual(["1", "2"]);
    expect(reader.named("reset")).toMatchObject([{ reason: "file-replaced", resumedFrom: 0 }]);
    expect(followed.states).toEqual(["tailing", "waiting-for-file", "tailing"]);
  });
});

describe("fault 18: what is no database", () => {
  test.each([
    ["a text file", (path: string) => writeFileSync(path, "dear diary ".repeat(500)), "error"],
    ["an empty file", (path: string) => writeFileSync(path, ""), "waiting-for-table"],
    ["a truncated file", truncated, "error"],
    ["a directory", (path: string) => mkdirSync(path), "error"],
  ] as const)("%s: the right state, and it recovers after the fix", async (_what, put, state) => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    put(path);
    await using followed = new Followed(path, { pollIntervalMs: 100 });
    const reader = await followed.open();
    expect(followed.state).toBe(state);
    expect(followed.tail.status().advice).not.toBeNull();
    rmSync(path, { recursive: true });
    createDatabase(path, "events");
    await followed.waitForState("tailing");
    await using writer = new Writer(path);
    await writer.insert(2);
    await until(() => reader.ids.at(-1) === "2", "the newest row");
    expect(reader.ids.length).toBe(new Set(reader.ids).size);
  });

  function truncated(path: string): void {
    createDatabase(path, "events");
    truncateSync(path, 3000);
  }

  test("a file that is truncated while it is followed", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using writer = new Writer(path);
    await writer.run("PRAGMA journal_mode = DELETE");
    await writer.insert(50);
    await writer.close();
    await using followed = new Followed(path, { pollIntervalMs: 100 });
    const reader = await followed.open(0n);
    await reader.waitForRows(50);
    truncateSync(path, 5000);
    await followed.waitForState("error");
    expect(followed.tail.status().problem).toContain("is damaged");
    removeDatabase(path);
    createDatabase(path, "events");
    await using next = new Writer(path);
    await next.insert();
    await until(() => reader.ids.length > 50 || reader.ended, "the new log, or the end of the stream");
    await followed.waitForState("tailing");
  });
});

describe("fault 20: the directory goes, moves, or is reached by a link", () => {
  test.each(["removed", "renamed away"])("%s and created again", async (how) => {
    using scratch = new Scratch();
    const directory = scratch.path("data");
    const path = `${directory}/events.db`;
    mkdirSync(directory);
    createDatabase(path, "events");
    // Without any poll: the ticks find out, and commits are noticed by a new watch afterwards.
    await using followed = new Followed(path);
    const reader = await followed.open();
    if (how === "removed") rmSync(directory, { recursive: true });
    else renameSync(directory, scratch.path("old"));
    await followed.waitForState("waiting-for-file");
    mkdirSync(directory);
    createDatabase(path, "events");
    await followed.waitForState("tailing");
    const noticedBefore = followed.tail.polls.commit;
    await using writer = new Writer(path);
    await writer.insert(5, 20);
    await reader.waitForRows(5);
    expect(reader.ids).toEqual(idsFromTo(1, 5));
    expect(followed.tail.polls.commit).toBeGreaterThan(noticedBefore);
  });

  test("a symbolic link: commits to the real file are noticed, and so is a link that leads elsewhere", async () => {
    using scratch = new Scratch();
    mkdirSync(scratch.path("real"));
    const real = scratch.path("real/events.db");
    createDatabase(real, "events");
    const link = scratch.path("link.db");
    symlinkSync(real, link);
    await using followed = new Followed(link);
    const reader = await followed.open();
    await using writer = new Writer(real);
    await writer.insert(3, 5);
    await reader.waitForRows(3);
    expect(followed.tail.polls.commit).toBeGreaterThan(0);

    const other = scratch.path("real/other.db");
    createDatabase(other, "events");
    await using otherWriter = new Writer(other);
    await otherWriter.insert();
    rmSync(link);
    symlinkSync(other, link);
    await until(() => followed.resets.length > 0, "the reset");
    await reader.waitForRows(4);
    expect(reader.ids).toEqual(["1", "2", "3", "1"]);
  });
});

describe("a database that turns from one journal mode to another", () => {
  test("every id once", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    {
      await using creator = new Writer(path);
      await creator.run(schemaSql("events"));
      await creator.close();
    }
    await using followed = new Followed(path);
    const reader = await followed.open();
    await using writer = new Writer(path);
    await writer.insert(2);
    await writer.run("PRAGMA journal_mode = WAL");
    await writer.insert(3, 5);
    await reader.waitForRows(5);
    expect(existsSync(`${path}-wal`)).toBe(true);
    await until(() => followed.tail.status().database.journalMode === "wal", "the mode to be noticed");
    await writer.insert(3, 5);
    await reader.waitForRows(8);
    expect(reader.ids).toEqual(idsFromTo(1, 8));
    expect(followed.resets).toEqual([]);
  });
});
