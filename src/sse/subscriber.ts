/** One open stream: a cursor, and whether its socket wants more. There is no queue. */
import type { EventId, LogPosition, ResetReason } from "../events.ts";
import { encodeNamed, encodeRetry, KEEP_ALIVE, RECONNECTION_TIME_MS } from "./encode.ts";
import { idForJson } from "./json.ts";
import type { SharedPages } from "./pages.ts";

/** Where a subscriber wants to start. */
export interface StartCursor {
  /** The last id it has; without one the stream starts at the newest event. */
  readonly lastEventId: EventId | undefined;
  /** The identity of the log that the id is from, where the subscriber knows it. */
  readonly log: string | undefined;
}

/** What was handed to the sockets, over all streams. */
export interface Sent {
  events: number;
  bytes: number;
}

/** Who serves a subscriber. */
export interface SubscriberOwner {
  /** Its stream was made: it may be sent to. */
  onStart(subscriber: Subscriber): void;
  /** Its socket took the last chunk. @returns a promise where the next chunk comes later */
  onReady(subscriber: Subscriber): Promise<void> | undefined;
  /** Its reader is gone. May be called twice. */
  onLeave(subscriber: Subscriber): void;
}

/**
 * It is the source of its own ReadableStream, and listens to the abort of its request by itself: with ten thousand of
 * them, closures would be a tenth of what one takes.
 */
export class Subscriber implements UnderlyingDefaultSource<Uint8Array>, EventListenerObject {
  /** `performance.now()` at which the stream ends because of its age. */
  readonly endsAtMs: number;
  readonly onEnd: () => void;
  readonly #start: StartCursor;
  readonly #owner: SubscriberOwner;
  readonly #sent: Sent;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** The cursor; undefined until the log was open for the first time. */
  #lastSentId: EventId | undefined;
  /** Text that goes out before the next page: hello, reset. */
  #notice = "";
  /** The socket took everything: set by pull(), cleared by the next chunk. */
  #wantsMore = false;
  /** Rows wait for it: the last page was not the end of the log, or the next can't be read just now. */
  #isLagging = false;

  constructor(start: StartCursor, owner: SubscriberOwner, sent: Sent, endsAtMs: number, onEnd: () => void) {
    this.#start = start;
    this.#owner = owner;
    this.#sent = sent;
    this.endsAtMs = endsAtMs;
    this.onEnd = onEnd;
  }

  get lastSentId(): EventId | undefined {
    return this.#lastSentId;
  }

  get wantsMore(): boolean {
    return this.#wantsMore;
  }

  get isLagging(): boolean {
    return this.#isLagging;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
    this.#owner.onStart(this);
  }

  pull(): Promise<void> | undefined {
    this.#wantsMore = true;
    return this.#owner.onReady(this);
  }

  cancel(): void {
    this.#owner.onLeave(this);
  }

  handleEvent(): void {
    this.#owner.onLeave(this);
  }

  /**
   * Sets the cursor, which is undefined until then.
   * @param newcomerId where a subscriber without a cursor starts
   * @returns why its cursor means nothing in this log, if so
   */
  begin(position: LogPosition, newcomerId: EventId): ResetReason | undefined {
    const reason = resetReason(this.#start, position);
    this.#lastSentId = reason === undefined ? (this.#start.lastEventId ?? newcomerId) : position.startId;
    this.#notice = encodeNamed("hello", {
      latestId: idForJson(position.latestId),
      resumedFrom: idForJson(this.#lastSentId),
      log: position.identity,
    });
    if (reason !== undefined) this.reset(position, reason);
    return reason;
  }

  /** Sends it back to the start of the log, and says why. */
  reset(position: LogPosition, reason: ResetReason): void {
    this.#lastSentId = position.startId;
    this.#notice += encodeNamed("reset", {
      reason,
      latestId: idForJson(position.latestId),
      resumedFrom: idForJson(position.startId),
      log: position.identity,
    });
  }

  /** Sends the first bytes at once: Bun holds the head of the response back until there are any. */
  open(): void {
    const notice = this.#notice;
    this.#notice = "";
    this.#send(encodeRetry(RECONNECTION_TIME_MS) + notice, 0);
  }

  /**
   * Sends what comes next, if the socket wants it: a notice, or the page after the cursor.
   * @throws Error when the log can't be read
   */
  fill(pages: SharedPages): void {
    if (!this.#wantsMore || this.#lastSentId === undefined) return;
    if (this.#notice !== "") {
      const notice = this.#notice;
      this.#notice = "";
      // The page follows when the socket asks for it, which it may do before this returns.
      return this.#send(notice, 0);
    }
    const page = pages.after(this.#lastSentId);
    this.#isLagging = page === "later" || (page !== "end" && page.full);
    if (page === "later" || page === "end") return;
    this.#lastSentId = page.lastId;
    this.#send(page.bytes, page.events);
  }

  /** A socket that has not taken the last chunk gets no more: the idle timeout of the server ends it. */
  keepAlive(): void {
    if (this.#wantsMore) this.#send(KEEP_ALIVE, 0);
  }

  /** Ends the stream. @param comeBackInMs after which its client should connect again, where it differs */
  end(comeBackInMs?: number): void {
    if (comeBackInMs !== undefined) this.#send(encodeRetry(comeBackInMs), 0);
    this.#controller?.close();
  }

  #send(chunk: string | Uint8Array, events: number): void {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    this.#sent.events += events;
    this.#sent.bytes += bytes.byteLength;
    // Before the chunk goes: enqueue() calls pull() at once when the socket is already waiting.
    this.#wantsMore = false;
    this.#controller?.enqueue(bytes);
  }
}

function resetReason({ lastEventId, log }: StartCursor, position: LogPosition): ResetReason | undefined {
  if (lastEventId === undefined) return undefined;
  if (log !== undefined && log !== position.identity) return "log-changed";
  return lastEventId > position.latestId ? "cursor-ahead" : undefined;
}
