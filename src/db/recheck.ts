/** Looks again after a notification, until what it announced can be seen. */

/**
 * In WAL mode the notification comes when the log is written, before it is synced, and the commit can be seen
 * only later, through shared memory that notifies nobody. The pauses sum up to 2 s, where the poll takes over.
 */
const WAL_PAUSES_MS = [
  1,
  1,
  2,
  2,
  4,
  5,
  5,
  10,
  10,
  20,
  20,
  ...repeat(25, 8),
  ...repeat(50, 6),
  ...repeat(100, 4),
  ...repeat(200, 2),
  ...repeat(250, 3),
];

/**
 * Where the schedule goes on after a look that found rows: all that may be left is a commit whose notification fell
 * together with that of the rows. Each look wakes the process up, which costs more than the look.
 */
const WAL_STEP_AFTER_ROWS = WAL_PAUSES_MS.indexOf(10);

/**
 * In the rollback modes a look at the wrong moment makes the writer's INSERT fail: each waits for the journal
 * to be gone, and the first that finds rows is the last.
 */
const ROLLBACK_PAUSES_MS = [1, 2, 4, 8, 16, 32, 64, 125, 250, 250, 250, 250, 250, 250, 250];

/** How long a transaction is waited for before the look is taken all the same. */
const MAX_JOURNAL_WAIT_MS = 1000;

export interface RecheckTarget {
  /** Looks at the table. @returns whether there were new rows */
  look(cause: "commit" | "recheck"): boolean;
  isWal(): boolean;
  /** Whether a transaction of a rollback mode is under way, by the look of its journal. */
  hasHotJournal(): boolean;
}

export class Recheck implements Disposable {
  readonly #target: RecheckTarget;
  #timer: Timer | undefined;
  #firstCause: "commit" | "recheck" = "commit";
  #step = 0;
  #waitedMs = 0;

  constructor(target: RecheckTarget) {
    this.#target = target;
  }

  /** To be called at every notification: starts from the beginning. @param cause why the first look is taken */
  start(cause: "commit" | "recheck" = "commit"): void {
    // Begun anew at every one of a stream of notifications, the first look would never come.
    if (!this.#target.isWal() && this.isRunning && this.#step === 0) return;
    this.#firstCause = cause;
    this.#step = 0;
    this.#waitedMs = 0;
    if (this.#target.isWal() && this.#target.look(cause)) this.#step = WAL_STEP_AFTER_ROWS;
    this.#schedule();
  }

  /** Whether a notification is being followed up. */
  get isRunning(): boolean {
    return this.#timer !== undefined;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const pauses = this.#target.isWal() ? WAL_PAUSES_MS : ROLLBACK_PAUSES_MS;
    const pause = pauses[this.#step];
    if (pause !== undefined) this.#timer = setTimeout(() => this.#next(), pause);
  }

  #next(): void {
    if (!this.#target.isWal()) {
      if (this.#waitedMs < MAX_JOURNAL_WAIT_MS && this.#target.hasHotJournal()) {
        this.#waitedMs++;
        this.#timer = setTimeout(() => this.#next(), 1);
        return;
      }
      if (this.#target.look(this.#step === 0 ? this.#firstCause : "recheck")) {
        this.#timer = undefined;
        return;
      }
      this.#step++;
    } else {
      const found = this.#target.look("recheck");
      this.#step = found ? Math.max(this.#step + 1, WAL_STEP_AFTER_ROWS) : this.#step + 1;
    }
    this.#schedule();
  }
}

function repeat(pauseMs: number, times: number): number[] {
  return Array.from({ length: times }, () => pauseMs);
}
