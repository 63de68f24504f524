/**
 * Up to which id the rows of a table are complete. Ids are given when a row is inserted and seen when its transaction
 * commits, so that a lower id may be seen after a higher one. Why the rule holds: docs/decisions/watermark.md
 *
 *     following ── a gap before an id ──▶ marked ── every mark is settled, no gap ──▶ following
 */
import type { EventId } from "../../../events.ts";

/** A transaction that holds a writing lock on the table, as `pg_locks.virtualtransaction` names it. */
export type Holder = string;

export type WatermarkState =
  /** Every row that was seen is at or below the watermark. */
  | "following"
  /** Rows were seen above a gap. What may fill it is not known yet, or is still open. */
  | "marked";

/** An id that was seen above a gap. */
interface Mark {
  readonly upTo: EventId;
  /** Those of the transactions that may have drawn an id up to it and have not ended. Undefined until the next look. */
  readonly holders: ReadonlySet<Holder> | undefined;
}

/** More marks tell hardly more: a mark that does not fit is set when another one is settled. */
const MOST_MARKS = 32;

/**
 * A transaction that was prepared before the server started has lost its name, and is any of those that held the
 * table: it counts for every mark. PostgreSQL shows it with this backend.
 */
const RECOVERED = /^-1\//;

export class Watermark {
  #id: EventId;
  /** Their ids rise, and so do their holders: what holds back one of them holds back those after it. */
  #marks: readonly Mark[] = [];

  /** @param id up to which the rows are complete */
  constructor(id: EventId) {
    this.#id = id;
  }

  /** Every row at or below it that will ever be there can be read. */
  get id(): EventId {
    return this.#id;
  }

  get state(): WatermarkState {
    return this.#marks.length === 0 ? "following" : "marked";
  }

  /** The transactions that hold back the next rows; empty where they are not known yet. */
  get waitsFor(): ReadonlySet<Holder> {
    return this.#marks[0]?.holders ?? new Set();
  }

  /** The newest id that was seen. */
  get seenId(): EventId {
    return this.#marks.at(-1)?.upTo ?? this.#id;
  }

  /**
   * To be called in state "marked". What it settles is complete for a read that begins afterwards.
   * @param holders every transaction that holds a writing lock on the table now
   * @returns whether one of those has ended that held back the next rows: they are worth a read
   */
  noteHolders(holders: Iterable<Holder>): boolean {
    const now = new Set(holders);
    const waitedFor = this.waitsFor.size;
    const marks = this.#marks.map(({ upTo, holders: before }) => ({
      upTo,
      holders:
        before === undefined
          ? now
          : new Set([...now].filter((holder) => before.has(holder) || RECOVERED.test(holder))),
    }));
    const open = marks.findIndex((mark) => mark.holders.size > 0);
    const settled = open === -1 ? marks : marks.slice(0, open);
    this.#marks = marks.slice(settled.length);
    const last = settled.at(-1);
    if (last !== undefined && last.upTo > this.#id) this.#id = last.upTo;
    return settled.length > 0 || this.waitsFor.size < waitedFor;
  }

  /**
   * To be called with what a read of the rows after the watermark found.
   * @param ids the lowest of them, rising
   * @param seenId the highest of them, or one that is as high as the read looked, or one that was drawn by then
   */
  noteRows(ids: readonly EventId[], seenId: EventId | undefined): void {
    for (const id of ids) {
      if (id <= this.#id) continue;
      if (id !== this.#id + 1n) break;
      this.#id = id;
    }
    this.#marks = this.#marks.filter(({ upTo }) => upTo > this.#id);
    if (seenId !== undefined && seenId > this.seenId) this.#mark(seenId);
  }

  /** Gives up the order of what is open below an id: it will be late. */
  raiseTo(id: EventId): void {
    if (id <= this.#id) return;
    this.#id = id;
    this.#marks = this.#marks.filter(({ upTo }) => upTo > id);
  }

  #mark(upTo: EventId): void {
    const last = this.#marks.at(-1);
    const mark: Mark = { upTo, holders: undefined };
    // Nobody has asked for its holders yet: it can be any higher.
    if (last !== undefined && last.holders === undefined) this.#marks = [...this.#marks.slice(0, -1), mark];
    else if (this.#marks.length < MOST_MARKS) this.#marks = [...this.#marks, mark];
  }
}
