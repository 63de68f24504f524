/** The database of the soak, and the programs that write to it. */
import { Database } from "bun:sqlite";
import { renameSync, rmSync } from "node:fs";

import { schemaSql } from "../../src/db/sqlite/create.ts";
import { Scratch } from "../../tests/support/scratch.ts";
import { until } from "../../tests/support/until.ts";
import { Writer } from "../../tests/support/writer.ts";
import { type CheckpointOrder, type Checkpoints } from "../support/checkpoint-process.ts";
import { LineProcess } from "../support/line-process.ts";
import type { StoredRow } from "./reader-view.ts";

export const MODES = ["WAL", "DELETE", "TRUNCATE", "PERSIST", "MEMORY"] as const;
export type Mode = (typeof MODES)[number];
export const TYPES = ["begun", "done", "failed"] as const;

/** Between two commits of the load, in ms. */
const LOAD_GAP_MS = 20;
/** How long a look at the table waits for the writers. In ms. */
const BUSY_TIMEOUT_MS = 5000;
const PAUSE_TIMEOUT_MS = 60_000;

export class SoakFile implements AsyncDisposable {
  readonly scratch = new Scratch();
  readonly path = this.scratch.path("events.db");
  mode: Mode = "WAL";
  /** Rows that were committed, in all files together. */
  committed = 0;
  readonly faults: string[] = [];
  #steps: Writer | undefined;
  #load: { readonly writer: Writer; isStopped: boolean; readonly done: Promise<void> } | undefined;

  static async create(): Promise<SoakFile> {
    const file = new SoakFile();
    await file.#make(file.path, "WAL", 0);
    await file.open();
    return file;
  }

  get #writer(): Writer {
    if (this.#steps === undefined) throw new Error("the writers are closed");
    return this.#steps;
  }

  /** The rows of the table, by id. */
  stored(): StoredRow[] {
    using database = new Database(this.path, { readonly: true });
    database.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    return database
      .query<StoredRow, []>("SELECT id, event_type AS type, summary AS note FROM events ORDER BY id")
      .all();
  }

  /** Starts the writers. */
  async open(): Promise<void> {
    this.#steps = await this.#newWriter();
    const writer = await this.#newWriter();
    const load = { writer, isStopped: false, done: Promise.resolve() };
    load.done = this.#write(load);
    this.#load = load;
  }

  /** Ends the writers properly, after what they are at. */
  async close(): Promise<void> {
    await this.stopLoad();
    await this.#steps?.close();
    this.#steps = undefined;
  }

  async #write(load: { readonly writer: Writer; readonly isStopped: boolean }): Promise<void> {
    try {
      while (!load.isStopped) {
        await load.writer.run(this.#rows(1));
        await Bun.sleep(LOAD_GAP_MS);
      }
      await load.writer.close();
    } catch (error) {
      // A writer that is refused for longer than its timeout: nobody but writers may be the reason.
      this.faults.push(`a writer failed: ${String(error)}`);
    }
  }

  /** Most modes are those of a connection, and not of the file. */
  async #newWriter(): Promise<Writer> {
    const writer = new Writer(this.path);
    await writer.run(`PRAGMA journal_mode = ${this.mode}`);
    return writer;
  }

  async stopLoad(): Promise<void> {
    const load = this.#load;
    if (load === undefined) return;
    load.isStopped = true;
    let isDone = false;
    void load.done.then(() => (isDone = true));
    await until(() => isDone, "the writer of the load to end", PAUSE_TIMEOUT_MS);
    this.#load = undefined;
  }

  /** So many rows in one transaction. */
  async insert(count: number): Promise<void> {
    await this.#writer.run(this.#rows(count));
  }

  async writeElsewhere(): Promise<void> {
    await this.#writer.run(["CREATE TABLE IF NOT EXISTS other (a)", "INSERT INTO other VALUES (1)"]);
  }

  async vacuum(): Promise<void> {
    await this.#writer.run("VACUUM");
  }

  /** @returns how long a checkpoint waited for everybody else, in ms; undefined where the mode has none */
  async checkpoint(): Promise<Checkpoints | undefined> {
    if (this.mode !== "WAL") return undefined;
    const script = new URL("../support/checkpoint-process.ts", import.meta.url).pathname;
    await using child = new LineProcess("the checkpoint", [script, this.path]);
    await child.next();
    const order: CheckpointOrder = { times: 5, gapMs: 20 };
    // Awaited here, because the process ends with this block.
    return await child.ask<Checkpoints>(order);
  }

  /** Kills a writer in the middle of a transaction that was never committed. */
  async killWriter(): Promise<void> {
    // Killed there, a journal in memory leaves a broken file: that is SQLite's word, and no fault of a reader.
    if (this.mode === "MEMORY") return;
    const writer = this.#writer;
    await writer.run("PRAGMA cache_size = 2");
    await writer.run("BEGIN IMMEDIATE");
    await writer.run("INSERT INTO events(event_type, summary) VALUES ('lost', printf('%.*c', 5000, 'x'))", {
      times: 20,
    });
    await writer.kill();
    this.#steps = await this.#newWriter();
    // Whoever comes next rolls back what it left.
    await this.#writer.run("INSERT INTO events(event_type, summary) SELECT 'never', '' WHERE 0");
  }

  /** Another file in the place of this one, with rows of its own. The writers are closed, and open afterwards. */
  async replace(mode: Mode, rows: number): Promise<void> {
    const other = this.scratch.path("other.db");
    await this.#make(other, mode, rows);
    renameSync(other, this.path);
    for (const suffix of ["-wal", "-shm", "-journal"]) rmSync(this.path + suffix, { force: true });
    this.mode = mode;
  }

  async backUp(): Promise<string> {
    const backup = this.scratch.path("backup.db");
    rmSync(backup, { force: true });
    await this.#writer.run(`VACUUM INTO '${backup}'`);
    return backup;
  }

  /** By the shell of SQLite, in place: the file keeps its mode. The writers are closed. */
  async restore(backup: string, sqlite3: string): Promise<void> {
    const restore = Bun.spawn([sqlite3, this.path, ".timeout 5000", `.restore ${backup}`], {
      stdout: "ignore",
      stderr: "inherit",
    });
    if ((await restore.exited) !== 0) throw new Error(`sqlite3 can't restore ${backup} to ${this.path}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#load !== undefined) {
      this.#load.isStopped = true;
      await this.#load.writer.kill();
    }
    await this.#steps?.kill();
    this.scratch[Symbol.dispose]();
  }

  #rows(count: number): string[] {
    return Array.from({ length: count }, () => {
      const type = TYPES[this.committed % TYPES.length];
      return `INSERT INTO events(event_type, summary) VALUES ('${type}', 'note ${++this.committed}')`;
    });
  }

  async #make(path: string, mode: Mode, rows: number): Promise<void> {
    await using writer = new Writer(path);
    await writer.run(`PRAGMA journal_mode = ${mode}`);
    await writer.run([schemaSql("events"), ...this.#rows(rows)]);
    await writer.close();
  }
}
