/**
 * The open event streams, and when each is served. There is no hand-over between replay and live: a backlog is a
 * cursor that is behind.
 */
import type { EventId, EventLog, LogChange, LogPosition, ResetReason, Unsubscribe } from "../events.ts";
import type { Question } from "../question.ts";
import { ChangeNotices } from "./change-notices.ts";
import { type EncodedPage, PAGE_LIMIT_BYTES, type PageState, SharedPages } from "./pages.ts";
import { ReplayTurns } from "./replay-turns.ts";
import { Rounds } from "./rounds.ts";
import type { StartCursor } from "./start-cursor.ts";
import { type Sent, Subscriber, type SubscriberOwner } from "./subscriber.ts";

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

/**
 * What slow clients may hold, over all streams. Beyond the first limit each gets small pages; beyond the second a replay
 * waits until others have taken theirs, or were ended because they take nothing. Bun holds each chunk about twice.
 */
const HELD_SMALL_PAGES_BYTES = 16_777_216;
const HELD_LIMIT_BYTES = 67_108_864;
export const SMALL_PAGE_BYTES = 16_384;

const NO_QUESTION: Question = { terms: [] };

/** What the owner of the streams wants to hear about. */
export interface FanOutObserver {
  /** A stream was closed because it could not be served. */
  onError(operation: string, lastSentId: EventId | undefined, error: unknown): void;
  onReset(reason: ResetReason): void;
  /** Rows were handed to the sockets, this long after their commit was noticed. */
  onDelivery(delayMs: number): void;
}

export class FanOut implements SubscriberOwner {
  readonly #log: EventLog;
  readonly #observer: FanOutObserver;
  readonly #pages: SharedPages;
  readonly #timing: Timing;
  readonly #sweep: Timer;
  readonly #subscribers = new Set<Subscriber>();
  readonly #sent: Sent = { events: 0, bytes: 0, heldBytes: 0 };
  /** Set while there is a subscriber: without one the log need not hurry. */
  #unsubscribe: Unsubscribe | undefined;
  readonly #rounds = new Rounds<Subscriber>(this.#subscribers, this.#sent, {
    serve: (subscriber) => this.#serve(subscriber),
    onDelivery: (delayMs) => this.#observer.onDelivery(delayMs),
  });
  readonly #replays = new ReplayTurns<Subscriber>({
    serve: (subscriber) => this.#fill(subscriber),
    mustWait: () => this.#sent.heldBytes > HELD_LIMIT_BYTES,
  });
  /** Streams that asked for changes of other tables, too. */
  readonly #changes = new ChangeNotices<Subscriber>((subscriber, dataVersion) =>
    this.#guard("telling of a change", subscriber, () => subscriber.tellChange(dataVersion)),
  );
  /** The newest id of the log, as far as it was told. */
  #latestId: EventId | undefined;

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

  /** How many of them have not been sent the newest event. */
  get lagging(): number {
    let lagging = 0;
    const latestId = this.#latestId;
    for (const { lastSentId } of this.#subscribers)
      if (lastSentId !== undefined && latestId !== undefined && lastSentId < latestId) lagging++;
    return lagging;
  }

  /** Bytes that were handed to the sockets and not taken by them. */
  get heldBytes(): number {
    return this.#sent.heldBytes;
  }

  get eventsSent(): number {
    return this.#sent.events;
  }

  get bytesSent(): number {
    return this.#sent.bytes;
  }

  /**
   * Opens one stream. It ends when its reader cancels it, when `signal` aborts, or at `close()`.
   * @param signal the request's; `cancel()` alone would do, see docs/decisions/cleanup.md
   * @param onEnd called once, whoever ends it
   * @param question its rows are sent; without one all are
   * @param changes whether it is told of commits to whatever table, too
   * @throws QuestionError where the log can't answer it; then `onEnd` is not called
   */
  subscribe(
    start: StartCursor,
    signal: AbortSignal,
    onEnd: () => void = () => {},
    question: Question = NO_QUESTION,
    changes = false,
  ): ReadableStream<Uint8Array> {
    const filter = question.terms.length === 0 ? undefined : this.#log.filter(question);
    const onLeave =
      filter === undefined
        ? onEnd
        : () => {
            filter.release();
            onEnd();
          };
    if (signal.aborted) {
      onLeave();
      return new ReadableStream({ start: (controller) => controller.close() });
    }
    const ageMs = this.#timing.maxAgeMs * (0.75 + Math.random() / 2);
    const subscriber = new Subscriber(start, this, this.#sent, performance.now() + ageMs, onLeave, filter);
    signal.addEventListener("abort", subscriber);
    if (changes) this.#changes.add(subscriber);
    return new ReadableStream(subscriber);
  }

  /** @throws QuestionError where the log can't answer a question, as `subscribe` does */
  check(question: Question): void {
    if (question.terms.length > 0) this.#log.filter(question).release();
  }

  onStart(subscriber: Subscriber): void {
    const position = this.#log.position();
    this.#subscribers.add(subscriber);
    this.#listen();
    if (position instanceof Promise) void this.#beginLater(subscriber, position);
    else this.#begin(subscriber, position);
    subscriber.open();
  }

  onReady(subscriber: Subscriber): Promise<void> | undefined {
    if (!subscriber.isReplaying) {
      this.#fill(subscriber);
      return undefined;
    }
    // The promise matters: without it Bun 1.4.5 calls pull() again at once, and a thousand pages went out before the
    // event loop came to anything else.
    return new Promise((resolve) => this.#replays.add(subscriber, resolve));
  }

  onPage(subscriber: Subscriber, page: EncodedPage | PageState | Error, wasPassedOver: boolean): void {
    if (!this.#subscribers.has(subscriber)) return;
    this.#guard("sending events", subscriber, () => {
      if (page instanceof Error) throw page;
      subscriber.take(page);
      if ((wasPassedOver || subscriber.isScanning) && subscriber.wantsMore) this.#replays.add(subscriber);
    });
  }

  onLeave(subscriber: Subscriber): void {
    if (!this.#subscribers.delete(subscriber)) return;
    this.#changes.delete(subscriber);
    subscriber.release();
    subscriber.onEnd();
    if (this.#subscribers.size > 0) return;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  /** Ends every stream. Their readers see a complete response and connect again. */
  close(): void {
    clearInterval(this.#sweep);
    this.#changes[Symbol.dispose]();
    for (const subscriber of this.#subscribers) this.#end(subscriber);
  }

  #onChange(change: LogChange): void {
    // Not a row of the log: the streams that did not ask are not even looked at.
    if (change.kind === "touched") return this.#changes.note(change.dataVersion);
    this.#pages.forget();
    this.#latestId = change.kind === "commit" ? change.latestId : change.position.latestId;
    if (change.kind !== "commit") this.#onOtherLog(change);
    this.#rounds.onChange();
  }

  #onOtherLog(change: Extract<LogChange, { kind: "opened" | "reset" }>): void {
    const { position } = change;
    for (const subscriber of this.#subscribers) {
      if (subscriber.lastSentId === undefined) {
        const isNew = change.kind === "reset" || change.fresh;
        const newcomerId = isNew ? position.startId : position.latestId;
        this.#noteReset(subscriber.begin(position, newcomerId, this.#log));
      } else if (change.kind === "reset" && subscriber.onReset(change)) {
        this.#noteReset(change.reason);
      }
    }
  }

  #begin(subscriber: Subscriber, position: LogPosition | undefined): void {
    // The log is not open: it begins when it is.
    if (position === undefined || subscriber.lastSentId !== undefined) return;
    if (this.#latestId === undefined || position.latestId > this.#latestId)
      this.#latestId = position.latestId;
    this.#noteReset(subscriber.begin(position, position.latestId, this.#log));
  }

  async #beginLater(subscriber: Subscriber, position: Promise<LogPosition | undefined>): Promise<void> {
    try {
      this.#begin(subscriber, await position);
      this.#fill(subscriber);
    } catch (error) {
      this.#observer.onError("opening a stream", undefined, error);
      if (this.#subscribers.has(subscriber)) this.#end(subscriber);
    }
  }

  /** Sends the page after its cursor, now or in turn. */
  #serve(subscriber: Subscriber): void {
    if (!subscriber.isReplaying) this.#fill(subscriber);
    else if (subscriber.wantsMore && !this.#replays.has(subscriber)) this.#replays.add(subscriber);
  }

  #fill(subscriber: Subscriber): void {
    if (!this.#subscribers.has(subscriber)) return;
    this.#guard("sending events", subscriber, () => {
      subscriber.fill(this.#pages, this.#pageLimitBytes);
      if (subscriber.isScanning && subscriber.wantsMore) this.#replays.add(subscriber);
    });
  }

  get #pageLimitBytes(): number {
    return this.#sent.heldBytes > HELD_SMALL_PAGES_BYTES ? SMALL_PAGE_BYTES : PAGE_LIMIT_BYTES;
  }

  #onSweep(): void {
    const now = performance.now();
    for (const subscriber of this.#subscribers) {
      if (now < subscriber.endsAtMs)
        this.#guard("keeping a stream alive", subscriber, () => subscriber.keepAlive());
      else if (subscriber.wantsMore) this.#end(subscriber, Math.floor(Math.random() * MAX_COMEBACK_MS));
    }
  }

  /** One subscriber's trouble ends one stream: the others must get their rows. It connects again with its cursor. */
  #guard(operation: string, subscriber: Subscriber, serve: () => void): void {
    try {
      serve();
    } catch (error) {
      this.#observer.onError(operation, subscriber.lastSentId, error);
      this.#end(subscriber);
    }
  }

  #end(subscriber: Subscriber, comeBackInMs?: number): void {
    this.onLeave(subscriber);
    try {
      subscriber.end(comeBackInMs);
    } catch (error) {
      // It was closed already, from the other side: which is what was wanted, but not how.
      this.#observer.onError("ending a stream", subscriber.lastSentId, error);
    }
  }

  #noteReset(reason: ResetReason | undefined): void {
    if (reason !== undefined) this.#observer.onReset(reason);
  }

  #listen(): void {
    if (this.#unsubscribe !== undefined) return;
    // What was read before the last subscriber left may be out of date.
    this.#pages.forget();
    this.#unsubscribe = this.#log.onChange((change) => this.#onChange(change));
  }
}
