/**
 * Whatever happens, in any order: writers that come, go and die, journal modes, checkpoints, restarts of the
 * tail, and other rows in the same place. Its seed is printed; the same seed gives the same order of events.
 *
 *     TAILBOARD_RANDOM_SEED=7 TAILBOARD_RANDOM_SECONDS=600 bun test tests/faults/random.test.ts
 */
import { Database } from "bun:sqlite";
import { expect, setDefaultTimeout, test } from "bun:test";
import { renameSync, rmSync } from "node:fs";

import { LogUnavailableError } from "../../src/archive.ts";
import type { EventId, EventJson, ResetReason } from "../../src/events.ts";
import { Followed } from "../support/followed.ts";
import { randomFrom } from "../support/random.ts";
import { Scratch } from "../support/scratch.ts";
import type { StreamReader } from "../support/stream-reader.ts";
import { findProgram } from "../support/tools.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const SECONDS = Number(process.env["TAILBOARD_RANDOM_SECONDS"] ?? 8);
const SEED = Number(process.env["TAILBOARD_RANDOM_SEED"] ?? Math.floor(Math.random() * 1e9));
const WRITERS = 3;

/** Without it, no backup is restored. */
const sqlite3 = await findProgram("sqlite3");

/** What can happen; what stands here more than once happens more often. */
const STEPS = [
  "insert",
  "insert",
  "insert",
  "batch",
  "otherTable",
  "checkpoint",
  "killWriter",
  "reopenWriter",
  "changeMode",
  "vacuum",
  "restartTail",
  "ask",
  "replaceFile",
  "restoreBackup",
  "recreateTable",
  "rewriteNewest",
  "deleteOldest",
] as const;

class World implements AsyncDisposable {
  readonly #random = randomFrom(SEED);
  readonly #scratch = new Scratch();
  readonly #path = this.#scratch.path("events.db");
  readonly #table = `CREATE TABLE events (id INTEGER PRIMARY KEY ${this.#random(2) === 0 ? "AUTOINCREMENT" : ""}, note TEXT)`;
  #writers: Writer[] = [];
  #followed: Followed | undefined;
  #reader: StreamReader | undefined;
  #notes = 0;
  /** What was delivered and still holds, over all lives of the tail. */
  #delivered: { readonly id: EventId; readonly note: string }[] = [];
  /** What must be delivered by now, since then. */
  #expected: string[] = [];
  #cursor: EventId = 0n;
  /** The name of the log that the last hello or reset gave. */
  #log: string | undefined;
  /** Writers that keep their journal in memory: killed in the middle of a transaction they would leave a broken file. */
  readonly #volatile = new WeakSet<Writer>();
  readonly done: string[] = [];

  async start(): Promise<void> {
    this.#openWriters();
    await this.#any().run("PRAGMA journal_mode = WAL");
    await this.#any().run(this.#table);
    await this.#follow();
  }

  /** One thing happens. */
  async step(): Promise<void> {
    const name = STEPS[this.#random(STEPS.length)] ?? "insert";
    this.done.push(name);
    await this[name]();
  }

  async insert(): Promise<void> {
    for (let row = this.#random(10); row >= 0; row--) {
      const note = this.#note();
      this.#expected.push(note);
      await this.#any().insertNotes(note);
    }
  }

  async batch(): Promise<void> {
    const notes = Array.from({ length: 1 + this.#random(400) }, () => this.#note());
    this.#expected.push(...notes);
    await this.#any().run(notes.map((note) => `INSERT INTO events(note) VALUES ('${note}')`));
  }

  async otherTable(): Promise<void> {
    await this.#any().run(["CREATE TABLE IF NOT EXISTS other (a)", "INSERT INTO other VALUES (1)"]);
  }

  async checkpoint(): Promise<void> {
    await this.#any().run("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  /** In the middle of a transaction that was never committed. */
  async killWriter(): Promise<void> {
    const writer = this.#any();
    if (this.#volatile.has(writer)) return;
    await writer.run("PRAGMA cache_size = 2");
    await writer.run("BEGIN IMMEDIATE");
    await writer.run("INSERT INTO events(note) VALUES (printf('%.*c', 5000, 'x'))", { times: 20 });
    await writer.kill();
    this.#writers = this.#writers.filter((other) => other !== writer);
    this.#writers.push(new Writer(this.#path));
    // Whoever comes next rolls back what it left.
    await this.#any().run("INSERT INTO events(note) SELECT 'never' WHERE 0");
  }

  async reopenWriter(): Promise<void> {
    const writer = this.#writers.shift();
    await writer?.close();
    this.#writers.push(new Writer(this.#path));
  }

  async changeMode(): Promise<void> {
    const mode = ["WAL", "DELETE", "TRUNCATE", "PERSIST", "MEMORY"][this.#random(5)] ?? "WAL";
    const writer = this.#any();
    if (mode === "MEMORY") this.#volatile.add(writer);
    // Refused while others are in WAL mode: then it stays, which is as good.
    await writer
      .run(`PRAGMA journal_mode = ${mode}`)
      .catch((error: unknown) => expect(String(error)).toContain("locked"));
  }

  async vacuum(): Promise<void> {
    await this.#any().run("VACUUM");
  }

  async restartTail(): Promise<void> {
    this.#collect();
    await this.#followed?.[Symbol.asyncDispose]();
    await this.insert();
    const log = this.#random(2) === 0 ? this.#log : undefined;
    await this.#follow(log);
    // A name is derived from the version of the schema, or was made up: then the whole log comes once more.
    const name = await until(() => this.#followed?.tail.position()?.log, "the log to be open");
    if (log !== undefined && log !== name) {
      this.#expected = this.#stored();
      await this.#waitForReset("log-changed");
    } else {
      await this.#quiesce();
      expect(this.#followed?.resets).toEqual([]);
    }
  }

  /** What is asked for agrees with what is followed. */
  async ask(): Promise<void> {
    await this.#quiesce();
    const stored = this.#stored().slice(-50);
    const rows = await until(() => this.#list(), "an answer");
    expect(rows.map(({ note }) => note).toReversed()).toEqual(stored);
  }

  async #list(): Promise<readonly EventJson[] | undefined> {
    try {
      return await this.#followed?.list();
    } catch (error) {
      if (error instanceof LogUnavailableError) return undefined;
      throw error;
    }
  }

  async replaceFile(): Promise<void> {
    // Where there never was a row, no cursor can be wrong and no reset is due.
    await this.insert();
    await this.#quiesce();
    await this.#closeWriters();
    const other = this.#scratch.path("other.db");
    {
      await using writer = new Writer(other);
      await writer.run("PRAGMA journal_mode = WAL");
      await writer.run(this.#table);
      this.#expected = Array.from({ length: 1 + this.#random(20) }, () => this.#note());
      await writer.insertNotes(...this.#expected);
      await writer.close();
    }
    renameSync(other, this.#path);
    for (const suffix of ["-wal", "-shm"]) rmSync(this.#path + suffix, { force: true });
    await this.#waitForReset("file-replaced");
    this.#openWriters();
  }

  /** A backup of fewer rows is restored in place, by SQLite's own means. */
  async restoreBackup(): Promise<void> {
    if (sqlite3 === undefined) return;
    await this.insert();
    await this.#quiesce();
    const backup = this.#scratch.path(`backup-${this.done.length}.db`);
    await this.#any().run(`VACUUM INTO '${backup}'`);
    const stored = this.#stored();
    await this.insert();
    await this.#quiesce();
    await this.#closeWriters();
    const restore = Bun.spawn([sqlite3, this.#path, ".timeout 5000", `.restore ${backup}`], {
      stderr: "inherit",
    });
    expect(await restore.exited).toBe(0);
    this.#expected = stored;
    await this.#waitForReset("rows-replaced");
    this.#openWriters();
  }

  async recreateTable(): Promise<void> {
    await this.insert();
    await this.#quiesce();
    this.#expected = Array.from({ length: 1 + this.#random(20) }, () => this.#note());
    await this.#any().run([
      "DROP TABLE events",
      this.#table,
      ...this.#expected.map((note) => `INSERT INTO events(note) VALUES ('${note}')`),
    ]);
    await this.#waitForReset("rows-replaced");
  }

  /** The newest rows go, and their ids are given again, in one transaction. */
  async rewriteNewest(): Promise<void> {
    await this.insert();
    await this.#quiesce();
    const last = this.#cursor;
    const note = this.#note();
    await this.#any().run([
      `DELETE FROM events WHERE id = ${last}`,
      `INSERT INTO events(id, note) VALUES (${last}, '${note}')`,
    ]);
    // AUTOINCREMENT gives no id again by itself: to write the row anew is to update it, which is not delivered.
    if (this.#table.includes("AUTOINCREMENT")) {
      this.#expected.splice(-1, 1, note);
      this.#delivered.splice(-1, 1, { id: last, note });
      // The tail has to see it before the schema changes: both at once are another table to it, and that is a reset.
      await this.insert();
      await this.#quiesce();
      return;
    }
    this.#expected = this.#stored();
    await this.#waitForReset("rows-replaced");
  }

  async deleteOldest(): Promise<void> {
    await this.#quiesce();
    await this.#any().run(`DELETE FROM events WHERE id < ${this.#cursor} - 5`);
  }

  /** Waits until everything that was inserted has been delivered, and compares. */
  async #quiesce(): Promise<void> {
    const last = this.#expected.at(-1);
    await until(
      () => {
        this.#collect();
        return last === undefined || this.#delivered.at(-1)?.note === last;
      },
      `the row ${last} after ${this.done.slice(-5).join(", ")} (seed ${SEED})`,
    );
    expect(this.#delivered.map(({ note }) => note)).toEqual(this.#expected);
  }

  async finish(): Promise<void> {
    await this.#quiesce();
  }

  /** Takes over what the stream has brought since the last time. */
  #collect(): void {
    for (const event of this.#reader?.events.splice(0) ?? []) {
      if (event.event === "reset") {
        const { resumedFrom, oldestId } = JSON.parse(event.data);
        this.#cursor = BigInt(resumedFrom);
        const isWhole = this.#cursor < BigInt(oldestId);
        // What was deleted at the old end is not sent again, and is no longer in the table.
        const stored = new Set(isWhole ? [] : this.#stored());
        this.#delivered = this.#delivered.filter(({ id, note }) => id <= this.#cursor && stored.has(note));
      }
      if (event.event === "hello" || event.event === "reset") this.#log = String(JSON.parse(event.data).log);
      if (event.event !== undefined || event.id === undefined) continue;
      const id = BigInt(event.id);
      if (id <= this.#cursor) throw new Error(`row ${id} after row ${this.#cursor} (seed ${SEED})`);
      this.#cursor = id;
      this.#delivered.push({ id, note: String(JSON.parse(event.data).note) });
    }
  }

  async #waitForReset(reason: ResetReason): Promise<void> {
    const followed = this.#followed;
    await until(
      () => followed?.resets.includes(reason),
      `the reset ${reason} after ${this.done.slice(-5).join(", ")} (seed ${SEED})`,
    );
    followed?.resets.splice(0);
    await this.#quiesce();
  }

  async #follow(log?: string): Promise<void> {
    this.#followed = new Followed(this.#path, { pollIntervalMs: 500 });
    this.#reader = await this.#followed.open(this.#cursor, log);
  }

  #stored(): string[] {
    using database = new Database(this.#path, { readonly: true });
    return database
      .query<{ note: string }, []>("SELECT note FROM events ORDER BY id")
      .all()
      .map((row) => row.note);
  }

  #note(): string {
    return `note ${++this.#notes}`;
  }

  #any(): Writer {
    const writer = this.#writers[this.#random(this.#writers.length)];
    if (writer === undefined) throw new Error("there is no writer");
    return writer;
  }

  #openWriters(): void {
    this.#writers = Array.from({ length: WRITERS }, () => new Writer(this.#path));
  }

  async #closeWriters(): Promise<void> {
    for (const writer of this.#writers) await writer.close();
    this.#writers = [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#followed?.[Symbol.asyncDispose]();
    for (const writer of this.#writers) await writer.kill();
    this.#scratch[Symbol.dispose]();
  }
}

test(
  "whatever happens, every row arrives once and in order, or after a reset",
  async () => {
    console.log(`seed ${SEED}, ${SECONDS} s`);
    await using world = new World();
    await world.start();
    const deadline = performance.now() + SECONDS * 1000;
    while (performance.now() < deadline) await world.step();
    await world.finish();
    console.log(`${world.done.length} steps`);
    expect(world.done.length).toBeGreaterThan(0);
  },
  SECONDS * 1000 + 60_000,
);
