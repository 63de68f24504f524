/** The last rows of a stream, for the tabs that join it later. */
import type { StreamRow } from "./stream.ts";

/** A tab that joins has just loaded the newest rows, so few rows lie between. A tab further back reads by itself. */
const MAX_ROWS = 500;
/** In characters. Rows may be large, and nobody may ever ask for them. */
const MAX_SIZE = 1_000_000;

export class Replay {
  #rows: StreamRow[] = [];
  #size = 0;
  /** The cursor from which on the rows are here. */
  #from: bigint;
  #last: bigint;

  /** @param cursor where the stream begins */
  constructor(cursor: bigint) {
    this.#from = this.#last = cursor;
  }

  /** The id of the last row, or the cursor that the stream has by other ways. */
  get last(): bigint {
    return this.#last;
  }

  add(row: StreamRow): void {
    if (row.id === undefined) return;
    this.#rows.push(row);
    this.#size += row.text.length;
    this.#last = row.id;
    while (this.#rows.length > MAX_ROWS || this.#size > MAX_SIZE) {
      const oldest = this.#rows.shift();
      if (oldest?.id === undefined) break;
      this.#size -= oldest.text.length;
      this.#from = oldest.id;
    }
  }

  /** The stream goes on after this id. Rows beyond it mean nothing any longer; rows before it may not be here. */
  resumeFrom(cursor: bigint): void {
    const isCovered = cursor >= this.#from && cursor <= this.#last;
    this.#rows = isCovered ? this.#rows.filter(({ id }) => id !== undefined && id <= cursor) : [];
    this.#size = this.#rows.reduce((size, { text }) => size + text.length, 0);
    if (!isCovered) this.#from = cursor;
    this.#last = cursor;
  }

  /** The rows after a cursor, or undefined where some of them are not here any more. */
  after(cursor: bigint): StreamRow[] | undefined {
    if (cursor < this.#from) return undefined;
    return this.#rows.filter(({ id }) => id !== undefined && id > cursor);
  }
}
