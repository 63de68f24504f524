/** A database that is followed in this process: tail, fan-out, and streams read by an independent parser. */
import { Archive } from "../../src/db/sqlite/archive.ts";
import { LongReadThread } from "../../src/db/sqlite/long-reads/thread.ts";
import { Tail } from "../../src/db/sqlite/tail.ts";
import type { EventId, EventJson, ResetReason, TailState } from "../../src/events.ts";
import { parseQuestion } from "../../src/query/parse.ts";
import type { Question } from "../../src/question.ts";
import { FanOut } from "../../src/sse/fanout.ts";
import { StreamReader } from "./stream-reader.ts";
import { until } from "./until.ts";

/** So long that nothing in a test comes from the poll. */
export const NEVER_MS = 3_600_000;

export interface FollowedOptions {
  readonly pollIntervalMs?: number;
  readonly table?: string;
  readonly query?: string;
}

export class Followed implements AsyncDisposable {
  readonly tail: Tail;
  readonly archive: Archive;
  readonly longReads: LongReadThread;
  readonly fanOut: FanOut;
  readonly states: TailState[] = [];
  readonly errors: { operation: string; error: unknown }[] = [];
  readonly resets: ResetReason[] = [];
  readonly #readers: StreamReader[] = [];

  constructor(path: string, { pollIntervalMs = NEVER_MS, table = "events", query }: FollowedOptions = {}) {
    const onError = (operation: string, error: unknown): void => void this.errors.push({ operation, error });
    this.longReads = new LongReadThread(
      { path, table, query, zone: "UTC", labels: {} },
      {
        whenReadable: (read) => this.tail.whenReadable(read),
        noteLocked: () => this.tail.noteLocked(),
        noteFailure: (message) => this.tail.noteFailure(message),
        noteDeath: (reason) => onError("reading for requests", new Error(reason)),
      },
    );
    this.tail = new Tail(
      { path, table, query, pollIntervalMs, releaseOthers: () => this.longReads.release() },
      {
        onState: (state) => this.states.push(state),
        onError,
      },
    );
    this.fanOut = new FanOut(this.tail, {
      onError: (operation, _id, error) => onError(operation, error),
      onReset: (reason) => this.resets.push(reason),
      onDelivery: () => {},
    });
    this.archive = new Archive(this.tail, this.longReads);
    this.tail.start();
  }

  /** Opens a stream, and waits for its hello where the log is open. */
  async open(lastEventId?: EventId, log?: string, question?: Question): Promise<StreamReader> {
    const start = { lastEventId, log };
    const reader = new StreamReader(
      this.fanOut.subscribe(start, new AbortController().signal, undefined, question),
    );
    this.#readers.push(reader);
    const isOpen = this.tail.status().state === "tailing";
    await until(() => (isOpen ? reader.named("hello").length > 0 : reader.text !== ""), "the first bytes");
    return reader;
  }

  /** The newest rows, newest first. */
  async list(question = "", limitRows = 50): Promise<readonly EventJson[]> {
    const { items } = await this.archive.list(
      {
        question: parseQuestion(question),
        start: { kind: "before", before: undefined },
        limits: { rows: limitRows, bytes: Number.MAX_SAFE_INTEGER },
        budgetMs: 5000,
      },
      new AbortController().signal,
    );
    const rows: readonly EventJson[] = JSON.parse(`[${Buffer.from(items).toString()}]`);
    return rows;
  }

  /** A stream that nobody reads yet. */
  subscribe(lastEventId?: EventId): ReadableStream<Uint8Array> {
    return this.fanOut.subscribe({ lastEventId, log: undefined }, new AbortController().signal);
  }

  get state(): TailState {
    return this.tail.status().state;
  }

  async waitForState(state: TailState, timeoutMs?: number): Promise<void> {
    await until(() => this.state === state, `the state ${state}, which is ${this.state}`, timeoutMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.fanOut.close();
    this.tail[Symbol.dispose]();
    this.longReads[Symbol.dispose]();
    for (const reader of this.#readers) await reader[Symbol.asyncDispose]();
  }
}

/** The ids from one to another, as they stand in a stream. */
export function idsFromTo(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
}
