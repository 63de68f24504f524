/** What is asked of a log beside its streams: lists, whole events, statistics and exports. */
import type { EventId, Later, LogPosition, LogStatus, PageLimits } from "./events.ts";
import type { Question } from "./question.ts";

/** Where a list begins. Newest first, except after an id. */
export type ListStart =
  /** `before` does not belong to the list; without it the list begins at the newest row. */
  | { readonly kind: "before"; readonly before: EventId | undefined }
  /** Oldest first. Neither end belongs to the list. */
  | { readonly kind: "after"; readonly after: EventId; readonly before: EventId | undefined }
  /** Half of the rows from an instant on, and half before it. In ms since 1970. */
  | { readonly kind: "at"; readonly atMs: number };

export interface ListRequest {
  readonly question: Question;
  readonly start: ListStart;
  readonly limits: PageLimits;
  /** After it the list ends with what it has, and says how far it looked. */
  readonly budgetMs: number;
}

export interface ListAnswer {
  /** The name of the log, and its newest id: nothing in the list is newer. */
  readonly log: string;
  readonly latestId: EventId;
  /** The JSON of the rows, joined by commas. */
  readonly items: Uint8Array<ArrayBuffer>;
  readonly count: number;
  /** Where the next page goes on; null at the end. */
  readonly next: EventId | null;
  /** How far was looked, where the budget ended before the list was full; null otherwise. */
  readonly scannedTo: EventId | null;
}

export interface StatsRequest {
  readonly question: Question;
  /** Where the window ends, in ms since 1970; now where it is left out, and never later. */
  readonly toMs?: number;
  /** How far back from there. */
  readonly windowMs: number;
  readonly bucketMs: number;
  readonly budgetMs: number;
}

/** Counts of the rows that match, over the last while. */
export interface Stats {
  /** In ms since 1970: the first bucket begins here, and the last one ends after `toMs`. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly bucketMs: number;
  /** From here on every row was counted; later than `fromMs` where the budget ended first. */
  readonly completeFromMs: number;
  /** No newer row was looked at. */
  readonly latestId: EventId;
  readonly total: number;
  /** The types that are told apart, the most frequent first; "" is none. Those beyond are in `others`. */
  readonly types: readonly string[];
  /** Of each bucket, by the place in `types`, and last those of other types. Buckets without rows are left out. */
  readonly buckets: readonly { readonly atMs: number; readonly counts: readonly number[] }[];
  /** The most frequent values of each role that a column plays. */
  readonly top: Readonly<Partial<Record<"type" | "actor" | "target", readonly ValueCount[]>>>;
}

export interface ValueCount {
  readonly value: string;
  readonly count: number;
  /** The latest time of its rows, in ms since 1970. */
  readonly lastMs: number;
}

/** A question as SQL, for who has the file at hand. */
export interface QuestionSql {
  /** One SELECT of the newest rows that match, with its values in it. */
  readonly sql: string;
  /** The line of a shell that runs it. */
  readonly command: string;
  /** What is to be known of it; one sentence each. */
  readonly notes: readonly string[];
}

export const EXPORT_FORMATS = ["ndjson", "csv"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What the pages and the programs that ask for events, rather than follow them, need. Read beside the streams. */
export interface LogArchive {
  position(): Later<LogPosition | undefined>;
  status(): LogStatus;
  /**
   * @param signal ends the work
   * @throws LogUnavailableError while the log is not open, while a writer holds it, or where it is damaged
   * @throws LogBusyError where too much is asked for already
   * @throws QuestionError where the table can't answer the question
   */
  list(request: ListRequest, signal: AbortSignal): Promise<ListAnswer>;
  /**
   * One row whole, as JSON in pieces; undefined where there is none. Throws like `list`.
   * @throws RowTooLargeError beyond `maxBytes`
   */
  event(id: EventId, maxBytes: number, signal: AbortSignal): Promise<ReadableStream<Uint8Array> | undefined>;
  /** Throws like `list`. */
  stats(request: StatsRequest, signal: AbortSignal): Promise<Stats>;
  /** What the database is asked for a question. Throws like `list`. */
  sql(question: Question, signal: AbortSignal): Promise<QuestionSql>;
  /** All that matches, oldest first. Throws like `list`. */
  export(question: Question, format: ExportFormat, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}

/** Too much is asked for at once. */
export class LogBusyError extends Error {
  override readonly name = "LogBusyError";
}

/** The log can't answer just now; the same question will be answered later. */
export class LogUnavailableError extends Error {
  override readonly name = "LogUnavailableError";
}

/** A row is larger than who asks can take. */
export class RowTooLargeError extends Error {
  override readonly name = "RowTooLargeError";
  /** The column with the largest value. */
  readonly column: string;
  readonly bytes: number;
  readonly id: EventId;
  constructor(id: EventId, column: string, bytes: number) {
    super(`the event ${id} has ${bytes} bytes in ${JSON.stringify(column)}`);
    this.id = id;
    this.column = column;
    this.bytes = bytes;
  }
}
