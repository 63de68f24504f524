/** Pages of the log, read and encoded once for all the subscribers that stand at the same cursor. */
import type { Cursor, EventId, EventLog, EventRow, Filter, Later, Page } from "../events.ts";
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

/** The same for each question, until the next commit. */
const KEPT_FILTERED_PAGES = 4;
const KEPT_FILTERED_BYTES = 524_288;

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

const NO_BYTES = new Uint8Array(0);

/** Why there is no page: nothing is there yet, or it can't be read just now. A change of the log will be told. */
export type PageState = "end" | "later";

export class SharedPages {
  readonly #log: Pick<EventLog, "readAfter">;
  readonly #pages = new PageCache(KEPT_PAGES, KEPT_BYTES);
  /** By question: there may be very many, and none may push out the pages of the others. */
  readonly #filtered = new Map<string, PageCache>();
  /** Rows that pages of several questions share. */
  readonly #rows = new WeakMap<EventRow, Uint8Array<ArrayBuffer>>();
  #json: { readonly columns: readonly string[]; readonly of: (row: EventRow) => string } | undefined;
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
   * @param filter what the reader asks; without one it gets every row
   * @throws Error when the log can't be read
   */
  after(
    cursor: Cursor,
    limitBytes: number = PAGE_LIMIT_BYTES,
    filter?: Filter,
  ): Later<EncodedPage | PageState> {
    const cache = filter === undefined ? this.#pages : this.#filtered.get(filter.key);
    const there = cache?.get(cursor.id) ?? cache?.coming.get(cursor.id);
    if (there !== undefined) return there;
    const limits = { rows: this.#limitRows, bytes: limitBytes };
    const page = this.#log.readAfter(cursor.id, limits, filter);
    return page instanceof Promise
      ? this.#await(cursor.id, page, filter)
      : this.#keep(cursor.id, page, filter);
  }

  /** To be called at every change of the log: what was empty may have rows now, and what was read may differ. */
  forget(): void {
    this.#epoch++;
    this.#pages.clear();
    this.#filtered.clear();
  }

  #cacheOf(filter: Filter | undefined): PageCache {
    if (filter === undefined) return this.#pages;
    let cache = this.#filtered.get(filter.key);
    if (cache === undefined) {
      cache = new PageCache(KEPT_FILTERED_PAGES, KEPT_FILTERED_BYTES);
      this.#filtered.set(filter.key, cache);
    }
    return cache;
  }

  async #await(
    cursor: EventId,
    answer: Promise<Page | "later">,
    filter: Filter | undefined,
  ): Promise<EncodedPage | PageState> {
    const epoch = this.#epoch;
    const cache = this.#cacheOf(filter);
    const coming = answer.then((page) => {
      if (epoch === this.#epoch) return this.#keep(cursor, page, filter);
      // The log has changed since it was asked: whether this is still the end has to be asked again.
      return page === "later" || !hasNews(page, cursor) ? "later" : this.#encode(page, filter);
    });
    cache.coming.set(cursor, coming);
    try {
      return await coming;
    } finally {
      if (cache.coming.get(cursor) === coming) cache.coming.delete(cursor);
    }
  }

  #keep(cursor: EventId, read: Page | "later", filter: Filter | undefined): EncodedPage | PageState {
    // "Later" is not kept: it may be over before the log changes.
    if (read === "later") return read;
    const page = hasNews(read, cursor) ? this.#encode(read, filter) : "end";
    if (page !== "end" && filter === undefined) {
      const fitting = Math.floor((PAGE_LIMIT_BYTES * page.events) / page.bytes.length);
      this.#limitRows = Math.min(PAGE_LIMIT_ROWS, Math.max(MIN_ROWS, fitting));
    }
    // A page that ended before its limits was the end of the log: the next one need not be read to be empty.
    if (page !== "end" && !page.hasMore && filter === undefined) this.#pages.set(page.lastId, "end");
    // That none of the newest rows matches is known at once, and there may be very many questions.
    if (filter === undefined || read.rows.length > 0 || read.hasMore) this.#cacheOf(filter).set(cursor, page);
    return page;
  }

  #encode(page: Page, filter: Filter | undefined): EncodedPage {
    const { log, columns, rows, hasMore, oldestId, scannedTo } = page;
    const bytes = filter === undefined ? this.#bytesOf(columns, rows) : this.#sharedBytesOf(columns, rows);
    const lastId = scannedTo ?? rows.at(-1)?.id ?? 0n;
    return { log, bytes, events: rows.length, lastId, hasMore, oldestId };
  }

  #bytesOf(columns: readonly string[], rows: readonly EventRow[]): Uint8Array<ArrayBuffer> {
    const toJson = this.#toJson(columns);
    let text = "";
    for (const row of rows) text += encodeEvent(row.id, toJson(row));
    return Buffer.from(text);
  }

  /** The same, of rows that match several questions. */
  #sharedBytesOf(columns: readonly string[], rows: readonly EventRow[]): Uint8Array<ArrayBuffer> {
    const [first, ...rest] = rows;
    if (first === undefined) return NO_BYTES;
    const bytes = this.#rowBytes(columns, first);
    if (rest.length === 0) return bytes;
    return Buffer.concat([bytes, ...rest.map((row) => this.#rowBytes(columns, row))]);
  }

  #rowBytes(columns: readonly string[], row: EventRow): Uint8Array<ArrayBuffer> {
    let bytes = this.#rows.get(row);
    if (bytes === undefined) {
      bytes = this.#bytesOf(columns, [row]);
      this.#rows.set(row, bytes);
    }
    return bytes;
  }

  /** Made once for as long as the columns are the same. */
  #toJson(columns: readonly string[]): (row: EventRow) => string {
    if (this.#json?.columns !== columns) this.#json = { columns, of: rowJson(columns) };
    return this.#json.of;
  }
}

/** Keeps the pages that were read last, by the cursors that they come after. */
class PageCache {
  /** Pages that were asked for and are not there yet: read once for all who wait. */
  readonly coming = new Map<EventId, Promise<EncodedPage | PageState>>();
  readonly #pages = new Map<EventId, EncodedPage | "end">();
  readonly #mostPages: number;
  readonly #mostBytes: number;
  #keptBytes = 0;

  constructor(mostPages: number, mostBytes: number) {
    this.#mostPages = mostPages;
    this.#mostBytes = mostBytes;
  }

  get(cursor: EventId): EncodedPage | "end" | undefined {
    return this.#pages.get(cursor);
  }

  set(cursor: EventId, page: EncodedPage | "end"): void {
    this.#pages.set(cursor, page);
    this.#keptBytes += sizeOf(page);
    for (const [oldestId, oldest] of this.#pages) {
      if (this.#pages.size <= this.#mostPages && this.#keptBytes <= this.#mostBytes) return;
      this.#pages.delete(oldestId);
      this.#keptBytes -= sizeOf(oldest);
    }
  }

  clear(): void {
    this.#pages.clear();
    this.coming.clear();
    this.#keptBytes = 0;
  }
}

/** Whether a page brings its reader on: by rows, or over rows that do not match. */
function hasNews({ rows, scannedTo }: Page, cursor: EventId): boolean {
  return rows.length > 0 || (scannedTo !== undefined && scannedTo > cursor);
}

function sizeOf(page: EncodedPage | "end"): number {
  return page === "end" ? 0 : page.bytes.length;
}
