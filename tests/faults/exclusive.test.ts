/** What following a database means for programs that lock it for themselves, and for copies of it. */
import { Database } from "bun:sqlite";
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { createDatabase } from "../../src/db/sqlite/create.ts";
import { Followed } from "../support/followed.ts";
import { Scratch } from "../support/scratch.ts";
import { TEST_TIMEOUT_MS } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

describe("a program that sets locking_mode=EXCLUSIVE", () => {
  test.each(["WAL", "DELETE"])(
    "in %s mode, and runs already: told what to do, followed when it ends",
    async (mode) => {
      using scratch = new Scratch();
      const path = scratch.path("events.db");
      createDatabase(path, "events");
      await using writer = new Writer(path);
      await writer.run(`PRAGMA journal_mode = ${mode}`);
      await writer.run("PRAGMA locking_mode = EXCLUSIVE");
      await writer.insert();
      await using followed = new Followed(path, { pollIntervalMs: 50 });
      await followed.waitForState("locked");
      expect(followed.tail.status().advice).toContain("PRAGMA locking_mode=EXCLUSIVE");
      await writer.close();
      await followed.waitForState("tailing");
    },
  );

  test("in DELETE mode, while the database is followed: a list waits, and has what was committed", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using writer = new Writer(path);
    await writer.run("PRAGMA journal_mode = DELETE");
    await using followed = new Followed(path);
    await writer.run("PRAGMA locking_mode = EXCLUSIVE");
    await writer.insert();
    const listing = followed.list();
    await writer.close();
    expect(await listing).toEqual([expect.objectContaining({ id: 1 })]);
  });

  test("in WAL mode, while the database is followed: it is refused, as docs/operating.md says", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using followed = new Followed(path);
    expect(followed.state).toBe("tailing");
    await using writer = new Writer(path, 0);
    await writer.run("PRAGMA locking_mode = EXCLUSIVE");
    const refusal = await writer.insert().catch(String);
    expect(refusal).toContain("database is locked");
  });
});

describe("a writer that holds the file and writes nothing, so that no notification tells of it", () => {
  /** Of a database in DELETE mode with one row. */
  async function startWriter(path: string): Promise<Writer> {
    createDatabase(path, "events");
    const writer = new Writer(path);
    await writer.run("PRAGMA journal_mode = DELETE");
    await writer.insert();
    return writer;
  }

  test("is told as soon as the lists fail, and until it lets go", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    await using writer = await startWriter(path);
    // Without any poll: the list that meets the lock is the first to know of it.
    await using followed = new Followed(path);
    await followed.open();
    expect(await followed.list()).toHaveLength(1);
    await writer.run("BEGIN EXCLUSIVE");
    expect(await followed.list().catch(String)).toContain("holds the database");
    await followed.waitForState("locked", 1000);
    await writer.run("COMMIT");
    await followed.waitForState("tailing");
    expect(followed.states).toEqual(["tailing", "locked", "tailing"]);
  });

  test("is told 2 s after it was met by the opening", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    await using writer = await startWriter(path);
    await writer.run("BEGIN EXCLUSIVE");
    await using followed = new Followed(path);
    await followed.waitForState("locked", 3000);
    await writer.run("COMMIT");
    await followed.waitForState("tailing");
  });
});

describe("copies of a database that is followed, as docs/operating.md has them under Backups", () => {
  /** By another process: closing the file in this one would drop the locks of the tail. */
  function copy(from: string, to: string): string {
    expect(Bun.spawnSync(["cp", from, to]).exitCode).toBe(0);
    return to;
  }

  function rowsIn(path: string): unknown {
    using database = new Database(path);
    return database.query("SELECT count(*) FROM events").values()[0]?.[0];
  }

  test("the file alone lacks what the last writer left in -wal; VACUUM INTO and a checkpoint have all", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using followed = new Followed(path);
    expect(followed.state).toBe("tailing");
    {
      await using writer = new Writer(path);
      await writer.insert(3);
      await writer.close();
    }
    expect(rowsIn(copy(path, scratch.path("alone.db")))).toBe(0);
    await using writer = new Writer(path);
    await writer.run(`VACUUM INTO '${scratch.path("whole.db")}'`);
    expect(rowsIn(scratch.path("whole.db"))).toBe(3);
    await writer.run("PRAGMA wal_checkpoint(TRUNCATE)");
    expect(rowsIn(copy(path, scratch.path("checkpointed.db")))).toBe(3);
  });
});
