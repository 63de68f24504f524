import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, rmSync } from "node:fs";

import type { LogObserver } from "../../../src/db/opened-log.ts";
import { createDatabase, schemaSql } from "../../../src/db/sqlite/create.ts";
import { explain } from "../../../src/db/sqlite/explain.ts";
import { FileError } from "../../../src/db/sqlite/file-error.ts";
import { Tail } from "../../../src/db/sqlite/tail.ts";
import type { LogChange, TailState } from "../../../src/events.ts";
import { Scratch } from "../../support/scratch.ts";
import { TEST_TIMEOUT_MS, until } from "../../support/until.ts";
import { Writer } from "../../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** Far away: what comes before it came without the poll. */
const NEVER_MS = 3_600_000;

/** A tail that collects the ids after its start, as a subscriber would. */
class FollowedFile implements Disposable, LogObserver {
  readonly tail: Tail;
  readonly ids: string[] = [];
  readonly changes: LogChange[] = [];
  readonly states: TailState[] = [];
  readonly errors: unknown[] = [];
  #cursor: bigint | undefined;

  constructor(path: string, { pollIntervalMs = NEVER_MS, table = "events" } = {}) {
    this.tail = new Tail({ path, table, pollIntervalMs }, this);
    this.tail.onChange((change) => {
      this.changes.push(change);
      if (change.kind === "opened") this.#cursor ??= change.fresh ? this.tail.position()?.startId : undefined;
      if (change.kind === "reset") this.#cursor = this.tail.position()?.startId;
      this.collect();
    });
    this.tail.start();
    this.#cursor ??= this.tail.position()?.latestId;
  }

  collect(): void {
    if (this.#cursor === undefined) return;
    const page = this.tail.readAfter(this.#cursor, { rows: 1000, bytes: Number.MAX_SAFE_INTEGER });
    const rows = page === "later" ? [] : page.rows;
    this.#cursor = rows.at(-1)?.id ?? this.#cursor;
    this.ids.push(...rows.map((row) => String(row.id)));
  }

  async waitForIds(count: number): Promise<void> {
    await until(() => this.ids.length >= count, `${count} ids, got ${this.ids.length}`);
  }

  onState(state: TailState): void {
    this.states.push(state);
  }

  onError(_operation: string, error: unknown): void {
    this.errors.push(error);
  }

  [Symbol.dispose](): void {
    this.tail[Symbol.dispose]();
  }
}

const idsFrom = (first: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => String(first + index));

describe("a commit of another process is noticed without a poll", () => {
  test.each([
    ["WAL", "wal"],
    // The rollback modes look alike from another connection: which of them it is, is the writer's own setting.
    ["DELETE", "delete"],
    ["TRUNCATE", "delete"],
    ["PERSIST", "delete"],
    ["MEMORY", "delete"],
  ])("in %s mode", async (mode, journalMode) => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using writer = new Writer(path);
    await writer.run(`PRAGMA journal_mode = ${mode}`);
    await writer.insert(3);
    using file = new FollowedFile(path);
    expect(file.tail.status()).toMatchObject({
      state: "tailing",
      problem: null,
      database: { journalMode },
    });
    await writer.insert(20, 3);
    await file.waitForIds(20);
    expect(file.ids).toEqual(idsFrom(4, 20));
    expect(file.tail.polls.interval).toBe(0);
    expect(file.tail.polls.commit).toBeGreaterThan(0);
    expect(file.tail.status().eventsPerSecond).toBeGreaterThan(0);
    expect(file.errors).toEqual([]);
  });
});

describe("the poll of the table", () => {
  test("comes at every interval, with rows or without, and is told to who listens", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    using file = new FollowedFile(path, { pollIntervalMs: 10 });
    await until(() => file.tail.polls.interval >= 3, "three polls");
    expect(file.changes.filter((change) => change.kind === "commit").length).toBeGreaterThanOrEqual(3);
  });
});

describe("what is not there yet is waited for, and said", () => {
  test("a file", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    using file = new FollowedFile(path);
    expect(file.tail.position()).toBeUndefined();
    expect(file.tail.status()).toMatchObject({
      state: "waiting-for-file",
      problem: `There is no file ${path}.`,
    });
    await using writer = new Writer(path);
    await writer.run([
      "PRAGMA user_version = 1",
      schemaSql("events"),
      "INSERT INTO events(event_type, summary) VALUES ('a', 'b')",
    ]);
    await file.waitForIds(1);
    expect(file.ids).toEqual(["1"]);
    expect(file.states[0]).toBe("waiting-for-file");
    expect(file.states.at(-1)).toBe("tailing");
  });

  test("a directory", async () => {
    using scratch = new Scratch();
    const path = scratch.path("later/events.db");
    using file = new FollowedFile(path, { pollIntervalMs: 20 });
    expect(file.states).toEqual(["waiting-for-file"]);
    mkdirSync(scratch.path("later"));
    createDatabase(path, "events");
    await until(() => file.tail.status().state === "tailing", "the file to be open");
    expect(file.errors).toEqual([]);
  });

  test("a table, with the ones that there are", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    await using writer = new Writer(path);
    await writer.run("CREATE TABLE jobs (id INTEGER PRIMARY KEY)");
    using file = new FollowedFile(path);
    expect(file.tail.status()).toMatchObject({
      state: "waiting-for-table",
      problem: `${path} has no table "events".`,
    });
    expect(file.tail.status().advice).toContain('It has "jobs"');
    await writer.run("CREATE TABLE event_log (id INTEGER PRIMARY KEY)");
    await until(() => file.tail.status().advice?.includes('It has "event_log", "jobs"'), "the new advice");
    await writer.run(schemaSql("events"));
    await writer.insert();
    await file.waitForIds(1);
    expect(file.ids).toEqual(["1"]);
    expect(file.states).toEqual(["waiting-for-table", "tailing"]);
  });
});

describe("what can't be followed is said, with what to do", () => {
  test("a text file, and it goes on when a database takes its place", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    await Bun.write(path, "this is a shopping list, and quite a long one at that".repeat(30));
    using file = new FollowedFile(path, { pollIntervalMs: 20 });
    expect(file.tail.status()).toMatchObject({
      state: "error",
      problem: expect.stringContaining("is not a SQLite database"),
    });
    rmSync(path);
    createDatabase(path, "events");
    await until(() => file.tail.status().state === "tailing", "the file to be open");
    expect(file.tail.status().problem).toBeNull();
  });

  test("a directory in its place", () => {
    using scratch = new Scratch();
    using file = new FollowedFile(scratch.directory);
    expect(file.tail.status()).toMatchObject({
      state: "error",
      problem: `${scratch.directory} is a directory.`,
    });
  });

  test("a table without an integer key", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    await using writer = new Writer(path);
    await writer.run("CREATE TABLE events (id TEXT PRIMARY KEY) WITHOUT ROWID");
    using file = new FollowedFile(path);
    expect(file.tail.status()).toMatchObject({
      state: "error",
      problem: expect.stringContaining("no integer key"),
    });
    expect(file.tail.status().advice).toContain("INTEGER PRIMARY KEY");
  });

  test("a file that may not be read", () => {
    // Root may read everything: the words are tested here, the real file by `tests/server.test.ts`.
    const problem = explain(new FileError("unreadable", "a.db"), "a.db", "events");
    expect(problem).toMatchObject({ state: "error", advice: expect.stringContaining("chmod a+r a.db") });
  });

  test("an empty file is a database that waits for its table", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    await Bun.write(path, "");
    using file = new FollowedFile(path);
    expect(file.tail.status()).toMatchObject({
      state: "waiting-for-table",
      advice: expect.stringContaining("no table yet"),
    });
  });
});

describe("the table goes while it is followed", () => {
  test("and comes again", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using writer = new Writer(path);
    await writer.insert(3);
    using file = new FollowedFile(path, { pollIntervalMs: 20 });
    await writer.run("DROP TABLE events");
    await until(() => file.tail.status().state === "waiting-for-table", "the table to be missed");
    await writer.run(schemaSql("events"));
    await writer.insert(2);
    await file.waitForIds(2);
    expect(file.ids).toEqual(["1", "2"]);
    expect(file.changes).toContainEqual(
      expect.objectContaining({ kind: "reset", reason: "table-recreated" }),
    );
  });
});
