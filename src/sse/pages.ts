/** Pages of the log, read and encoded once for all the subscribers that stand at the same cursor. */
import type { EventId, EventLog } from "../events.ts";
import { encodeEvent } from "./encode.ts";
import { rowJson } from "./json.ts";

/** Rows in one page: enough to replay at full speed, few enough to be read and encoded within about 1 ms. */
export const PAGE_LIMIT_ROWS = 256;

/** A page ends early beyond this size, so that a lagging subscriber never holds more than about that. */
export const PAGE_LIMIT_BYTES = 262_144;

/** Asked for at least, however large the rows were: the next ones may be small again. */
const MIN_ROWS = 4;

/** Pages kept for those who stand at the same cursor. The oldest goes first; it would be read again. */
const KEPT_PAGES = 64;

export interface EncodedPage {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly events: number;
  /** The cursor of who has this page. */
  readonly lastId: EventId;
  /** Whether the page ended at a limit, so that more may follow at once. */
  readonly full: boolean;
}

/** Why there is no page: nothing is there yet, or it can't be read just now. A change of the log will be told. */
export type PageState = "end" | "later";

export class SharedPages {
  readonly #log: Pick<EventLog, "readAfter">;
  readonly #pages = new Map<EventId, EncodedPage | PageState>();
  /** Rows to ask for: fewer where the last ones were large, so that few are read for nothing. */
  #limitRows = PAGE_LIMIT_ROWS;

  constructor(log: Pick<EventLog, "readAfter">) {
    this.#log = log;
  }

  /**
   * The page after a cursor, or why there is none.
   * @throws Error when the log can't be read
   */
  after(cursor: EventId): EncodedPage | PageState {
    const kept = this.#pages.get(cursor);
    if (kept !== undefined) return kept;
    const page = encodePage(this.#log, cursor, this.#limitRows);
    if (typeof page === "object") {
      const fitting = Math.floor((PAGE_LIMIT_BYTES * page.events) / page.bytes.length);
      this.#limitRows = Math.min(PAGE_LIMIT_ROWS, Math.max(MIN_ROWS, fitting));
      // A page that ended before its limits was the end of the log: the next one need not be read to be empty.
      if (!page.full) this.#pages.set(page.lastId, "end");
    }
    if (this.#pages.size >= KEPT_PAGES) {
      const [oldest] = this.#pages.keys();
      if (oldest !== undefined) this.#pages.delete(oldest);
    }
    this.#pages.set(cursor, page);
    return page;
  }

  /** To be called at every change of the log: what was empty may have rows now, and what was read may differ. */
  forget(): void {
    this.#pages.clear();
  }
}

function encodePage(
  log: Pick<EventLog, "readAfter">,
  cursor: EventId,
  limitRows: number,
): EncodedPage | PageState {
  const page = log.readAfter(cursor, limitRows);
  if (page === undefined) return "later";
  const toJson = rowJson(page.columns);
  let text = "";
  let events = 0;
  let lastId = cursor;
  for (const [index, row] of page.rows.entries()) {
    text += encodeEvent(row.id, toJson(row));
    events = index + 1;
    lastId = row.id;
    if (text.length >= PAGE_LIMIT_BYTES) break;
  }
  if (events === 0) return "end";
  return {
    bytes: Buffer.from(text),
    events,
    lastId,
    full: events < page.rows.length || events === limitRows,
  };
}
