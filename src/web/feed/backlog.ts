/** What the page has of the log, up to its cursor, and how it reads what it does not have. */
import type { EventList } from "../../events.ts";
import { isSameEvent, type LogEvent, readEvent } from "../event/event.ts";
import type { Reading } from "../event/reading.ts";
import { MAX_ROWS, type Rows } from "./rows.ts";

/** Rows that were found further back, and where the search goes on; null where it has come to the end. */
export interface FoundBack {
  readonly count: number;
  readonly scannedTo: bigint | null;
}

/** What one request of a poll asks for. A page may hold fewer rows, because it has a budget in bytes too. */
const POLL_LIMIT = 100;
/** A poll that is not at the end after so many pages loads the newest rows: the others could not be seen anyway. */
const MAX_POLL_PAGES = 5;
/** A load ends after so many pages, even where each of them had room for a single row: it shows what it has. */
const MAX_LOAD_PAGES = MAX_ROWS;

/** How a poll ended: with the rows, or with why the log is not the one that the cursor belongs to. */
export type PollOutcome = "done" | "cursor-ahead" | "log-changed";

/** Where the page stands. A cursor means something only together with the name of its log. */
export interface Position {
  /** The id of the newest row that was recorded. */
  readonly cursor: bigint;
  readonly log: string;
}

export interface Loaded {
  /** How far back was looked where the search was not finished; null where it was. */
  readonly scannedTo: bigint | null;
  /** How many rows came since the cursor. Undefined when there may be more of them than were loaded. */
  readonly newer: number | undefined;
  /** True when a loaded row is one that was shown before, with the same values. */
  readonly agrees: boolean;
}

interface Options {
  readonly rows: Rows;
  /** How the columns of the rows are read that are shown. */
  readonly reading: () => Reading;
  /** @param query as in `limit=50&after=7` */
  readonly fetchEvents: (query: string) => Promise<EventList>;
  /** Whether the rows are the answer to a question, so that the newest one may be far from the end of the log. */
  readonly hasQuestion: () => boolean;
  /** A row came that has no id. */
  readonly onUnreadable: (error: unknown) => void;
}

export class Backlog {
  readonly #options: Options;
  #position: Position | undefined;
  #isFarBehind = false;
  /** Counts the loads and resets: an answer that was asked for before one of them is out of date. */
  #epoch = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /** False while the newest rows have to be loaded: at first, after a whole reset, and far behind. */
  get isLoaded(): boolean {
    return this.#position !== undefined && !this.#isFarBehind;
  }

  get position(): Position | undefined {
    return this.#position;
  }

  get cursor(): bigint | undefined {
    return this.#position?.cursor;
  }

  get log(): string | undefined {
    return this.#position?.log;
  }

  /**
   * Shows an event and leaves the cursor where it is.
   * @returns false when the event is there already, is too old to be shown, or has no id
   */
  show(json: unknown): boolean {
    const event = this.#read(json, this.#options.reading());
    return event !== undefined && this.#options.rows.add(event);
  }

  /**
   * Shows the next row of the log and moves the cursor to it.
   * @param knownId the id where the stream has said it already
   * @returns as `show`
   */
  record(json: unknown, knownId?: bigint): boolean {
    const event = this.#read(json, this.#options.reading(), knownId);
    if (event === undefined) return false;
    this.moveTo(event.id);
    return this.#options.rows.add(event);
  }

  /** The log has no row between the cursor and this id that the page does not have. */
  moveTo(id: bigint): void {
    if (this.#position !== undefined && id > this.#position.cursor)
      this.#position = { ...this.#position, cursor: id };
  }

  /**
   * Loads the newest rows and shows them in place of those that are shown.
   * @param known how the columns are read that the rows come with; it may come while the rows do
   * @returns undefined when a later load or a reset made the answer out of date: then nothing has changed
   * @throws Unreachable, Refused
   */
  async loadNewest(known: Reading | Promise<Reading> = this.#options.reading()): Promise<Loaded | undefined> {
    const epoch = ++this.#epoch;
    const [list, reading] = await Promise.all([this.#fetchNewest(() => epoch === this.#epoch), known]);
    if (list === undefined || epoch !== this.#epoch) return undefined;
    const since = this.#position;
    const events = list.items.flatMap((item) => this.#read(item, reading) ?? []);
    // Not `latestId`: the log may have grown between the reading of the rows and of that number.
    // With a question that is all there is: everything up to there was looked at.
    const newestId = (this.#options.hasQuestion() ? undefined : events[0]?.id) ?? BigInt(list.latestId);
    const isAhead = since !== undefined && since.log === list.log && since.cursor > newestId;
    this.#position = { cursor: isAhead ? since.cursor : newestId, log: list.log };
    this.#isFarBehind = false;
    const before = this.#options.rows.shown;
    this.#options.rows.replace(events, reading, isFromFirst(list));
    const newer = since === undefined ? events : events.filter((event) => event.id > since.cursor);
    return {
      scannedTo: list.scannedTo === null ? null : BigInt(list.scannedTo),
      newer: newer.length < MAX_ROWS ? newer.length : undefined,
      agrees: events.some((event) => before.some((other) => isSameEvent(event, other))),
    };
  }

  /**
   * Reads on from the cursor to the end, so that nothing is missed.
   * @param isWanted false as soon as a stream brings the rows
   * @param onRows how many new rows came, or undefined when there may be more of them than were read
   * @throws Unreachable, Refused
   */
  async poll(isWanted: () => boolean, onRows: (count: number | undefined) => void): Promise<PollOutcome> {
    const epoch = this.#epoch;
    const isCurrent = () => isWanted() && epoch === this.#epoch;
    for (let page = 0; page < MAX_POLL_PAGES; page++) {
      const position = this.#position;
      if (position === undefined || !isCurrent()) return "done";
      const list = await this.#options.fetchEvents(`limit=${POLL_LIMIT}&after=${position.cursor}`);
      if (!isCurrent()) return "done";
      if (list.log !== position.log) return "log-changed";
      if (BigInt(list.latestId) < position.cursor) return "cursor-ahead";
      onRows(list.items.filter((item) => this.record(item)).length);
      if (list.next === null) return "done";
      this.moveTo(BigInt(list.next));
    }
    onRows((await this.loadNewest())?.newer);
    return "done";
  }

  /**
   * Looks for rows further back, and shows them below those that are shown.
   * @param from as in `scannedTo`
   * @returns undefined when a load or a reset made the answer out of date
   * @throws Unreachable, Refused
   */
  async searchBack(from: bigint): Promise<FoundBack | undefined> {
    const epoch = this.#epoch;
    const { fetchEvents, rows, reading } = this.#options;
    const missing = MAX_ROWS - rows.shown.length;
    if (missing <= 0) return { count: 0, scannedTo: null };
    const list = await fetchEvents(`limit=${missing}&before=${from}`);
    if (epoch !== this.#epoch || list.log !== this.log) return undefined;
    const found = list.items.flatMap((item) => this.#read(item, reading()) ?? []);
    if (found.length > 0 || isFromFirst(list))
      rows.replace([...rows.shown, ...found], reading(), isFromFirst(list));
    return { count: found.length, scannedTo: list.scannedTo === null ? null : BigInt(list.scannedTo) };
  }

  /** A partial reset: what the page holds beyond this position means nothing any longer. */
  resumeFrom({ cursor, log }: Position): void {
    if (this.#position === undefined) return;
    this.#epoch++;
    if (cursor < this.#position.cursor) this.#options.rows.dropAfter(cursor);
    this.#position = { cursor: cursor < this.#position.cursor ? cursor : this.#position.cursor, log };
  }

  /** There are too many rows after the cursor to read them one by one: the newest have to be loaded. */
  skipAhead(): void {
    this.#isFarBehind = true;
  }

  /** A whole reset: everything that the page holds means nothing any longer. */
  invalidate(): void {
    this.#epoch++;
    this.#position = undefined;
    this.#options.rows.invalidate();
  }

  /** The newest rows of the log, from as many pages as their size in bytes takes. */
  async #fetchNewest(isCurrent: () => boolean): Promise<EventList | undefined> {
    const { fetchEvents } = this.#options;
    let list = await fetchEvents(`limit=${MAX_ROWS}`);
    for (let pages = 1; pages < MAX_LOAD_PAGES && isCurrent(); pages++) {
      // A search that takes long shows first what it has.
      if (list.next === null || list.scannedTo !== null || list.items.length >= MAX_ROWS) break;
      const page = await fetchEvents(`limit=${MAX_ROWS - list.items.length}&before=${list.next}`);
      // The rows of two logs must not be mixed: begin anew with the later one.
      if (page.log !== list.log) list = await fetchEvents(`limit=${MAX_ROWS}`);
      else
        list = {
          ...list,
          items: [...list.items, ...page.items],
          next: page.next,
          scannedTo: page.scannedTo,
        };
    }
    return isCurrent() ? list : undefined;
  }

  #read(json: unknown, { roles }: Reading, knownId?: bigint): LogEvent | undefined {
    try {
      return readEvent(json, roles.id ?? "id", knownId);
    } catch (error) {
      this.#options.onUnreadable(error);
      return undefined;
    }
  }
}

/** Whether a list of the newest rows, or of older ones, ends with the first that there is. */
function isFromFirst({ next, scannedTo }: EventList): boolean {
  return next === null && scannedTo === null;
}
