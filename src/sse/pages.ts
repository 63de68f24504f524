/** Pages of the log, read and encoded once for all the subscribers that stand at the same cursor. */
import type { Cursor, EventId, EventLog, Later, Page } from "../events.ts";
import { rowJson } from "../rows/json.ts";
import { encodeEvent } from "./encode.ts";

/** Rows in one page: enough to replay at full speed, few enough to be read and encoded within about 1 ms. */
export const PAGE_LIMIT_ROWS = 256;

/** A page ends early beyond this size, so that a lagging subscriber never holds more than about that. */
export const PAGE_LIMIT_BYTES = 262_144;

/** Rows that are asked for at least, however large the rows were: the next ones may be small again. */
const MIN_ROWS = 4;

/** Pages are kept for those who stand at the same cursor. Beyond these the oldest goes; it would be read again. */
export const KEPT_PAGES = 64;
export const KEPT_BYTES = 8_388_608;

export interface EncodedPage {
  /** The name of the log that it is from. */
  readonly log: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly events: number;
  /** The cursor of who has this page. */
  readonly lastId: EventId;
  /** Whether the page ended at a limit, so that more may follow at once. */
  readonly hasMore: boolean;
  /** As in `Page`. */
  readonly oldestId: EventId | undefined;
}

/** Why there is no page: nothing is there yet, or it can't be read just now. A change of the log will be told. */
export type PageState = "end" | "later";

export class SharedPages {
  readonly #log: Pick<EventLog, "readAfter">;
  readonly #pages = new Map<EventId, EncodedPage | "end">();
  /** Pages that were asked for and are not there yet: read once for all who wait. */
  readonly #coming = new Map<EventId, Promise<EncodedPage | PageState>>();
  #keptBytes = 0;
  /** Counts the changes of the log: what was asked for before one may be out of date when it comes. */
  #epoch = 0;
  /** Rows to ask for: fewer where the last ones were large, so that few are read for nothing. */
  #limitRows = PAGE_LIMIT_ROWS;

  constructor(log: Pick<EventLog, "readAfter">) {
    this.#log = log;
  }

  /**
   * The page after a cursor, or why there is none. A page of another log than the cursor's is out of date.
   * @param limitBytes of a page that has to be read
   * @throws Error when the log can't be read
   */
  after(cursor: Cursor, limitBytes: number = PAGE_LIMIT_BYTES): Later<EncodedPage | PageState> {
    const there = this.#pages.get(cursor.id) ?? this.#coming.get(cursor.id);
    if (there !== undefined) return there;
    const limits = { rows: this.#limitRows, bytes: limitBytes };
    const page = this.#log.readAfter(cursor.id, limits);
    return page instanceof Promise ? this.#await(cursor.id, page) : this.#keep(cursor.id, page);
  }

  /** To be called at every change of the log: what was empty may have rows now, and what was read may differ. */
  forget(): void {
    this.#epoch++;
    this.#pages.clear();
    this.#coming.clear();
    this.#keptBytes = 0;
  }

  async #await(id: EventId, answer: Promise<Page | "later">): Promise<EncodedPage | PageState> {
    const epoch = this.#epoch;
    const coming = answer.then((page) => {
      if (epoch === this.#epoch) return this.#keep(id, page);
      // The log has changed since it was asked: whether this is still the end has to be asked again.
      return page === "later" || page.rows.length === 0 ? "later" : encodePage(page);
    });
    this.#coming.set(id, coming);
    try {
      return await coming;
    } finally {
      if (this.#coming.get(id) === coming) this.#coming.delete(id);
    }
  }

  #keep(id: EventId, read: Page | "later"): EncodedPage | PageState {
    // "Later" is not kept: it may be over before the log changes.
    if (read === "later") return read;
    const page = read.rows.length === 0 ? "end" : encodePage(read);
    if (page !== "end") {
      const fitting = Math.floor((PAGE_LIMIT_BYTES * page.events) / page.bytes.length);
      this.#limitRows = Math.min(PAGE_LIMIT_ROWS, Math.max(MIN_ROWS, fitting));
      // A page that ended before its limits was the end of the log: the next one need not be read to be empty.
      if (!page.hasMore) this.#store(page.lastId, "end");
    }
    this.#store(id, page);
    return page;
  }

  #store(id: EventId, page: EncodedPage | "end"): void {
    this.#pages.set(id, page);
    this.#keptBytes += sizeOf(page);
    for (const [oldestId, oldest] of this.#pages) {
      if (this.#pages.size <= KEPT_PAGES && this.#keptBytes <= KEPT_BYTES) return;
      this.#pages.delete(oldestId);
      this.#keptBytes -= sizeOf(oldest);
    }
  }
}

function sizeOf(page: EncodedPage | "end"): number {
  return page === "end" ? 0 : page.bytes.length;
}

function encodePage({ log, columns, rows, hasMore, oldestId }: Page): EncodedPage {
  const toJson = rowJson(columns);
  let text = "";
  let lastId: EventId = 0n;
  for (const row of rows) {
    text += encodeEvent(row.id, toJson(row));
    lastId = row.id;
  }
  return { log, bytes: Buffer.from(text), events: rows.length, lastId, hasMore, oldestId };
}
