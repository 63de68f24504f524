/**
 * Follows a table that other processes write to: opens the file when it is there, notices commits, and tells
 * who listens. The table is polled at every poll interval, come what may; a notification of the file system
 * only makes it sooner.
 */
import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";

import {
  type EventId,
  type LogArchive,
  type LogChange,
  type LogPosition,
  type LogStatus,
  LogUnavailableError,
  type Page,
  type TailState,
  type Unsubscribe,
} from "../events.ts";
import { type Connection, openReadOnly, tableNames } from "./connection.ts";
import { hasHotJournal } from "./journal.ts";
import { explain, isBusy, type Problem } from "./problem.ts";
import { Rate } from "./rate.ts";
import { EventReader } from "./reader.ts";
import { Recheck } from "./recheck.ts";
import { DatabaseWatch } from "./watch.ts";

/** Why the table was polled: the interval was over, a commit was noticed, or the look after it came too early. */
export type PollCause = "interval" | "commit" | "recheck";

export interface TailOptions {
  readonly path: string;
  readonly table: string;
  readonly pollIntervalMs: number;
}

/** What the owner of the tail wants to hear about. */
export interface TailObserver {
  /** Once per change, not once per try. */
  onState(state: TailState, problem: Problem | undefined): void;
  onError(operation: string, lastId: EventId, error: unknown): void;
}

/** New rows are counted for the rate up to this many at a time; beyond it the rate is too low for a moment. */
const COUNT_LIMIT_ROWS = 10_000;

const MIN_ID = -(2n ** 63n);
const NO_PAGE: Page = { columns: [], rows: [] };

/** An open log. */
interface Opened {
  readonly connection: Connection;
  readonly reader: EventReader;
  readonly startId: EventId;
}

export class Tail implements LogArchive, Disposable {
  readonly polls: Record<PollCause, number> = { interval: 0, commit: 0, recheck: 0 };
  readonly #path: string;
  readonly #options: TailOptions;
  readonly #observer: TailObserver;
  readonly #listeners = new Set<(change: LogChange) => void>();
  readonly #rate = new Rate();
  readonly #recheck: Recheck;
  #state: TailState = "opening";
  #problem: Problem | undefined;
  #opened: Opened | undefined;
  #watch: DatabaseWatch | undefined;
  #floor: Timer | undefined;
  /** The identity of the last log that was open, and the newest id that was seen in it. */
  #lastIdentity: string | undefined;
  #latestId: EventId = 0n;
  /** Whether there was no log at all since the start or the last time it was open. */
  #wasMissing = false;

  constructor(options: TailOptions, observer: TailObserver) {
    this.#options = options;
    this.#path = resolve(options.path);
    this.#observer = observer;
    this.#recheck = new Recheck({
      look: (cause) => this.#poll(cause),
      isWal: () => this.#opened === undefined || this.#opened.connection.journalMode === "wal",
      hasHotJournal: () => this.#opened !== undefined && hasHotJournal(this.#opened.connection.realPath),
    });
  }

  /** Opens the log, or begins to wait for it. */
  start(): void {
    this.#startWatch();
    this.#open();
    this.#floor = setInterval(() => this.#poll("interval"), this.#options.pollIntervalMs);
  }

  position(): LogPosition | undefined {
    if (this.#opened !== undefined) this.#advance(this.#opened);
    const opened = this.#opened;
    if (opened === undefined) return undefined;
    return { identity: opened.connection.identity, latestId: this.#latestId, startId: opened.startId };
  }

  readAfter(cursor: EventId, limitRows: number): Page {
    return this.#read("reading after a cursor", (reader) => reader.readAfter(cursor, limitRows)) ?? NO_PAGE;
  }

  listAfter(cursor: EventId, limitRows: number): Page {
    return this.#answer("listing after an id", (reader) => reader.readAfter(cursor, limitRows));
  }

  listUpTo(id: EventId, limitRows: number): Page {
    return this.#answer("listing up to an id", (reader) => reader.readUpTo(id, limitRows));
  }

  readOne(id: EventId): Page {
    return this.#answer("reading one event", (reader) => reader.readOne(id));
  }

  onChange(listener: (change: LogChange) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  status(): LogStatus {
    const opened = this.#opened;
    return {
      state: this.#state,
      problem: this.#problem?.problem ?? null,
      advice: this.#problem?.advice ?? null,
      database: {
        path: this.#path,
        sizeBytes: statSync(this.#path, { throwIfNoEntry: false })?.size ?? null,
        journalMode: opened?.connection.journalMode ?? null,
      },
      table: opened?.reader.table.name ?? this.#options.table,
      columns: opened?.reader.table.roles ?? {},
      eventsPerSecond: this.#rate.perSecond(),
      pollIntervalMs: this.#options.pollIntervalMs,
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#floor);
    this.#recheck[Symbol.dispose]();
    this.#watch?.[Symbol.dispose]();
    this.#close();
    this.#listeners.clear();
  }

  /** Looks at the table once. @returns whether there were new rows */
  #poll(cause: PollCause): boolean {
    this.polls[cause]++;
    if (this.#watch === undefined) this.#startWatch();
    if (this.#opened === undefined) return this.#open();
    const advanced = this.#advance(this.#opened);
    // Without new rows too: the floor looks for every subscriber, whatever may have been missed.
    if (!advanced && cause === "interval") this.#tell({ kind: "commit" });
    return advanced;
  }

  /** Moves on to the newest id and tells of it. @returns whether there were new rows */
  #advance({ reader }: Opened): boolean {
    try {
      const latestId = reader.latestId();
      if (latestId === undefined || latestId <= this.#latestId) return false;
      this.#rate.add(reader.countAfter(this.#latestId, COUNT_LIMIT_ROWS));
      this.#latestId = latestId;
    } catch (error) {
      if (!isBusy(error)) this.#fail("looking for new events", error);
      return false;
    }
    this.#tell({ kind: "commit" });
    return true;
  }

  /** @returns undefined while the log is not open, or while a writer holds it */
  #read(operation: string, read: (reader: EventReader) => Page): Page | undefined {
    if (this.#opened === undefined) return undefined;
    try {
      return read(this.#opened.reader);
    } catch (error) {
      if (isBusy(error)) return undefined;
      this.#fail(operation, error);
      throw error;
    }
  }

  #answer(operation: string, read: (reader: EventReader) => Page): Page {
    const page = this.#read(operation, read);
    if (page !== undefined) return page;
    const { problem, advice } = this.#problem ?? {
      problem: "The database is locked by a writer.",
      advice: "Ask again in a moment.",
    };
    throw new LogUnavailableError(`${problem} ${advice}`);
  }

  /** @returns whether it is open now */
  #open(): boolean {
    let connection: Connection | undefined;
    try {
      connection = openReadOnly(this.#path);
      const reader = new EventReader(connection.database, this.#options.table);
      const bounds = reader.bounds();
      const smallestId = bounds?.smallestId ?? 1n;
      this.#opened = { connection, reader, startId: smallestId > MIN_ID ? smallestId - 1n : MIN_ID };
      this.#startWatch();
      this.#begin(connection.identity, bounds?.latestId ?? this.#opened.startId);
      return true;
    } catch (error) {
      if (isBusy(error)) {
        connection?.[Symbol.dispose]();
        return false;
      }
      const tables = connection === undefined ? [] : tableNames(connection.database);
      connection?.[Symbol.dispose]();
      const problem = explain(error, this.#path, this.#options.table, tables);
      if (problem.state !== "error") this.#wasMissing = true;
      this.#setState(problem.state, problem);
      return false;
    }
  }

  #begin(identity: string, latestId: EventId): void {
    const isOther =
      this.#lastIdentity !== undefined && (identity !== this.#lastIdentity || latestId < this.#latestId);
    const fresh = this.#wasMissing;
    this.#lastIdentity = identity;
    this.#latestId = latestId;
    this.#wasMissing = false;
    this.#setState("tailing", undefined);
    this.#tell(isOther ? { kind: "reset", reason: "log-replaced" } : { kind: "opened", fresh });
  }

  #startWatch(): void {
    const realPath = this.#opened?.connection.realPath ?? this.#path;
    this.#watch?.[Symbol.dispose]();
    this.#watch = undefined;
    try {
      this.#watch = new DatabaseWatch(
        realPath,
        () => this.#recheck.start(),
        () => (this.#watch = undefined),
      );
    } catch (error) {
      // Without notifications the polls go on; the watch is tried again at the next one.
      if (statSync(dirname(realPath), { throwIfNoEntry: false }) !== undefined) {
        this.#observer.onError("watching the directory of the database", this.#latestId, error);
      }
    }
  }

  /** Closes the log after an error; the next poll opens it again. */
  #fail(operation: string, error: unknown): void {
    this.#observer.onError(operation, this.#latestId, error);
    this.#close();
    const problem = explain(error, this.#path, this.#options.table, []);
    if (problem.state !== "error") this.#wasMissing = true;
    this.#setState(problem.state, problem);
  }

  #close(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    opened?.reader[Symbol.dispose]();
    opened?.connection[Symbol.dispose]();
  }

  #setState(state: TailState, problem: Problem | undefined): void {
    const changed = state !== this.#state || problem?.problem !== this.#problem?.problem;
    this.#state = state;
    this.#problem = problem;
    if (changed) this.#observer.onState(state, problem);
  }

  #tell(change: LogChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
