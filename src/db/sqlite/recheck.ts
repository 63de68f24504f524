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

export interface RecheckTarget {
  /** Looks at the table. @returns whether there were new rows */
  look(cause: "commit" | "recheck"): boolean;
  isWal(): boolean;
  /** Runs a look as soon as the database may be read: in WAL mode at once, otherwise within the gate's deadline. */
  whenReadable(look: () => void): void;
}

/**
 * idle → (a notification) → waiting for the next pause to end → waiting until the database may be read → a look →
 * waiting for the next pause …, and idle again after the last pause, or in the rollback modes after rows were found.
 */
export class Recheck implements Disposable {
  readonly #target: RecheckTarget;
  #timer: Timer | undefined;
  #isWaitingToRead = false;
  #firstCause: "commit" | "recheck" = "commit";
  #step = 0;

  constructor(target: RecheckTarget) {
    this.#target = target;
  }

  /** To be called at every notification: starts from the beginning. @param cause why the first look is taken */
  start(cause: "commit" | "recheck" = "commit"): void {
    // Begun anew at every one of a stream of notifications, the first look would never come.
    if (!this.#target.isWal() && this.isRunning && this.#step === 0) return;
    this.#firstCause = cause;
    this.#step = 0;
    // The look that waits already is the first one from now on.
    if (this.#isWaitingToRead) return;
    if (this.#target.isWal() && this.#target.look(cause)) this.#step = WAL_STEP_AFTER_ROWS;
    this.#schedule();
  }

  /** Whether a notification is being followed up. */
  get isRunning(): boolean {
    return this.#timer !== undefined || this.#isWaitingToRead;
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
    this.#timer = undefined;
    this.#isWaitingToRead = true;
    this.#target.whenReadable(() => {
      this.#isWaitingToRead = false;
      this.#look();
    });
  }

  #look(): void {
    const found = this.#target.look(this.#step === 0 && !this.#target.isWal() ? this.#firstCause : "recheck");
    // In the rollback modes every look is a chance for a writer to be refused.
    if (found && !this.#target.isWal()) return;
    this.#step++;
    if (found) this.#step = Math.max(this.#step, WAL_STEP_AFTER_ROWS);
    this.#schedule();
  }
}

function repeat(pauseMs: number, times: number): number[] {
  return Array.from({ length: times }, () => pauseMs);
}
