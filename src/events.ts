/** The types and names that every side shares. Imports nothing. */

/** SQLite's 64-bit integer key. A bigint, because a number rounds beyond 2^53. */
export type EventId = bigint;

export const MIN_EVENT_ID: EventId = -(2n ** 63n);
export const MAX_EVENT_ID: EventId = 2n ** 63n - 1n;

/** What a column of a row can hold. */
export type ColumnValue = string | number | bigint | Uint8Array | null;

/** One row: its key, and its values in the order of the page's columns. */
export interface EventRow {
  readonly id: EventId;
  readonly values: readonly ColumnValue[];
  /** Names of the columns whose value was too large for a page and stands as null. */
  readonly truncated: readonly string[];
}

/** One keyset read, in the order of the read. */
export interface Page {
  readonly columns: readonly string[];
  readonly rows: readonly EventRow[];
}

/** Takes back a registration. Calling it twice does nothing. */
export type Unsubscribe = () => void;

/** Where an open log stands. */
export interface LogPosition {
  /** Changes when the file is another one; a cursor of another log means nothing here. */
  readonly identity: string;
  /** The newest id; equal to `startId` while the table is empty. */
  readonly latestId: EventId;
  /** The cursor below the smallest id: reading after it reads everything. */
  readonly startId: EventId;
}

/** Why a cursor stopped meaning what it meant. */
export const RESET_REASONS = [
  /** A subscriber came with a cursor beyond the newest event. */
  "cursor-ahead",
  /** A subscriber came with a cursor of a log with another identity. */
  "log-changed",
  /** Another file took the place of the one that was followed. */
  "file-replaced",
  /** The table was dropped and created again. */
  "table-recreated",
  /** The newest row is gone or another one: a backup was restored, or ids are given again. */
  "rows-replaced",
] as const;
export type ResetReason = (typeof RESET_REASONS)[number];

/** What happened to the log since the last time. */
export type LogChange =
  /** Rows may have come, or the floor of the poll interval was reached: look again. */
  | { readonly kind: "commit" }
  /** The log can be read from now on. `fresh`: it did not exist before, so every row of it is new. */
  | { readonly kind: "opened"; readonly fresh: boolean; readonly position: LogPosition }
  /** Cursors of the log that was open before mean nothing in this one. */
  | { readonly kind: "reset"; readonly reason: ResetReason; readonly position: LogPosition };

/**
 * What an event stream needs of a log. src/db follows a SQLite file behind it; another kind of log would
 * stand beside src/db and offer the same.
 */
export interface EventLog {
  /** As of now; undefined while the log can't be read: no file, no table, an error. */
  position(): LogPosition | undefined;
  /**
   * The rows after a cursor, oldest first.
   * @param cursor the last id that the reader has
   * @param limitRows at most this many rows
   * @returns no row at the end of the log; undefined where there may be rows but not now, while the log is not open or
   *   a writer is in the way: a change will be told
   * @throws Error when the log can't be read
   */
  readAfter(cursor: EventId, limitRows: number): Page | undefined;
  onChange(listener: (change: LogChange) => void): Unsubscribe;
}

/** What the pages and the programs that ask for events, rather than follow them, need besides. */
export interface LogArchive extends EventLog {
  /**
   * The rows after a cursor, oldest first, like `readAfter`, but an answer or an error.
   * @throws LogUnavailableError while the log is not open, or while a writer holds it
   */
  listAfter(cursor: EventId, limitRows: number): Page;
  /** The rows up to an id and with it, newest first. Throws like `listAfter`. */
  listUpTo(id: EventId, limitRows: number): Page;
  /** One row whole, however large; no row where there is none. Throws like `listAfter`. */
  readOne(id: EventId): Page;
  status(): LogStatus;
}

/** The log can't answer just now; the same question will be answered later. */
export class LogUnavailableError extends Error {
  override readonly name = "LogUnavailableError";
}

/** The states of the tail. */
export const TAIL_STATES = [
  "opening",
  "tailing",
  "waiting-for-file",
  "waiting-for-table",
  "locked",
  "error",
] as const;
export type TailState = (typeof TAIL_STATES)[number];

/** What a column means to a reader, whatever its name. */
export type ColumnRole = "id" | "time" | "type" | "actor" | "target" | "summary" | "metadata";

/** The column that plays each role; a role that no column plays is left out. */
export type ColumnRoles = Partial<Record<ColumnRole, string>>;

/** An event as JSON: the row's columns by name. An id beyond 2^53 is a string. */
export type EventJson = Record<string, unknown>;

/** How a log is doing. */
export interface LogStatus {
  readonly state: TailState;
  /** What is wrong, and what to do about it: one sentence each, or null. */
  readonly problem: string | null;
  readonly advice: string | null;
  readonly database: {
    readonly path: string;
    readonly sizeBytes: number | null;
    readonly journalMode: string | null;
  };
  readonly table: string;
  readonly columns: ColumnRoles;
  /** Over the last ten seconds. */
  readonly eventsPerSecond: number;
  readonly pollIntervalMs: number;
}

/** The answer of `GET /api/status`. */
export interface Status extends LogStatus {
  readonly latestId: number | string | null;
  readonly subscribers: number;
  readonly uptimeSeconds: number;
  readonly version: string;
}

/** The answer of `GET /api/events`. */
export interface EventList {
  readonly items: readonly EventJson[];
  readonly count: number;
  readonly latestId: number | string;
  /** The identity of the log, as in a stream's `hello`: an id of one log means nothing in another. */
  readonly log: string;
  /** The id to continue from, or null at the end. */
  readonly next: number | string | null;
  readonly scannedTo: number | string | null;
}
