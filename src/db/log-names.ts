/** The names that a log has had, and how far the cursors of each still hold. */
import type { Cursor, EventId } from "../events.ts";

/**
 * Earlier names that are remembered. A table that gives its newest id again takes a new name each time; a client that
 * was away for more of them than this is told that the log is another one, and starts anew.
 */
const MAX_EARLIER_NAMES = 1000;

export class LogNames {
  #current: string;
  /** Each earlier name, with the largest id up to which its rows are still the same. The oldest name comes first. */
  readonly #earlier = new Map<string, EventId>();
  /** Told apart by a number where the same base is needed again. */
  #uses = 0;
  #base: string;

  /** @param base what the database itself says: the same after a restart of the server */
  constructor(base: string) {
    this.#base = base;
    this.#current = base;
  }

  get current(): string {
    return this.#current;
  }

  /** What the current name was made of. */
  get base(): string {
    return this.#base;
  }

  /** As in `EventLog`. */
  resumePoint({ log, id }: Cursor): EventId | undefined {
    if (log === this.#current) return id;
    const lastSameId = this.#earlier.get(log);
    if (lastSameId === undefined) return undefined;
    return id < lastSameId ? id : lastSameId;
  }

  /** Takes a new name, because the rows after an id are other rows now. @param base as for the constructor */
  replaceAfter(lastSameId: EventId, base: string): void {
    for (const [name, id] of this.#earlier) if (id > lastSameId) this.#earlier.set(name, lastSameId);
    this.#earlier.set(this.#current, lastSameId);
    const [oldest] = this.#earlier.keys();
    if (this.#earlier.size > MAX_EARLIER_NAMES && oldest !== undefined) this.#earlier.delete(oldest);
    this.#rename(base);
  }

  /** Takes a new name, because no row is the same. */
  replaceAll(base: string): void {
    this.#earlier.clear();
    this.#rename(base);
  }

  #rename(base: string): void {
    this.#uses = base === this.#base ? this.#uses + 1 : 0;
    this.#base = base;
    // A number in a row would come again after a restart of the server, for other rows.
    const suffix = crypto.randomUUID().slice(0, 8);
    this.#current = this.#uses === 0 ? base : `${base}-${suffix}`;
  }
}
