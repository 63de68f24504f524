/**
 * Follows a table that other processes write to: opens the file when it is there, notices commits, recognises
 * another log in its place, and tells who listens. The table is polled at every poll interval, come what may;
 * everything else only makes it sooner.
 */
import {
  type EventId,
  type LogArchive,
  type LogChange,
  type LogPosition,
  type LogStatus,
  LogUnavailableError,
  type Page,
  type Unsubscribe,
} from "../events.ts";
import { CommitWatch } from "./commit-watch.ts";
import { LogKeeper, type LogObserver } from "./log-keeper.ts";
import type { OpenLog } from "./open-log.ts";
import { isBusy, LOCKED } from "./problem.ts";
import { Rate } from "./rate.ts";
import { statOf } from "./stat.ts";

/** Why the table was polled: the interval was over, a commit was noticed, or it was looked for once more. */
export type PollCause = "interval" | "commit" | "recheck";

export interface TailOptions {
  readonly path: string;
  readonly table: string;
  readonly pollIntervalMs: number;
}

const NO_PAGE: Page = { columns: [], rows: [] };

export class Tail implements LogArchive, Disposable {
  readonly polls: Record<PollCause, number> = { interval: 0, commit: 0, recheck: 0 };
  readonly #options: TailOptions;
  readonly #keeper: LogKeeper;
  readonly #commits: CommitWatch;
  readonly #listeners = new Set<(change: LogChange) => void>();
  readonly #rate = new Rate();
  #floor: Timer | undefined;
  /** Whether a reader was turned away because of a lock: it is to be told when the lock is gone, rows or not. */
  #turnedAway = false;
  /** Set while a reader was put off until the writers leave room. */
  #putOff: Timer | undefined;

  constructor(options: TailOptions, observer: LogObserver) {
    this.#options = options;
    this.#keeper = new LogKeeper(options.path, options.table, observer, () => this.#open());
    this.#commits = new CommitWatch({
      look: (cause) => this.#poll(cause),
      tick: () => this.#tick(),
      // Unknown until it is open: then the gentler way, since opening takes locks too.
      isWal: () => this.#log?.isWal === true,
      hasHotJournal: () => this.#keeper.hasHotJournal(),
      onWatchError: (error) => observer.onError("watching the directory", this.#keeper.latestId, error),
    });
  }

  /** Opens the log, or begins to wait for it. */
  start(): void {
    this.#commits.aim(this.#keeper.realPath);
    this.#open();
    this.#floor = setInterval(() => this.#onInterval(), this.#options.pollIntervalMs);
  }

  position(): LogPosition | undefined {
    // Whoever asks often must not meet a writer more often: no lock where nothing was written, or is being written.
    if (this.#log?.isUntouched() !== true && !this.#keeper.hasHotJournal()) this.#look(false);
    return this.#log?.position();
  }

  readAfter(cursor: EventId, limitRows: number): Page | undefined {
    const log = this.#log;
    // Nothing is read beyond what was seen: no lock, and nothing to wait for.
    if (log !== undefined && cursor >= log.latestId) return NO_PAGE;
    if (this.#keeper.hasHotJournal()) {
      this.#turnAway();
      return undefined;
    }
    const pauseMs = log?.readPauseMs(cursor) ?? 0;
    if (pauseMs > 0) {
      this.#putOffFor(pauseMs);
      return undefined;
    }
    return this.#read("reading after a cursor", (open) => open.readAfter(cursor, limitRows));
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
    const { condition, path } = this.#keeper;
    return {
      state: condition.state,
      problem: condition.problem?.problem ?? null,
      advice: condition.problem?.advice ?? null,
      database: {
        path,
        sizeBytes: statOf(path)?.size ?? null,
        journalMode: this.#log?.journalMode ?? null,
      },
      table: this.#log?.reader.table.name ?? this.#options.table,
      columns: this.#log?.reader.table.roles ?? {},
      eventsPerSecond: this.#rate.perSecond(),
      pollIntervalMs: this.#options.pollIntervalMs,
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#floor);
    clearTimeout(this.#putOff);
    this.#commits[Symbol.dispose]();
    this.#keeper[Symbol.dispose]();
    this.#listeners.clear();
  }

  get #log(): OpenLog | undefined {
    return this.#keeper.log;
  }

  #onInterval(): void {
    this.#commits.aim(this.#keeper.realPath);
    if (this.#log?.hasSameFiles() === false) this.#reopen();
    if (this.#keeper.hasHotJournal()) return this.#commits.lookAfterTransaction();
    const untouched = this.#log?.isUntouched() === true;
    if (this.#poll("interval")) this.#commits.missed();
    // Without new rows too: the floor looks for every subscriber, whatever may have been missed. Where nobody has
    // written to the file there is nothing to miss, and in the rollback modes a lock less for a writer to meet.
    else if (!untouched) this.#tell({ kind: "commit" });
  }

  #tick(): boolean {
    this.#commits.aim(this.#keeper.realPath);
    if (this.#log?.hasSameFiles() === false) return this.#reopen();
    // What is wrong with a file takes longer to go away: a notification or the back-off tries again.
    if (this.#keeper.hasHotJournal()) return false;
    if (this.#log === undefined) return this.#keeper.condition.state === "error" ? false : this.#open();
    // No lock where none is needed: in the rollback modes a writer could meet it.
    if (this.#log.isUntouched() || (!this.#commits.isDeaf && this.#log.isCommitDue)) return false;
    return this.#poll("recheck");
  }

  /** Looks at the table once. @returns whether there were new rows */
  #poll(cause: PollCause): boolean {
    this.polls[cause]++;
    // Trying to open touches the files, as root, which is a notification again.
    if (this.#log === undefined && cause !== "interval" && this.#keeper.wasTriedJustNow) return false;
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
      if (isBusy(error)) this.#keeper.condition.noteBusy();
      else this.#keeper.closeAfter("looking for new events", error);
      return false;
    }
    this.#keeper.condition.noteWell();
    if (found === "replaced") return this.#reopen();
    // A commit to another table is the right moment too for a reader that was put off.
    const isTime = this.#putOff !== undefined && !log.isCommitDue;
    if (found === 0 && !this.#turnedAway && !isTime) return false;
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
        this.#keeper.condition.noteBusy();
        this.#turnAway();
        return undefined;
      }
      this.#keeper.closeAfter(operation, error);
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
    this.#putOff ??= setTimeout(() => this.#tell({ kind: "commit" }), pauseMs);
  }

  #answer(operation: string, read: (log: OpenLog) => Page): Page {
    const page = this.#read(operation, read);
    if (page !== undefined) return page;
    const { problem, advice } = this.#keeper.condition.problem ?? LOCKED;
    throw new LogUnavailableError(`${problem} ${advice}`);
  }

  /** @returns whether there may be new rows */
  #open(): boolean {
    const change = this.#keeper.open();
    if (change === undefined) return false;
    this.#commits.aim(this.#keeper.realPath);
    this.#tell(change);
    if (change.kind === "opened") this.#look(false);
    return true;
  }

  #reopen(): boolean {
    this.#keeper.close();
    return this.#open();
  }

  #tell(change: LogChange): void {
    // Who is put off again is put off from now on.
    clearTimeout(this.#putOff);
    this.#putOff = undefined;
    for (const listener of this.#listeners) listener(change);
  }
}
