/** The rows of the log as one reader has them: at the end they have to be those of the table. */

export interface StoredRow {
  readonly id: number;
  readonly type: string;
  readonly note: string;
}

/** What a reset says of where its reader goes on. */
export interface ResetPoint {
  readonly resumedFrom: number;
  /** The oldest row of the log, 0 where there is none. */
  readonly oldestId: number;
}

export class ReaderView {
  readonly name: string;
  /** Undefined: every row. */
  readonly type: string | undefined;
  /** What went wrong, in words. */
  readonly faults: string[] = [];
  /** How many rows came, with those that came again after a reset. */
  received = 0;
  resets = 0;
  readonly #rows = new Map<number, string>();
  /** Rows up to here are none of its business. */
  #startId: number;
  #lastId: number;

  constructor(name: string, startId: number, type?: string) {
    this.name = name;
    this.type = type;
    this.#startId = startId;
    this.#lastId = startId;
  }

  /** The last row that it has. */
  get lastId(): number {
    return this.#lastId;
  }

  take(id: number, note: string): void {
    this.received++;
    if (id <= this.#lastId) this.faults.push(`the row ${id} came after the row ${this.#lastId}`);
    this.#lastId = id;
    this.#rows.set(id, note);
  }

  reset({ resumedFrom, oldestId }: ResetPoint): void {
    this.resets++;
    // The whole log comes again: what is below its first row is nothing that was missed.
    if (resumedFrom < oldestId || resumedFrom < this.#startId) this.#startId = resumedFrom;
    for (const id of this.#rows.keys()) if (id > resumedFrom) this.#rows.delete(id);
    this.#lastId = Math.max(this.#startId, ...this.#rows.keys());
  }

  /** @returns how it differs from the table, in words; undefined where it does not */
  differenceFrom(stored: readonly StoredRow[]): string | undefined {
    const wanted = stored.filter(
      ({ id, type }) => id > this.#startId && (this.type === undefined || type === this.type),
    );
    for (const { id, note } of wanted) {
      const held = this.#rows.get(id);
      if (held === undefined) return `the row ${id} is missing, its last one is ${this.#lastId}`;
      if (held !== note) return `the row ${id} is ${held}, and ${note} in the table`;
    }
    if (this.#rows.size === wanted.length) return undefined;
    const known = new Set(wanted.map(({ id }) => id));
    const extra = [...this.#rows.keys()].filter((id) => !known.has(id));
    return `${extra.length} rows are not in the table, the first is ${extra[0]}`;
  }
}
