/** A file or a PostgreSQL database: followed by the same parts as by the server, and with the same promises. */
import { type ExportFormat, type ListStart, LogBusyError, LogUnavailableError } from "../archive.ts";
import { readInstant } from "../columns/instant.ts";
import type { LogObserver, OpenedLog } from "../db/opened-log.ts";
import type { EventJson } from "../events.ts";
import { messageOf } from "../message-of.ts";
import { QuestionError } from "../query/question-error.ts";
import { readTime } from "../query/time-literal.ts";
import type { Question, Term } from "../question.ts";
import type { AskedQuestion } from "../reader-options.ts";
import { FanOut } from "../sse/fanout.ts";
import {
  type Asked,
  type EventPage,
  type LogSource,
  type PageRequest,
  type RowReading,
  SourceError,
  type SourceState,
  type StreamStart,
} from "./log-source.ts";

/** A page ends early beyond this size. In bytes. */
const PAGE_BYTES = 524_288;

/** After so long a search answers with what it has, and is asked again from there. In ms. */
const BUDGET_MS = 5000;

/** How long a file that is being opened, or that a writer holds, is waited for by who wants one answer. In ms. */
const OPEN_DEADLINE_MS = 5000;
const OPEN_PAUSE_MS = 50;

/** Stands in no text. */
const NOWHERE = -1;

export interface DatabaseObserver {
  onState(state: SourceState): void;
  /** Something failed that is tried again by itself. */
  onError(operation: string, message: string): void;
  /** Something that the options have wrong and that can be done without. */
  onWarning(message: string): void;
}

export class DatabaseSource implements LogSource {
  readonly name: string;
  readonly #zone: string;
  readonly #opened: OpenedLog;
  readonly #fanOut: FanOut;
  /** Of a stream: the table can't answer its question any more. */
  #failure: SourceError | undefined;

  /**
   * @param name of the database, in messages
   * @param open makes its log
   */
  constructor(
    { timeZone }: { readonly timeZone: string },
    name: string,
    open: (observer: LogObserver) => OpenedLog,
    observer: DatabaseObserver,
  ) {
    this.name = name;
    this.#zone = timeZone;
    this.#opened = open({
      onState: (state, problem) =>
        observer.onState({ state, problem: problem?.problem, advice: problem?.advice }),
      onError: (operation, error) => observer.onError(operation, messageOf(error)),
      onMissingColumn: ({ option, column, hint }, columns) =>
        observer.onWarning(
          `${option} names a column that the table does not have, ${JSON.stringify(column)}; ${hint}. It has ${columns.join(", ")}.`,
        ),
    });
    this.#fanOut = new FanOut(
      this.#opened.log,
      {
        onError: (operation, _lastSentId, error) => {
          if (error instanceof QuestionError) this.#failure = questionError(error);
          else observer.onError(operation, messageOf(error));
        },
        onReset: () => undefined,
        onDelivery: () => undefined,
      },
      // Nothing leaks in a stream of one's own.
      { maxAgeMs: Number.MAX_SAFE_INTEGER },
    );
    this.#opened.start();
  }

  stream(
    { lastEventId, log }: StreamStart,
    where: AskedQuestion,
    signal: AbortSignal,
  ): Promise<ReadableStream<Uint8Array>> {
    this.#failure = undefined;
    return translated(async () =>
      this.#fanOut.subscribe({ lastEventId, log }, signal, undefined, where.tree),
    );
  }

  endOfStream(): SourceError | undefined {
    return this.#failure;
  }

  async page(request: PageRequest): Promise<EventPage> {
    const { log, items, next } = await this.#whenOpen(() =>
      this.#opened.archive.list(
        {
          question: this.#questionOf(request),
          start: this.#startOf(request),
          limits: { rows: request.rows, bytes: PAGE_BYTES },
          budgetMs: BUDGET_MS,
        },
        new AbortController().signal,
      ),
    );
    const rows: readonly EventJson[] = JSON.parse(`[${Buffer.from(items).toString()}]`);
    return { log, items: rows, next: next ?? undefined };
  }

  export(asked: Asked, format: ExportFormat): Promise<ReadableStream<Uint8Array>> {
    return this.#whenOpen(() =>
      this.#opened.archive.export(this.#questionOf(asked), format, new AbortController().signal),
    );
  }

  async reading(): Promise<RowReading> {
    return this.#opened.archive.status();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#fanOut.close();
    await this.#opened[Symbol.asyncDispose]();
  }

  #startOf({ at, after, before }: PageRequest): ListStart {
    if (at !== undefined) return { kind: "at", atMs: this.#instantOf(at) };
    return after === undefined ? { kind: "before", before } : { kind: "after", after, before };
  }

  #instantOf(text: string): number {
    const time = readTime(text, this.#zone);
    if (time?.kind === "ago") return Date.now() - time.ms;
    return time?.fromMs ?? readInstant(text, undefined, this.#zone) ?? Date.now();
  }

  #questionOf({ where, since, until }: Asked): Question {
    const bounds: Term[] = [];
    for (const [side, time] of [
      ["since", since],
      ["until", until],
    ] as const)
      if (time !== undefined) bounds.push({ kind: "bound", isNegated: false, at: NOWHERE, side, time });
    return { terms: [...where.tree.terms, ...bounds] };
  }

  /** Asks when the file is open: one that is missing is an error, one that a writer holds is waited for. */
  async #whenOpen<T>(ask: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + OPEN_DEADLINE_MS;
    for (;;) {
      try {
        return await translated(ask);
      } catch (error) {
        const { state } = this.#opened.archive.status();
        const isPassing = error instanceof SourceError && error.kind === "later" && PASSING.includes(state);
        if (!isPassing || performance.now() > deadline) throw error;
        await Bun.sleep(OPEN_PAUSE_MS);
      }
    }
  }
}

/** States that end by themselves soon, as a rule. */
const PASSING = ["opening", "tailing", "locked"];

/** @throws SourceError in place of the errors of the log */
async function translated<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof QuestionError) throw questionError(error);
    if (error instanceof LogUnavailableError || error instanceof LogBusyError)
      throw new SourceError("later", error.message);
    throw error;
  }
}

function questionError({ at, message }: QuestionError): SourceError {
  return new SourceError("question", at < 0 ? message : `in the question, character ${at + 1}: ${message}`);
}
