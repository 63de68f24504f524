/**
 * Follows a source for as long as anybody wants it: one stream after the other, each from where the last one ended.
 *
 *     connecting → following → pausing → connecting …, and from anywhere → ended
 */
import type { EventId } from "../events.ts";
import { messageOf } from "../message-of.ts";
import type { AskedQuestion } from "../reader-options.ts";
import { parseId } from "../rows/event-id.ts";
import { type LogSource, SourceError, type SourceState, type StreamStart } from "./log-source.ts";
import type { FollowedCursor } from "./silence.ts";
import { type StreamMessage, StreamMessages } from "./stream-messages.ts";

/** Between two tries, doubled each time up to the reconnection time that the server gives. In ms. */
const FIRST_PAUSE_MS = 250;
const DEFAULT_MAX_PAUSE_MS = 5000;

export const TRYING = "It is tried again until it works.";

/** Where the log stands, as a `hello` or a `reset` tells. */
export interface Position {
  readonly log: string;
  readonly latestId: EventId;
  readonly oldestId: EventId;
  readonly resumedFrom: EventId;
}

/** What comes, in order. */
export type Followed =
  | { readonly kind: "hello"; readonly position: Position }
  | { readonly kind: "event"; readonly id: EventId; readonly data: string }
  /** Rows that do not match were passed over. */
  | { readonly kind: "cursor"; readonly id: EventId }
  | { readonly kind: "reset"; readonly position: Position; readonly data: Readonly<Record<string, unknown>> }
  | { readonly kind: "gap"; readonly id: EventId; readonly data: Readonly<Record<string, unknown>> };

export interface FollowerObserver {
  /** The connection was lost, or is there again. */
  onState(state: SourceState): void;
}

export class Follower {
  readonly #source: LogSource;
  readonly #where: AskedQuestion;
  readonly #observer: FollowerObserver;
  #start: StreamStart;
  #state: "connecting" | "following" | "pausing" | "ended" = "connecting";
  #pauseMs = FIRST_PAUSE_MS;
  #maxPauseMs = DEFAULT_MAX_PAUSE_MS;
  /** The next pause, where the server named one. */
  #namedPauseMs: number | undefined;
  #stream = new AbortController();

  constructor(source: LogSource, where: AskedQuestion, start: StreamStart, observer: FollowerObserver) {
    this.#source = source;
    this.#where = where;
    this.#start = start;
    this.#observer = observer;
  }

  /** All that matches up to here has come. Undefined until the log is followed. */
  get cursor(): FollowedCursor | undefined {
    const { lastEventId: id, log } = this.#start;
    return id === undefined || log === undefined ? undefined : { id, log };
  }

  /** Goes on from another place, after a pause: the stream that is open ends. */
  restart(start: StreamStart, pauseMs = 0): void {
    this.#start = start;
    this.#namedPauseMs = pauseMs;
    this.#stream.abort();
  }

  end(): void {
    this.#state = "ended";
    this.#stream.abort();
  }

  /**
   * What comes in each chunk. Ends only by `end()`.
   * @throws SourceError where it is no use to try again
   */
  async *batches(): AsyncGenerator<readonly Followed[]> {
    while (this.#state !== "ended") {
      this.#state = "connecting";
      const stream = new AbortController();
      this.#stream = stream;
      try {
        const body = await this.#source.stream(this.#start, this.#where, stream.signal);
        yield* this.#read(body, stream.signal);
        const failure = this.#source.endOfStream();
        if (failure !== undefined && !stream.signal.aborted) throw failure;
      } catch (error) {
        if (!stream.signal.aborted) this.#noteFailure(error);
      } finally {
        stream.abort();
      }
      await this.#pause();
    }
  }

  async *#read(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<readonly Followed[]> {
    const messages = new StreamMessages();
    const reader = body.getReader();
    const cancel = (): void => void reader.cancel().catch(() => undefined);
    signal.addEventListener("abort", cancel);
    try {
      // What came before the abort is of a place that is no longer wanted.
      for (let read = await reader.read(); !read.done && !signal.aborted; read = await reader.read()) {
        const followed = messages.read(read.value).flatMap((message) => this.#take(message) ?? []);
        if (followed.length > 0) yield followed;
      }
    } finally {
      signal.removeEventListener("abort", cancel);
      cancel();
    }
  }

  #take({ event, id: text, data, retryMs }: StreamMessage): Followed | undefined {
    if (retryMs !== undefined) this.#maxPauseMs = retryMs;
    const id = text === undefined ? undefined : parseId(text);
    if (id !== undefined) this.#start = { ...this.#start, lastEventId: id };
    if (data === undefined) return id === undefined ? undefined : { kind: "cursor", id };
    switch (event) {
      case "message":
        return id === undefined ? undefined : { kind: "event", id, data };
      case "hello": {
        const { position } = this.#position(data);
        this.#state = "following";
        this.#pauseMs = FIRST_PAUSE_MS;
        this.#observer.onState({ state: "tailing", problem: undefined, advice: undefined });
        return { kind: "hello", position };
      }
      case "reset":
        return { kind: "reset", ...this.#position(data) };
      case "gap":
        return id === undefined ? undefined : { kind: "gap", id, data: fieldsOf(data) };
      case "bye":
        this.#namedPauseMs = Number(fieldsOf(data)["comeBackInMs"]);
        return undefined;
      default:
        // `ping`, and what later versions say.
        return undefined;
    }
  }

  #position(data: string): { position: Position; data: Readonly<Record<string, unknown>> } {
    const fields = fieldsOf(data);
    const idOf = (name: string): EventId => parseId(String(fields[name])) ?? 0n;
    const log = String(fields["log"]);
    this.#start = { lastEventId: idOf("resumedFrom"), log };
    const position = {
      log,
      latestId: idOf("latestId"),
      oldestId: idOf("oldestId"),
      resumedFrom: idOf("resumedFrom"),
    };
    return { position, data: fields };
  }

  /** @throws the error where it is no use to try again */
  #noteFailure(error: unknown): void {
    if (error instanceof SourceError && error.kind !== "later") throw error;
    if (error instanceof SourceError) this.#namedPauseMs = error.retryAfterMs;
    const words = messageOf(error);
    this.#observer.onState({
      state: "unreachable",
      problem:
        error instanceof SourceError ? words : `The connection to ${this.#source.name} broke: ${words}.`,
      advice: TRYING,
    });
  }

  /** As long as the server says, or longer each time. */
  async #pause(): Promise<void> {
    if (this.#state === "ended") return;
    this.#state = "pausing";
    const named = this.#namedPauseMs;
    this.#namedPauseMs = undefined;
    // Clients of a server that is started again must not meet it all in one moment.
    const pauseMs = named ?? this.#pauseMs * (0.75 + Math.random() / 2);
    if (named === undefined) this.#pauseMs = Math.min(this.#maxPauseMs, this.#pauseMs * 2);
    if (!(pauseMs > 0)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, pauseMs);
    this.#stream = new AbortController();
    this.#stream.signal.addEventListener("abort", () => resolve());
    await promise;
    clearTimeout(timer);
  }
}

function fieldsOf(data: string): Readonly<Record<string, unknown>> {
  const fields: unknown = JSON.parse(data);
  return typeof fields === "object" && fields !== null ? { ...fields } : {};
}
