/** A table of PostgreSQL that is followed in this process: tail, fan-out, and streams read by an independent parser. */
import { PostgresTail, type PostgresTailOptions } from "../../src/db/postgres/live/tail.ts";
import type { EventId, ResetReason, TailState } from "../../src/events.ts";
import type { Question } from "../../src/question.ts";
import { FanOut } from "../../src/sse/fanout.ts";
import { NEVER_MS } from "./followed.ts";
import { StreamReader } from "./stream-reader.ts";
import { until } from "./until.ts";

export class FollowedPostgres implements AsyncDisposable {
  readonly tail: PostgresTail;
  readonly fanOut: FanOut;
  readonly states: TailState[] = [];
  readonly problems: string[] = [];
  readonly errors: { operation: string; error: unknown }[] = [];
  readonly resets: ResetReason[] = [];
  readonly #readers: StreamReader[] = [];

  constructor(url: string, options: Partial<PostgresTailOptions> = {}) {
    const onError = (operation: string, error: unknown): void => void this.errors.push({ operation, error });
    this.tail = new PostgresTail(
      { url, table: "events", pollIntervalMs: NEVER_MS, ...options },
      {
        onState: (state, problem) => {
          this.states.push(state);
          this.problems.push(problem?.problem ?? "");
        },
        onError,
      },
    );
    this.fanOut = new FanOut(this.tail, {
      onError: (operation, _id, error) => onError(operation, error),
      onReset: (reason) => this.resets.push(reason),
      onDelivery: () => undefined,
    });
    this.tail.start();
  }

  /** Opens a stream, and waits for its hello where the log is open. */
  async open(lastEventId?: EventId, log?: string, question?: Question): Promise<StreamReader> {
    const reader = new StreamReader(
      this.fanOut.subscribe({ lastEventId, log }, new AbortController().signal, undefined, question),
    );
    this.#readers.push(reader);
    const isOpen = this.state === "tailing";
    await until(() => (isOpen ? reader.named("hello").length > 0 : reader.text !== ""), "the first bytes");
    return reader;
  }

  get state(): TailState {
    return this.tail.status().state;
  }

  async waitForState(state: TailState, timeoutMs?: number): Promise<void> {
    await until(() => this.state === state, `the state ${state}`, timeoutMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.fanOut.close();
    this.tail[Symbol.dispose]();
    for (const reader of this.#readers) await reader[Symbol.asyncDispose]();
  }
}
