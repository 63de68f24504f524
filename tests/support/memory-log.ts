/** A log in memory, for tests of what is served from a log. */
import type {
  Cursor,
  EventId,
  EventLog,
  EventRow,
  Later,
  LogChange,
  LogPosition,
  Page,
  PageLimits,
  ResetReason,
  Unsubscribe,
} from "../../src/events.ts";

export class MemoryLog implements EventLog {
  readonly #listeners = new Set<(change: LogChange) => void>();
  rows: EventRow[] = [];
  name = "log-1";
  isOpen = true;
  /** Whether rows that there are can't be read just now. */
  isBusy = false;
  /** How many pages were read. */
  reads = 0;
  /** What each of them was to hold at most. */
  readonly limits: PageLimits[] = [];
  /** Answers come in a later turn, until `answer()` lets them go. */
  isSlow = false;
  readonly #waiting: (() => void)[] = [];
  /** Called at every read. */
  onRead: () => void = () => {};
  /** Thrown by the next reads, while it is set. */
  failure: Error | undefined;

  /** Commits rows with these ids. */
  commit(...ids: (EventId | number)[]): void {
    for (const id of ids)
      this.rows.push({ id: BigInt(id), values: [BigInt(id), `row ${id}`], truncated: [] });
    this.emitCommit();
  }

  emitCommit(): void {
    this.emit({ kind: "commit", latestId: this.#position().latestId });
  }

  emit(change: LogChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  emitOpened(fresh: boolean): void {
    this.emit({ kind: "opened", fresh, position: this.#position() });
  }

  /** @param resumedFrom the start of the log where it is left out */
  emitReset(reason: ResetReason, resumedFrom: EventId = this.#position().startId): void {
    this.emit({ kind: "reset", reason, resumedFrom, position: this.#position() });
  }

  resumePoint({ log, id }: Cursor): EventId | undefined {
    return log === this.name ? id : undefined;
  }

  position(): LogPosition | undefined {
    return this.isOpen ? this.#position() : undefined;
  }

  #position(): LogPosition {
    const startId = (this.rows[0]?.id ?? 1n) - 1n;
    return { log: this.name, startId, latestId: this.rows.at(-1)?.id ?? startId };
  }

  /** Lets the answers go that were asked for so far. */
  answer(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  get isAsked(): boolean {
    return this.#waiting.length > 0;
  }

  filter(): never {
    throw new Error("a log in memory answers no questions");
  }

  readAfter(cursor: EventId, limits: PageLimits): Later<Page | "later"> {
    const answer = this.#read(cursor, limits);
    if (!this.isSlow) return answer;
    return new Promise((resolve) => this.#waiting.push(() => resolve(answer)));
  }

  #read(cursor: EventId, limits: PageLimits): Page | "later" {
    this.onRead();
    this.reads++;
    this.limits.push(limits);
    if (this.failure !== undefined) throw this.failure;
    if (this.isBusy) return "later";
    const after = this.rows.filter((row) => row.id > cursor);
    return {
      log: this.name,
      columns: ["id", "note"],
      rows: after.slice(0, limits.rows),
      hasMore: after.length > limits.rows,
    };
  }

  onChange(listener: (change: LogChange) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
