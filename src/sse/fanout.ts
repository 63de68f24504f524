/**
 * The open event streams. A subscriber is a cursor and a flag "wants more": there is no queue per subscriber,
 * and no hand-over between replay and live. A backlog is a cursor that is behind.
 */
import type { EventId, EventLog, LogChange, LogPosition, ResetReason, Unsubscribe } from "../events.ts";
import { encodeNamed, KEEP_ALIVE, RETRY } from "./encode.ts";
import { idForJson } from "./json.ts";
import { SharedPages } from "./pages.ts";

/** Below the 60 s after which nginx and most load balancers cut a quiet connection, with room for two losses. */
export const KEEP_ALIVE_MS = 15_000;

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
  readonly #sweep: Timer;
  #eventsSent = 0;
  #bytesSent = 0;

  /** @param keepAliveMs time between two keep-alives of a stream */
  constructor(log: EventLog, observer: FanOutObserver, keepAliveMs: number = KEEP_ALIVE_MS) {
    this.#log = log;
    this.#observer = observer;
    this.#pages = new SharedPages(log);
    this.#sweep = setInterval(() => this.#keepAlive(), keepAliveMs);
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
        subscriber = {
          controller,
          start,
          lastSentId: undefined,
          wantsMore: false,
          lagging: false,
          notice: "",
        };
        this.#subscribers.add(subscriber);
        this.#listen();
        signal.addEventListener("abort", leave);
        const position = this.#log.position();
        if (position !== undefined) this.#begin(subscriber, position, position.latestId);
        // Something has to leave at once: Bun holds the head of the response back until the first chunk.
        this.#send(subscriber, RETRY + subscriber.notice, 0);
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
    const noticedAt = performance.now();
    const sentBefore = this.#eventsSent;
    this.#pages.forget();
    if (change.kind !== "commit") this.#onOtherLog(change);
    for (const subscriber of this.#subscribers) this.#fill(subscriber);
    if (this.#eventsSent > sentBefore) this.#observer.onDelivery(performance.now() - noticedAt);
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

  #keepAlive(): void {
    for (const subscriber of this.#subscribers) {
      // A socket that has not taken the last chunk gets no more: the idle timeout of the server ends it.
      if (subscriber.wantsMore) this.#send(subscriber, KEEP_ALIVE, 0);
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
