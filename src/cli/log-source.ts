/** Where the events come from: a file on this machine, or a server. Both speak in event streams and in pages. */
import type { ExportFormat } from "../archive.ts";
import type { EventId, EventJson, LogStatus } from "../events.ts";
import type { AskedQuestion } from "../reader-options.ts";

/** Where a stream starts; without an id at the newest event. */
export interface StreamStart {
  readonly lastEventId: EventId | undefined;
  /** The name of the log that the id is from, where it is known. */
  readonly log: string | undefined;
}

/** The question of a page or an export: times are as in a question, `1h` or a date. */
export interface Asked {
  readonly where: AskedQuestion;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

export interface PageRequest extends Asked {
  readonly after?: EventId | undefined;
  readonly before?: EventId | undefined;
  /** Newer than this first; as in a question. Not with an id. */
  readonly at?: string | undefined;
  readonly rows: number;
}

/** Newest first; with `after` oldest first. */
export interface EventPage {
  /** The name of the log, as in a stream. */
  readonly log: string;
  readonly items: readonly EventJson[];
  /** Where the next page goes on; undefined at the end. */
  readonly next: EventId | undefined;
}

/** How rows are read: which column plays which role, and how times are written. */
export type RowReading = Pick<LogStatus, "roles" | "timeZone" | "labels">;

/** How the source is doing. Told once per change. */
export interface SourceState {
  /** As in `/api/status`; `unreachable` is a server that can't be reached. */
  readonly state: string;
  /** Undefined when all is well. */
  readonly problem: string | undefined;
  readonly advice: string | undefined;
}

export interface LogSource extends AsyncDisposable {
  /** As the reader would name it. */
  readonly name: string;
  /**
   * Opens an event stream.
   * @throws SourceError
   */
  stream(start: StreamStart, where: AskedQuestion, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  /** Why a stream ended that nobody here ended; undefined where there is no reason to give up. */
  endOfStream(): SourceError | undefined;
  /** @throws SourceError */
  page(request: PageRequest): Promise<EventPage>;
  /** @throws SourceError */
  export(asked: Asked, format: ExportFormat): Promise<ReadableStream<Uint8Array>>;
  reading(): Promise<RowReading>;
}

/** `later`: the same will work another time. `question`: it can't be asked. `never`: it will not. */
export type SourceErrorKind = "later" | "question" | "never";

export class SourceError extends Error {
  override readonly name = "SourceError";
  readonly kind: SourceErrorKind;
  /** When to try again, where the server says. */
  readonly retryAfterMs: number | undefined;
  /** @param message one line: what is wrong, and what to do */
  constructor(kind: SourceErrorKind, message: string, retryAfterMs?: number) {
    super(message.replaceAll("\n", " "));
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }
}
