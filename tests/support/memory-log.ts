/** A log in memory, for tests of what is served from a log. */
import type {
  EventId,
  EventLog,
  EventRow,
  LogChange,
  LogPosition,
  Page,
  ResetReason,
  Unsubscribe,
} from "../../src/events.ts";

export class MemoryLog implements EventLog {
  readonly #listeners = new Set<(change: LogChange) => void>();
  rows: EventRow[] = [];
  identity = "log-1";
  isOpen = true;
  /** Whether rows that there are can't be read just now. */
  isBusy = false;
  /** How many pages were read. */
  reads = 0;
  /** Thrown by the next reads, while it is set. */
  failure: Error | undefined;

  /** Commits rows with these ids. */
  commit(...ids: (EventId | number)[]): void {
    for (const id of ids)
      this.rows.push({ id: BigInt(id), values: [BigInt(id), `row ${id}`], truncated: [] });
    this.emit({ kind: "commit" });
  }

  emit(change: LogChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  emitOpened(fresh: boolean): void {
    this.emit({ kind: "opened", fresh, position: this.#position() });
  }

  emitReset(reason: ResetReason): void {
    this.emit({ kind: "reset", reason, position: this.#position() });
  }

  position(): LogPosition | undefined {
    return this.isOpen ? this.#position() : undefined;
  }

  #position(): LogPosition {
    const startId = (this.rows[0]?.id ?? 1n) - 1n;
    return { identity: this.identity, startId, latestId: this.rows.at(-1)?.id ?? startId };
  }

  readAfter(cursor: EventId, limitRows: number): Page | undefined {
    this.reads++;
    if (this.failure !== undefined) throw this.failure;
    if (this.isBusy) return undefined;
    return { columns: ["id", "note"], rows: this.rows.filter((row) => row.id > cursor).slice(0, limitRows) };
  }

  onChange(listener: (change: LogChange) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
