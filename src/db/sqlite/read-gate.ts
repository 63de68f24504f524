/**
 * Decides when the database may be read. In the rollback modes a reader holds a lock that a writer may meet, so it
 * waits while a transaction is under way, and a backlog waits until right after a commit. No wait lasts longer than a
 * deadline: after it SQLite's own lock decides. Why so: docs/decisions/rollback.md
 */
import { WriteRhythm } from "./write-rhythm.ts";

/** Who follows live reads a few rows right after a commit; a backlog is read for as long as it lasts. */
export type ReadKind = "live" | "backlog";

/** Nobody waits longer than this in one piece, nor for more than two thirds of the time. In ms. */
export const GATE_DEADLINE_MS = 100;

/**
 * After a transaction that outlasted the deadline the gate stays open for this long, so that a reader gets a third of
 * the time even beside a writer that never pauses. In ms.
 */
const OPEN_AFTER_TRANSACTION_MS = 50;

/** After a commit that was due and did not come, time for one page. In ms. */
const OPEN_AFTER_RHYTHM_MS = 2;

/** After SQLite refused a read: the pause until the next try, doubling. In ms. */
const FIRST_LOCK_PAUSE_MS = 1;
/**
 * The same while the gate is open beside a writer that never pauses: that writer lets go of its lock for a fraction of
 * a millisecond between two commits, which a timer would miss.
 */
const LOCK_PAUSE_WHILE_OPEN_MS = 0.1;
const LONGEST_LOCK_PAUSE_MS = 4;

/** How often the obstacle is looked for while somebody waits: asking for the journal takes 5 µs. In ms. */
const CHECK_MS = 1;

/** What keeps a reader waiting. */
type Obstacle =
  /** A writer is in the middle of a transaction. */
  | "transaction"
  /** A writer is about to commit, by the rhythm of the last commits. */
  | "rhythm"
  /** SQLite has just said that the file is locked. */
  | "lock";

export interface ReadGateTarget {
  /** In WAL mode readers and writers pass each other. */
  isWal(): boolean;
  /** Whether a transaction is under way, by the look of the rollback journal. */
  hasHotJournal(): boolean;
}

export class ReadGate implements Disposable {
  readonly #target: ReadGateTarget;
  readonly #now: () => number;
  readonly #rhythm = new WriteRhythm();
  readonly #waiting = new Map<ReadKind, { readonly sinceMs: number; readonly reads: Set<() => void> }>();
  #timer: Timer | undefined;
  /** Open until then, whatever is in the way but a lock. */
  #openUntilMs = -Infinity;
  /** Closed until then, because SQLite refused a read. */
  #lockedUntilMs = -Infinity;
  #lockPauseMs = FIRST_LOCK_PAUSE_MS;
  /** How long readers have waited for transactions, less twice the time in which they could read. */
  #owedMs = 0;
  #openedAtMs = -Infinity;
  #isCheckDue = false;

  /** @param now milliseconds of a clock that never goes back */
  constructor(target: ReadGateTarget, now: () => number = () => performance.now()) {
    this.#target = target;
    this.#now = now;
  }

  /** Whether a read may begin now. */
  admits(kind: ReadKind): boolean {
    const now = this.#now();
    const obstacle = this.#obstacle(kind, now);
    return obstacle === undefined || (obstacle !== "lock" && now < this.#openUntilMs);
  }

  /** Runs a read at once where it may begin, otherwise as soon as it may, and after the deadline at the latest. */
  whenOpen(kind: ReadKind, read: () => void): void {
    if (this.admits(kind)) return read();
    this.wait(kind, read);
  }

  /** Runs a read that was not admitted as soon as it may begin. The same function is run once. */
  wait(kind: ReadKind, read: () => void): void {
    const waiting = this.#waiting.get(kind);
    if (waiting !== undefined) return void waiting.reads.add(read);
    const now = this.#now();
    if (this.#waiting.size === 0) this.#owedMs = Math.max(0, this.#owedMs - 2 * (now - this.#openedAtMs));
    this.#waiting.set(kind, { sinceMs: now, reads: new Set([read]) });
    this.#timer ??= setInterval(() => this.#check(), CHECK_MS);
    this.#checkInNextTurn();
  }

  get isWaitedFor(): boolean {
    return this.#waiting.size > 0;
  }

  /** Whether a writer is about to commit, by the rhythm of the last commits. */
  get isCommitDue(): boolean {
    return !this.#target.isWal() && this.#rhythm.pauseMs(this.#now()) > 0;
  }

  /** To be called at every commit that is noticed. */
  noteCommit(): void {
    this.#rhythm.committed(this.#now());
  }

  /** To be called when SQLite refused a read. */
  noteLocked(): void {
    const now = this.#now();
    if (now < this.#openUntilMs) {
      this.#lockedUntilMs = now + LOCK_PAUSE_WHILE_OPEN_MS;
      return;
    }
    this.#lockedUntilMs = now + this.#lockPauseMs;
    this.#lockPauseMs = Math.min(this.#lockPauseMs * 2, LONGEST_LOCK_PAUSE_MS);
  }

  /** To be called when a read went through. */
  noteRead(): void {
    this.#lockPauseMs = FIRST_LOCK_PAUSE_MS;
  }

  /** Who waits is forgotten. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#waiting.clear();
  }

  #obstacle(kind: ReadKind, now: number): Obstacle | undefined {
    if (now < this.#lockedUntilMs) return "lock";
    if (this.#target.isWal()) return undefined;
    if (this.#target.hasHotJournal()) return "transaction";
    return kind === "backlog" && this.#rhythm.pauseMs(now) > 0 ? "rhythm" : undefined;
  }

  #checkInNextTurn(): void {
    if (this.#now() >= this.#openUntilMs || this.#isCheckDue) return;
    this.#isCheckDue = true;
    setImmediate(() => {
      this.#isCheckDue = false;
      this.#check();
      if (this.#waiting.size > 0) this.#checkInNextTurn();
    });
  }

  #check(): void {
    const now = this.#now();
    const opened: (() => void)[] = [];
    for (const [kind, { sinceMs, reads }] of this.#waiting) {
      if (!this.#opens(kind, now - sinceMs, now)) continue;
      this.#waiting.delete(kind);
      opened.push(...reads);
    }
    // Before the reads run: they may have to wait again.
    if (this.#waiting.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    for (const read of opened) read();
  }

  /** Whether who has waited for this long may read now. */
  #opens(kind: ReadKind, waitedMs: number, now: number): boolean {
    const obstacle = this.#obstacle(kind, now);
    if (obstacle === "lock") return false;
    if (obstacle === undefined) {
      this.#owedMs += waitedMs;
    } else if (obstacle === "transaction") {
      if (now >= this.#openUntilMs && this.#owedMs + waitedMs < GATE_DEADLINE_MS) return false;
      this.#owedMs = 0;
      this.#openUntilMs = Math.max(this.#openUntilMs, now + OPEN_AFTER_TRANSACTION_MS);
    } else {
      if (now >= this.#openUntilMs && waitedMs < GATE_DEADLINE_MS) return false;
      this.#openUntilMs = Math.max(this.#openUntilMs, now + OPEN_AFTER_RHYTHM_MS);
    }
    this.#openedAtMs = now;
    return true;
  }
}
