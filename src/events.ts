/** The types and names that every side shares. */
import type { ColumnRole, ColumnRoles, RoleReading, ValueLabels } from "./column-roles.ts";
import type { Question } from "./question.ts";

/** SQLite's 64-bit integer key. A bigint, because a number rounds beyond 2^53. */
export type EventId = bigint;

export const MIN_EVENT_ID: EventId = -(2n ** 63n);
export const MAX_EVENT_ID: EventId = 2n ** 63n - 1n;

/** A value that is JSON already: a document, an array, a truth, or a decimal number with all of its digits. */
export class JsonText {
  /** On one line. */
  readonly json: string;
  constructor(json: string) {
    this.json = json;
  }
}

/** What a column of a SQLite file can hold. */
export type ColumnValue = string | number | bigint | Uint8Array | null;

/** What a row can hold, whatever the database. Of a SQLite file nothing is a `JsonText`: there a document is a text. */
export type RowValue = ColumnValue | JsonText;

/** One row: its key, and its values in the order of the page's columns. */
export interface EventRow {
  readonly id: EventId;
  readonly values: readonly RowValue[];
  /** Names of the columns whose value was too large for a page and stands as null. */
  readonly truncated: readonly string[];
  /** By column: the text of the row of another table that it leads to. */
  readonly names?: Readonly<Record<string, string>>;
}

/** One keyset read, in the order of the read. */
export interface Page {
  /** The name of the log that was read: a page of another log than the reader's is out of date. */
  readonly log: string;
  readonly columns: readonly string[];
  readonly rows: readonly EventRow[];
  /** Whether one of the limits ended the page, so that more rows may follow at once. */
  readonly hasMore: boolean;
  /** Set where rows after the cursor were deleted at the old end of the log: the smallest id that is left. */
  readonly oldestId?: EventId;
  /** Of a filtered read: every row up to this id was looked at, whether it matched or not. */
  readonly scannedTo?: EventId;
}

/** A question that some readers of a log ask. */
export interface Filter {
  /** The same for the same question. */
  readonly key: string;
  /** To be called by each of them when it leaves. */
  release(): void;
}

/** How much a page may hold. It always holds one row at least, so that a reader gets on. */
export interface PageLimits {
  readonly rows: number;
  /** Of the JSON of the rows, estimated from their values. */
  readonly bytes: number;
}

/** Takes back a registration. Calling it twice does nothing. */
export type Unsubscribe = () => void;

/** An answer that is there, or one that comes later. Who asks must be ready for both. */
export type Later<T> = T | Promise<T>;

/** The last event that a reader has. It means nothing in another log. */
export interface Cursor {
  /** The name of the log, as in `LogPosition`. */
  readonly log: string;
  readonly id: EventId;
}

/** Where an open log stands. */
export interface LogPosition {
  /** The name of the log. It changes when ids that were given before mean other rows from now on. */
  readonly log: string;
  /** The largest id that was given so far; equal to `startId` while the table is empty. */
  readonly latestId: EventId;
  /** The cursor below the smallest id: reading after it reads everything. */
  readonly startId: EventId;
  /**
   * Where another server may have given larger ids of the same log already: the largest of them. A cursor up to it is
   * not ahead of the log.
   */
  readonly givenId?: EventId;
}

/** Why a cursor stopped meaning what it meant. */
export const RESET_REASONS = [
  /** A subscriber came with a cursor beyond the newest event. */
  "cursor-ahead",
  /** A subscriber came with a cursor that is no id. */
  "cursor-malformed",
  /** A subscriber came with a cursor of another log. */
  "log-changed",
  /** Another file took the place of the one that was followed. */
  "file-replaced",
  /** The table was dropped and created again. */
  "table-recreated",
  /** The newest rows are gone, or other rows have their ids: a backup was restored, or ids are given again. */
  "rows-replaced",
] as const;
export type ResetReason = (typeof RESET_REASONS)[number];

/** What happened to the log since the last time. */
export type LogChange =
  /** Rows may have come, or it is time to ask again. */
  | { readonly kind: "commit"; readonly latestId: EventId }
  /** Somebody has written to the file or database of the log, to whatever table: its state has another name now. */
  | { readonly kind: "touched"; readonly dataVersion: string }
  /** The log can be read from now on. `fresh`: it did not exist before, so every row of it is new. */
  | { readonly kind: "opened"; readonly fresh: boolean; readonly position: LogPosition }
  /**
   * Rows after `resumedFrom` are other rows now, or gone. A cursor beyond it goes back to it; where it is the start of
   * the log, every cursor does. The log has another name from now on.
   */
  | {
      readonly kind: "reset";
      readonly reason: ResetReason;
      readonly resumedFrom: EventId;
      readonly position: LogPosition;
    };

/**
 * What an event stream needs of a log. src/db/sqlite follows a SQLite file behind it; another kind of log
 * stands beside it in src/db and offers the same.
 *
 * The contract about time: an answer may come at once or later. A change is told in a turn of its own, never while
 * one of these calls runs. An answer that was asked for before a reset carries the name of the log from before.
 */
export interface EventLog {
  /** As of now; undefined while the log can't be read: no file, no table, an error. */
  position(): Later<LogPosition | undefined>;
  /**
   * Where a reader goes on who comes with this cursor: at its id, or at a smaller one where rows were replaced since.
   * @returns undefined where the cursor is of another log, or of one that is not remembered
   */
  resumePoint(cursor: Cursor): EventId | undefined;
  /**
   * Makes a filter of a question.
   * @throws QuestionError where the log is open and can't answer it
   */
  filter(question: Question): Filter;
  /**
   * The rows after an id, oldest first.
   * @param cursor the last id that the reader has
   * @param filter rows that do not match are left out
   * @returns a page without rows at the end of the log; "later" where there may be rows that can't be read now, while
   *   the log is not open or a writer is in the way: a change will be told
   * @throws Error when the log can't be read
   */
  readAfter(cursor: EventId, limits: PageLimits, filter?: Filter): Later<Page | "later">;
  onChange(listener: (change: LogChange) => void): Unsubscribe;
}

/** The states of the tail. */
export const TAIL_STATES = [
  "opening",
  "tailing",
  "waiting-for-file",
  /** The server of a PostgreSQL table can't be reached, or is not ready. */
  "waiting-for-server",
  "waiting-for-table",
  "locked",
  "error",
] as const;
export type TailState = (typeof TAIL_STATES)[number];

/**
 * An event as JSON: the row's columns by name. An id beyond 2^53 is a string. Besides: `$truncated`, the columns that
 * were too large; `$names`, for columns that reference another table, the text of the row that they lead to.
 */
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
  /** The same, with the form of the time and why. */
  readonly roles: Partial<Record<ColumnRole, RoleReading>>;
  /** What times without a zone mean: `UTC`, or a name of the IANA time zone database. */
  readonly timeZone: string;
  readonly labels: ValueLabels;
  /** Over the last ten seconds. */
  readonly eventsPerSecond: number;
  readonly pollIntervalMs: number;
}

/** The answer of `GET /api/status`. */
export interface Status extends LogStatus {
  readonly latestId: number | string | null;
  readonly subscribers: number;
  /** Whether tables beside the log are offered: `/api/tables` answers 404 otherwise. */
  readonly panels: boolean;
  /** Whether who asks has to show a token. */
  readonly needsToken: boolean;
  readonly uptimeSeconds: number;
  readonly version: string;
}

/** The answer of `GET /api/stats`. Its times are ISO 8601. */
export interface StatsAnswer {
  readonly from: string;
  readonly to: string;
  readonly bucketMs: number;
  readonly completeFrom: string;
  readonly latestId: number | string;
  readonly total: number;
  readonly types: readonly string[];
  readonly buckets: readonly { readonly at: string; readonly counts: readonly number[] }[];
  readonly top: Readonly<Partial<Record<"type" | "actor" | "target", readonly ValueStats[]>>>;
}

export interface ValueStats {
  readonly value: string;
  readonly count: number;
  readonly lastAt: string;
}

/** The answer of `GET /api/events`. */
export interface EventList {
  readonly items: readonly EventJson[];
  readonly count: number;
  readonly latestId: number | string;
  /** The name of the log, as in a stream's `hello`: an id of one log means nothing in another. */
  readonly log: string;
  /** The id to continue from, or null at the end. */
  readonly next: number | string | null;
  readonly scannedTo: number | string | null;
}
