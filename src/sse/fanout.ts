/**
 * The open event streams. A subscriber is a cursor and a flag "wants more": there is no queue per subscriber,
 * and no hand-over between replay and live. A backlog is a cursor that is behind.
 */
import type { EventId, EventLog, LogChange, LogPosition, ResetReason, Unsubscribe } from "../events.ts";
import { encodeNamed, encodeRetry, KEEP_ALIVE, RECONNECTION_TIME_MS } from "./encode.ts";
import { idForJson } from "./json.ts";
import { SharedPages } from "./pages.ts";

/** When what happens to a stream by itself. */
export interface Timing {
  /** Between two keep-alives. */
  readonly keepAliveMs: number;
  /** How old a stream gets, give or take a quarter: a fleet that was connected at once must not come back at once. */
  readonly maxAgeMs: number;
}

const TIMING: Timing = {
  // Below the 60 s after which nginx and most load balancers cut a quiet connection, with room for two losses.
  keepAliveMs: 15_000,
  // What a proxy or a client leaks in a connection ends with it. Its client comes back at once, with its cursor.
  maxAgeMs: 12 * 3_600_000,
};

/** The reconnection time of a stream that ends because of its age is a random one up to this. */
export const MAX_COMEBACK_MS = 2000;

/** Streams that are served in one turn of the event loop: about 2 ms. The rest follow in the next turns. */
export const SLICE_SUBSCRIBERS = 512;

/** Where a subscriber wants to start. */
export interface StartCursor {
  /** The last id it has; without one the stream starts at the newest event. */
  readonly lastEventId: EventId | undefined;
  /** The identity of the log that the id is from, where the subscriber knows it. */
  readonly log: string | undefined;
}

/** What the owner of the streams wants to hear about. */
export interface FanOutObserver {
  /** A stream was closed because it could not be served. */
  onError(operation: string, lastSentId: EventId | undefined, error: unknown): void;
  onReset(reason: ResetReason): void;
  /** Rows were handed to the sockets, this long after their commit was noticed. */
  onDelivery(delayMs: number): void;
}

interface Subscriber {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  readonly start: StartCursor;
  /** The cursor; undefined until the log was open for the first time. */
  lastSentId: EventId | undefined;
  /** The socket took everything: set by pull(), cleared by the next chunk. */
  wantsMore: boolean;
  /** The last page was not the end, so the next one is read in a later turn of the event loop. */
  lagging: boolean;
  /** `performance.now()` at which the stream ends because of its age. */
  readonly endsAtMs: number;
  /** Text that goes out before the next page: hello, reset. */
  notice: string;
}

export class FanOut {
  readonly #log: EventLog;
  readonly #observer: FanOutObserver;
  readonly #pages: SharedPages;
  readonly #subscribers = new Set<Subscriber>();
  /** Set while there is a subscriber: without one the log need not hurry. */
  #unsubscribe: Unsubscribe | undefined;
  readonly #timing: Timing;
  readonly #sweep: Timer;
  /** The subscribers that are still to be served in this round; undefined between two rounds. */
  #round: Iterator<Subscriber> | undefined;
  /** Whether there was a change since the round began, so that another one is due. */
  #again = false;
  #eventsSent = 0;
  #bytesSent = 0;

  constructor(log: EventLog, observer: FanOutObserver, timing: Partial<Timing> = {}) {
    this.#log = log;
    this.#observer = observer;
    this.#pages = new SharedPages(log);
    this.#timing = { ...TIMING, ...timing };
    this.#sweep = setInterval(() => this.#onSweep(), this.#timing.keepAliveMs);
  }

  /** How many streams are open. */
  get size(): number {
    return this.#subscribers.size;
  }

  /** How many of them have rows waiting that their socket did not take yet. */
  get lagging(): number {
    let lagging = 0;
    for (const subscriber of this.#subscribers) if (subscriber.lagging) lagging++;
    return lagging;
  }

  get eventsSent(): number {
    return this.#eventsSent;
  }

  get bytesSent(): number {
    return this.#bytesSent;
  }

  /**
   * Opens one stream. It ends when its reader cancels it, when `signal` aborts, or at `close()`.
   * @param signal the request's; `cancel()` alone would do, see docs/decisions/cleanup.md
   */
  subscribe(start: StartCursor, signal: AbortSignal): ReadableStream<Uint8Array> {
    let subscriber: Subscriber | undefined;
    const leave = (): void => {
      if (subscriber !== undefined) this.#forget(subscriber);
      signal.removeEventListener("abort", leave);
    };
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        if (signal.aborted) return controller.close();
        // Asked before it is one of the subscribers: the answer may bring a change that all of them are told of.
        const position = this.#log.position();
        subscriber = {
          controller,
          start,
          lastSentId: undefined,
          wantsMore: false,
          lagging: false,
          endsAtMs: performance.now() + this.#timing.maxAgeMs * (0.75 + Math.random() / 2),
          notice: "",
        };
        this.#subscribers.add(subscriber);
        this.#listen();
        signal.addEventListener("abort", leave);
        if (position !== undefined) this.#begin(subscriber, position, position.latestId);
        // Something has to leave at once: Bun holds the head of the response back until the first chunk.
        this.#send(subscriber, encodeRetry(RECONNECTION_TIME_MS) + subscriber.notice, 0);
        subscriber.notice = "";
      },
      pull: () => {
        if (subscriber === undefined) return;
        subscriber.wantsMore = true;
        const next = subscriber;
        // A replay gives way to the live subscribers after every page.
        if (subscriber.lagging) setImmediate(() => this.#fill(next));
        else this.#fill(subscriber);
      },
      cancel: leave,
    });
  }

  /** Ends every stream. Their readers see a complete response and connect again. */
  close(): void {
    clearInterval(this.#sweep);
    for (const subscriber of this.#subscribers) this.#end(subscriber);
  }

  #onChange(change: LogChange): void {
    this.#pages.forget();
    if (change.kind !== "commit") this.#onOtherLog(change);
    if (this.#round === undefined) this.#serve();
    else this.#again = true;
  }

  /** Begins a round: every subscriber gets the page after its cursor. */
  #serve(): void {
    this.#again = false;
    this.#round = this.#subscribers.values();
    this.#serveSlice(performance.now(), this.#eventsSent);
  }

  #serveSlice(noticedAtMs: number, sentBefore: number): void {
    for (let count = 0; count < SLICE_SUBSCRIBERS; count++) {
      const next = this.#round?.next();
      if (next === undefined || next.done === true) {
        this.#round = undefined;
        if (this.#eventsSent > sentBefore) this.#observer.onDelivery(performance.now() - noticedAtMs);
        if (this.#again) this.#serve();
        return;
      }
      this.#fill(next.value);
    }
    setImmediate(() => this.#serveSlice(noticedAtMs, sentBefore));
  }

  #onOtherLog(change: Exclude<LogChange, { kind: "commit" }>): void {
    const position = this.#log.position();
    if (position === undefined) return;
    for (const subscriber of this.#subscribers) {
      if (subscriber.lastSentId === undefined) {
        const fresh = change.kind === "reset" || change.fresh;
        this.#begin(subscriber, position, fresh ? position.startId : position.latestId);
      } else if (change.kind === "reset") {
        this.#reset(subscriber, position, change.reason);
      }
    }
  }

  /** Sets the cursor of a subscriber that has none yet. @param newcomerId where one without a cursor starts */
  #begin(subscriber: Subscriber, position: LogPosition, newcomerId: EventId): void {
    const { lastEventId } = subscriber.start;
    const reason = resetReason(subscriber.start, position);
    subscriber.lastSentId = reason === undefined ? (lastEventId ?? newcomerId) : position.startId;
    subscriber.notice += encodeNamed("hello", {
      latestId: idForJson(position.latestId),
      resumedFrom: idForJson(subscriber.lastSentId),
      log: position.identity,
    });
    if (reason !== undefined) this.#reset(subscriber, position, reason);
  }

  #reset(subscriber: Subscriber, position: LogPosition, reason: ResetReason): void {
    subscriber.lastSentId = position.startId;
    subscriber.notice += encodeNamed("reset", {
      reason,
      latestId: idForJson(position.latestId),
      resumedFrom: idForJson(position.startId),
    });
    this.#observer.onReset(reason);
  }

  /** Sends the page after the cursor to a subscriber that wants more. */
  #fill(subscriber: Subscriber): void {
    if (!subscriber.wantsMore || !this.#subscribers.has(subscriber) || subscriber.lastSentId === undefined)
      return;
    try {
      const { notice } = subscriber;
      if (notice !== "") {
        subscriber.notice = "";
        // The page follows when the socket asks for it, which it may do before this returns.
        return this.#send(subscriber, notice, 0);
      }
      const page = this.#pages.after(subscriber.lastSentId);
      subscriber.lagging = page?.full ?? false;
      if (page === undefined) return;
      subscriber.lastSentId = page.lastId;
      this.#send(subscriber, page.bytes, page.events);
    } catch (error) {
      // One subscriber's trouble ends one stream: the others must get their rows. It connects again with its cursor.
      this.#observer.onError("sending events", subscriber.lastSentId, error);
      this.#end(subscriber);
    }
  }

  #send(subscriber: Subscriber, chunk: string | Uint8Array, events: number): void {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    this.#eventsSent += events;
    this.#bytesSent += bytes.byteLength;
    // Before the chunk goes: enqueue() calls pull() at once when the socket is already waiting.
    subscriber.wantsMore = false;
    subscriber.controller.enqueue(bytes);
  }

  #onSweep(): void {
    const now = performance.now();
    for (const subscriber of this.#subscribers) {
      // A socket that has not taken the last chunk gets no more: the idle timeout of the server ends it.
      if (!subscriber.wantsMore) continue;
      if (now < subscriber.endsAtMs) {
        this.#send(subscriber, KEEP_ALIVE, 0);
      } else {
        this.#send(subscriber, encodeRetry(Math.floor(Math.random() * MAX_COMEBACK_MS)), 0);
        this.#end(subscriber);
      }
    }
  }

  #end(subscriber: Subscriber): void {
    this.#forget(subscriber);
    subscriber.controller.close();
  }

  #listen(): void {
    if (this.#unsubscribe !== undefined) return;
    // What was read before the last subscriber left may be out of date.
    this.#pages.forget();
    this.#unsubscribe = this.#log.onChange((change) => this.#onChange(change));
  }

  #forget(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
    if (this.#subscribers.size > 0) return;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }
}

function resetReason({ lastEventId, log }: StartCursor, position: LogPosition): ResetReason | undefined {
  if (lastEventId === undefined) return undefined;
  if (log !== undefined && log !== position.identity) return "log-changed";
  return lastEventId > position.latestId ? "cursor-ahead" : undefined;
}
