/** Decides when to look at the table between two polls: after notifications, and where those are dead, by ticks. */
import { DirectoryWatch } from "./directory-watch.ts";
import { Recheck, type RecheckTarget } from "./recheck.ts";

/**
 * While somebody listens: a look at the table and at the files' inodes, for what no notification announces.
 * 10 µs each.
 */
const TICK_MS = 250;

/** The same where notifications turned out to be dead, as on NFS or in some containers: 0.8 % of a core. */
const DEAF_TICK_MS = 25;
/** In the rollback modes a look takes a lock that a writer may meet. */
const DEAF_ROLLBACK_TICK_MS = 50;

/** After so many looks in a row that found rows without a notification, notifications count as dead. */
const DEAF_AFTER = 2;

export interface CommitWatchTarget extends RecheckTarget {
  /** Checks that the files are those that are open, and looks. @returns whether there were new rows */
  tick(): boolean;
  onWatchError(error: unknown): void;
}

export class CommitWatch implements Disposable {
  readonly #target: CommitWatchTarget;
  readonly #recheck: Recheck;
  #watch: DirectoryWatch | undefined;
  #watchFailed = false;
  #ticker: Timer | undefined;
  #listening = false;
  /** How many looks, one after the other, found rows that no notification had announced. */
  #unannounced = 0;

  constructor(target: CommitWatchTarget) {
    this.#target = target;
    this.#recheck = new Recheck(target);
    // FSEvents says nothing of writes to a memory-mapped log.
    if (process.platform === "darwin") this.#unannounced = DEAF_AFTER;
  }

  /** Whether notifications can be relied on. */
  get isDeaf(): boolean {
    return this.#watch === undefined || this.#unannounced >= DEAF_AFTER;
  }

  /**
   * Watches the directory of a file, unless that very directory is being watched. To be called again and again:
   * a watch dies silently when its directory is renamed.
   */
  watchDirectory(realPath: string): void {
    if (this.#watch?.isAlive(realPath) === true) return;
    // The dead one first: as long as it is open, a new watch of the same directory gets nothing.
    this.#watch?.[Symbol.dispose]();
    this.#watch = undefined;
    try {
      this.#watch = new DirectoryWatch(realPath, () => this.#onNotice());
      this.#watchFailed = false;
      this.#schedule();
    } catch (error) {
      // Tell it once, not at every try. A directory that is missing is told as a state.
      const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
      if (!this.#watchFailed && !missing) this.#target.onWatchError(error);
      this.#watchFailed = true;
      this.#schedule();
    }
  }

  /** Ticks are for listeners: without any, the poll interval is enough. */
  setListening(listening: boolean): void {
    if (listening === this.#listening) return;
    this.#listening = listening;
    this.#schedule();
  }

  /** Looks soon, as after a notification. */
  lookSoon(): void {
    // A series of looks that has begun goes on: begun anew again and again, it would never end.
    if (!this.#recheck.isRunning) this.#recheck.start("recheck");
  }

  /** To be called when a poll found rows: it should have been told of them. */
  noteUnannouncedRows(): void {
    if (this.#recheck.isRunning) return;
    const wasDeaf = this.isDeaf;
    this.#unannounced = Math.min(this.#unannounced + 1, DEAF_AFTER);
    if (this.isDeaf !== wasDeaf) this.#schedule();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#ticker);
    this.#recheck[Symbol.dispose]();
    this.#watch?.[Symbol.dispose]();
  }

  #onNotice(): void {
    const wasDeaf = this.isDeaf;
    if (process.platform !== "darwin") this.#unannounced = 0;
    if (wasDeaf) this.#schedule();
    this.#recheck.start();
  }

  #schedule(): void {
    clearInterval(this.#ticker);
    this.#ticker = undefined;
    if (!this.#listening) return;
    const deafTickMs = this.#target.isWal() ? DEAF_TICK_MS : DEAF_ROLLBACK_TICK_MS;
    this.#ticker = setInterval(() => this.#onTick(), this.isDeaf ? deafTickMs : TICK_MS);
  }

  #onTick(): void {
    if (this.#target.tick()) this.noteUnannouncedRows();
  }
}
