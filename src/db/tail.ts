/**
 * Follows a table that other processes write to: opens the file when it is there, notices commits, recognises
 * another log in its place, and tells who listens. The table is polled at every poll interval, come what may;
 * everything else only makes it sooner.
 */
import { resolve } from "node:path";

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
import { Backoff } from "./backoff.ts";
import { CommitWatch } from "./commit-watch.ts";
import { hasHotJournal } from "./journal.ts";
import { type LogMemory, OpenLog } from "./open-log.ts";
import { explain, isBusy, LOCKED, type Problem } from "./problem.ts";
import { Rate } from "./rate.ts";
import { statOf } from "./stat.ts";

/** Why the table was polled: the interval was over, a commit was noticed, or it was looked for once more. */
export type PollCause = "interval" | "commit" | "recheck";

export interface TailOptions {
  readonly path: string;
  readonly table: string;
  readonly pollIntervalMs: number;
}

/** What the owner of the tail wants to hear about. */
export interface TailObserver {
  /** Once per change, not once per try. */
  onState(state: TailState, problem: Problem | undefined, latestId: EventId): void;
  onError(operation: string, latestId: EventId, error: unknown): void;
}

/** A writer that holds the file for longer than this is worth a word. */
const LOCKED_AFTER_MS = 2000;

/** Between two tries to open the log that notifications ask for. */
const OPEN_PAUSE_MS = 50;

const NO_PAGE: Page = { columns: [], rows: [] };

export class Tail implements LogArchive, Disposable {
  readonly polls: Record<PollCause, number> = { interval: 0, commit: 0, recheck: 0 };
  readonly #path: string;
  readonly #options: TailOptions;
  readonly #observer: TailObserver;
  readonly #listeners = new Set<(change: LogChange) => void>();
  readonly #rate = new Rate();
  readonly #commits: CommitWatch;
  readonly #backoff = new Backoff(() => this.#open());
  #state: TailState = "opening";
  #problem: Problem | undefined;
  #log: OpenLog | undefined;
  /** The log that was open last, to recognise it again. */
  #memory: LogMemory | undefined;
  /** What there was not since the log was open last, or since the start: all that comes is new. */
  #missing: "file" | "table" | undefined;
  #floor: Timer | undefined;
  #busySinceMs: number | undefined;
  /** When it was tried to open the log last. */
  #triedAtMs = -Infinity;
  /** Whether a reader was turned away because of a lock: it is to be told when the lock is gone, rows or not. */
  #turnedAway = false;
  /** Set while a reader was put off until the writers leave room. */
  #putOff: Timer | undefined;

  constructor(options: TailOptions, observer: TailObserver) {
    this.#options = options;
    this.#path = resolve(options.path);
    this.#observer = observer;
    this.#commits = new CommitWatch({
      look: (cause) => this.#poll(cause),
      tick: () => this.#tick(),
      // Unknown until it is open: then the gentler way, since opening takes locks too.
      isWal: () => this.#log?.isWal === true,
      hasHotJournal: () => this.#hasHotJournal(),
      onWatchError: (error) => observer.onError("watching the directory", this.#latestId, error),
    });
  }

  /** Opens the log, or begins to wait for it. */
  start(): void {
    this.#commits.aim(this.#path);
    this.#open();
    this.#floor = setInterval(() => this.#onInterval(), this.#options.pollIntervalMs);
  }

  position(): LogPosition | undefined {
    // Whoever asks often must not meet a writer more often: no lock where nothing was written, or is being written.
    if (this.#log?.isUntouched() !== true && !this.#hasHotJournal()) this.#look(false);
    return this.#log?.position();
  }

  readAfter(cursor: EventId, limitRows: number): Page {
    if (this.#hasHotJournal()) {
      this.#turnAway();
      return NO_PAGE;
    }
    const pauseMs = this.#log?.readPauseMs() ?? 0;
    if (pauseMs > 0) {
      this.#putOffFor(pauseMs);
      return NO_PAGE;
    }
    return this.#read("reading after a cursor", (log) => log.readAfter(cursor, limitRows)) ?? NO_PAGE;
  }

  listAfter(cursor: EventId, limitRows: number): Page {
    return this.#answer("listing after an id", (log) => log.readAfter(cursor, limitRows));
  }

  listUpTo(id: EventId, limitRows: number): Page {
    return this.#answer("listing up to an id", ({ reader }) => reader.readUpTo(id, limitRows));
  }

  readOne(id: EventId): Page {
    return this.#answer("reading one event", ({ reader }) => reader.readOne(id));
  }

  onChange(listener: (change: LogChange) => void): Unsubscribe {
    this.#listeners.add(listener);
    this.#commits.setListening(true);
    return () => {
      this.#listeners.delete(listener);
      this.#commits.setListening(this.#listeners.size > 0);
    };
  }

  status(): LogStatus {
    const log = this.#log;
    return {
      state: this.#state,
      problem: this.#problem?.problem ?? null,
      advice: this.#problem?.advice ?? null,
      database: {
        path: this.#path,
        sizeBytes: statOf(this.#path)?.size ?? null,
        journalMode: log?.journalMode ?? null,
      },
      table: log?.reader.table.name ?? this.#options.table,
      columns: log?.reader.table.roles ?? {},
      eventsPerSecond: this.#rate.perSecond(),
      pollIntervalMs: this.#options.pollIntervalMs,
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#floor);
    clearTimeout(this.#putOff);
    this.#backoff[Symbol.dispose]();
    this.#commits[Symbol.dispose]();
    this.#close();
    this.#listeners.clear();
  }

  get #latestId(): EventId {
    return this.#log?.latestId ?? this.#memory?.latestId ?? 0n;
  }

  #onInterval(): void {
    this.#commits.aim(this.#log?.realPath ?? this.#path);
    if (this.#log?.hasSameFiles() === false) this.#reopen();
    if (this.#hasHotJournal()) return this.#commits.lookAfterTransaction();
    const untouched = this.#log?.isUntouched() === true;
    if (this.#poll("interval")) this.#commits.missed();
    // Without new rows too: the floor looks for every subscriber, whatever may have been missed. Where nobody has
    // written to the file there is nothing to miss, and in the rollback modes a lock less for a writer to meet.
    else if (!untouched) this.#tell({ kind: "commit" });
  }

  #tick(): boolean {
    this.#commits.aim(this.#log?.realPath ?? this.#path);
    if (this.#log?.hasSameFiles() === false) return this.#reopen();
    // What is wrong with a file takes longer to go away: a notification or the back-off tries again.
    if (this.#hasHotJournal()) return false;
    if (this.#log === undefined) return this.#state === "error" ? false : this.#open();
    // No lock where none is needed: in the rollback modes a writer could meet it.
    if (this.#log.isUntouched() || (!this.#commits.isDeaf && this.#log.readPauseMs() > 0)) return false;
    return this.#poll("recheck");
  }

  #hasHotJournal(): boolean {
    return this.#log?.isWal !== true && hasHotJournal(this.#log?.realPath ?? this.#path);
  }

  /** Looks at the table once. @returns whether there were new rows */
  #poll(cause: PollCause): boolean {
    this.polls[cause]++;
    // Trying to open touches the files, as root, which is a notification again.
    if (
      this.#log === undefined &&
      cause !== "interval" &&
      performance.now() - this.#triedAtMs < OPEN_PAUSE_MS
    )
      return false;
    return this.#log === undefined ? this.#open() : this.#look(cause === "interval");
  }

  /** @returns whether there were new rows, and all who wanted them could read them */
  #look(thorough: boolean): boolean {
    const log = this.#log;
    if (log === undefined) return false;
    let found: number | "replaced";
    try {
      found = log.look(thorough);
    } catch (error) {
      if (isBusy(error)) this.#busy();
      else this.#fail("looking for new events", error);
      return false;
    }
    this.#free();
    if (found === "replaced") return this.#reopen();
    if (found === 0 && !this.#turnedAway) return false;
    this.#turnedAway = false;
    this.#rate.add(found);
    this.#tell({ kind: "commit" });
    return found > 0 && !this.#turnedAway;
  }

  /** @returns undefined while the log is not open, or while a writer holds it */
  #read(operation: string, read: (log: OpenLog) => Page): Page | undefined {
    if (this.#log === undefined) return undefined;
    try {
      return read(this.#log);
    } catch (error) {
      if (isBusy(error)) {
        this.#busy();
        this.#turnAway();
        return undefined;
      }
      this.#fail(operation, error);
      throw error;
    }
  }

  /** A reader found the file locked: it is told when the lock is gone. */
  #turnAway(): void {
    this.#turnedAway = true;
    this.#commits.lookAfterTransaction();
  }

  /** Readers are told when it is time again, unless a commit comes first. */
  #putOffFor(pauseMs: number): void {
    this.#putOff ??= setTimeout(() => {
      this.#putOff = undefined;
      this.#tell({ kind: "commit" });
    }, pauseMs);
  }

  #answer(operation: string, read: (log: OpenLog) => Page): Page {
    const page = this.#read(operation, read);
    if (page !== undefined) return page;
    const { problem, advice } = this.#problem ?? LOCKED;
    throw new LogUnavailableError(`${problem} ${advice}`);
  }

  /** @returns whether there may be new rows */
  #open(): boolean {
    this.#triedAtMs = performance.now();
    let log: OpenLog;
    try {
      log = OpenLog.open(this.#path, this.#options.table, this.#memory);
    } catch (error) {
      if (isBusy(error)) this.#busy();
      else this.#setProblem(error);
      return false;
    }
    this.#log = log;
    this.#backoff.reset();
    this.#commits.aim(log.realPath);
    this.#free();
    this.#setState("tailing", undefined);
    const missing = this.#missing;
    this.#missing = undefined;
    const position = log.position();
    if (log.replaces === undefined) {
      // Where the same log came back, who has no cursor starts where it was left.
      this.#tell({ kind: "opened", fresh: missing !== undefined && this.#memory === undefined, position });
      this.#look(false);
    } else {
      const reason = missing === "table" ? "table-recreated" : log.replaces;
      this.#tell({ kind: "reset", reason, position });
    }
    return true;
  }

  /** All old handles go first: an old one beside a new one would bring back what a lost `-shm` knew. */
  #reopen(): boolean {
    this.#close();
    return this.#open();
  }

  /** Closes the log after an error, to be opened again at the next occasion. */
  #fail(operation: string, error: unknown): void {
    this.#observer.onError(operation, this.#latestId, error);
    this.#close();
    this.#setProblem(error);
  }

  #close(): void {
    if (this.#log === undefined) return;
    const log = this.#log;
    this.#memory = log.memory();
    this.#log = undefined;
    try {
      log[Symbol.dispose]();
    } catch (error) {
      this.#observer.onError("closing the database", this.#latestId, error);
    }
  }

  #setProblem(error: unknown): void {
    const problem = explain(error, this.#path, this.#options.table);
    if (problem.state === "waiting-for-file") this.#missing = "file";
    if (problem.state === "waiting-for-table") this.#missing ??= "table";
    if (problem.state === "error") this.#backoff.schedule();
    this.#setState(problem.state, problem);
  }

  #busy(): void {
    this.#busySinceMs ??= performance.now();
    if (performance.now() - this.#busySinceMs >= LOCKED_AFTER_MS) this.#setState("locked", LOCKED);
    else if (this.#log === undefined) this.#backoff.schedule();
  }

  #free(): void {
    this.#busySinceMs = undefined;
    if (this.#state === "locked") this.#setState("tailing", undefined);
  }

  #setState(state: TailState, problem: Problem | undefined): void {
    const changed = state !== this.#state || problem?.problem !== this.#problem?.problem;
    this.#state = state;
    this.#problem = problem;
    if (changed) this.#observer.onState(state, problem, this.#latestId);
  }

  #tell(change: LogChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
