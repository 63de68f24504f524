/** Lets long reads take turns, a slice each, on a thread that also has to hear what it is told. */
import type { Failure, FromWorker } from "./protocol.ts";
import type { Steps } from "./step.ts";

/** Pieces that are sent before the client has taken the first one. */
const PIECES_AHEAD = 2;

export interface SchedulerTarget {
  /** Tells the thread of the streams. Bytes are handed over, not copied. */
  readonly tell: (message: FromWorker, handedOver?: readonly ArrayBuffer[]) => void;
  /**
   * Calls back when a slice may be read.
   * @param wasLocked SQLite has just refused one
   * @param isFirst it is the first slice of its job, which most jobs end with: somebody waits for a page
   */
  readonly whenAllowed: (slice: () => void, wasLocked: boolean, isFirst: boolean) => void;
  readonly failureOf: (error: unknown) => Failure;
}

interface Job {
  readonly id: number;
  readonly steps: Steps;
  /** Pieces that may be sent. */
  credit: number;
  hasBegun: boolean;
}

/**
 * idle → (a job is due) → waiting to be allowed → a slice → waiting for the next turn of the event loop → …
 * First slices and later ones wait each for themselves, so that a page does not wait for a search that may not go on.
 */
export class Scheduler {
  readonly #target: SchedulerTarget;
  readonly #jobs = new Map<number, Job>();
  /** Jobs whose next slice is due, the one that waits longest first. */
  readonly #due = new Set<Job>();
  /** Turns that were asked for. */
  readonly #turnsDue = { first: false, later: false };
  #wasLocked = false;

  constructor(target: SchedulerTarget) {
    this.#target = target;
  }

  get isIdle(): boolean {
    return this.#jobs.size === 0;
  }

  add(id: number, steps: Steps): void {
    const job: Job = { id, steps, credit: PIECES_AHEAD, hasBegun: false };
    this.#jobs.set(id, job);
    this.#makeDue(job);
  }

  /** The client takes another piece. */
  pull(id: number): void {
    const job = this.#jobs.get(id);
    if (job === undefined) return;
    job.credit++;
    this.#makeDue(job);
  }

  /** The client has left. What the job holds is let go. */
  cancel(id: number): void {
    const job = this.#jobs.get(id);
    if (job === undefined) return;
    this.#forget(job);
    job.steps.return();
  }

  /** Every job fails. */
  failAll(failure: Failure): void {
    for (const job of this.#jobs.values()) {
      this.cancel(job.id);
      this.#target.tell({ kind: "failed", job: job.id, failure });
    }
  }

  #makeDue(job: Job): void {
    if (job.credit > 0) this.#due.add(job);
    this.#askForTurn("first");
    this.#askForTurn("later");
  }

  #askForTurn(kind: "first" | "later"): void {
    if (this.#turnsDue[kind] || this.#next(kind) === undefined) return;
    this.#turnsDue[kind] = true;
    // In a turn of its own: a message that cancels a job comes before its next slice.
    setImmediate(() =>
      this.#target.whenAllowed(() => this.#turn(kind), this.#wasLocked && kind === "later", kind === "first"),
    );
  }

  #turn(kind: "first" | "later"): void {
    this.#turnsDue[kind] = false;
    if (kind === "later") this.#wasLocked = false;
    const job = this.#next(kind);
    if (job !== undefined) {
      this.#due.delete(job);
      this.#run(job);
    }
    this.#askForTurn("first");
    this.#askForTurn("later");
  }

  /** The one that waits longest. */
  #next(kind: "first" | "later"): Job | undefined {
    return this.#due.values().find((job) => job.hasBegun === (kind === "later"));
  }

  #run(job: Job): void {
    job.hasBegun = true;
    try {
      const { done, value } = job.steps.next();
      if (done === true) {
        this.#forget(job);
        this.#target.tell({ kind: "done", job: job.id });
        return;
      }
      if (value.kind === "answer") {
        const { answer } = value;
        const handedOver = "items" in answer ? handOver(answer.items) : [];
        this.#target.tell({ kind: "answer", job: job.id, answer }, handedOver);
      }
      if (value.kind === "piece") {
        job.credit--;
        this.#target.tell({ kind: "piece", job: job.id, bytes: value.bytes }, handOver(value.bytes));
      }
      if (value.kind === "locked") this.#wasLocked = true;
    } catch (error) {
      this.#forget(job);
      this.#target.tell({ kind: "failed", job: job.id, failure: this.#target.failureOf(error) });
      return;
    }
    if (job.credit > 0) this.#due.add(job);
  }

  #forget(job: Job): void {
    this.#jobs.delete(job.id);
    this.#due.delete(job);
  }
}

/** A small buffer is a part of a larger one that others share. */
function handOver(bytes: Uint8Array<ArrayBuffer>): ArrayBuffer[] {
  return bytes.byteLength === bytes.buffer.byteLength ? [bytes.buffer] : [];
}
