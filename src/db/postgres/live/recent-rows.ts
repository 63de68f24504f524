/** The newest rows up to the watermark, so that who follows live is served at once. */
import type { EventId, EventRow, PageLimits } from "../../../events.ts";
import { plainValue } from "../values.ts";

/** Rows that are kept, and about how many bytes of them. */
const MOST_ROWS = 1024;
const MOST_BYTES = 2_097_152;

/** What a value counts besides its text. */
const BYTES_PER_VALUE = 24;

export class RecentRows {
  /** Every row after this id and up to the watermark is here. */
  #after: EventId;
  #rows: EventRow[] = [];
  #bytes = 0;

  constructor(after: EventId) {
    this.#after = after;
  }

  get newest(): EventRow | undefined {
    return this.#rows.at(-1);
  }

  /** @param rows every row from the last watermark up to the new one */
  add(rows: readonly EventRow[]): void {
    for (const row of rows) {
      this.#rows.push(row);
      this.#bytes += sizeOf(row);
    }
    let dropped = 0;
    while (this.#rows.length - dropped > MOST_ROWS || this.#bytes > MOST_BYTES) {
      const row = this.#rows[dropped];
      if (row === undefined) break;
      this.#bytes -= sizeOf(row);
      this.#after = row.id;
      dropped++;
    }
    if (dropped > 0) this.#rows = this.#rows.slice(dropped);
  }

  /** Begins anew: no row up to an id is here. */
  clear(after: EventId): void {
    this.#after = after;
    this.#rows = [];
    this.#bytes = 0;
  }

  /** The rows after an id; undefined where not all of them are here. */
  after(id: EventId, limits: PageLimits): { rows: EventRow[]; hasMore: boolean } | undefined {
    if (id < this.#after) return undefined;
    const first = this.#rows.findIndex((row) => row.id > id);
    if (first === -1) return { rows: [], hasMore: false };
    const rows: EventRow[] = [];
    let bytes = 0;
    for (const row of this.#rows.slice(first)) {
      if (rows.length === limits.rows || (rows.length > 0 && bytes >= limits.bytes))
        return { rows, hasMore: true };
      rows.push(row);
      bytes += sizeOf(row);
    }
    return { rows, hasMore: false };
  }
}

function sizeOf({ values }: EventRow): number {
  let bytes = 0;
  for (const value of values) {
    const plain = plainValue(value);
    bytes += BYTES_PER_VALUE + (typeof plain === "string" || plain instanceof Uint8Array ? plain.length : 8);
  }
  return bytes;
}
