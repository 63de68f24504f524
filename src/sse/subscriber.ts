/** One open stream: a cursor, and whether its socket wants more. There is no queue. */
import type { Cursor, EventId, EventLog, Filter, LogChange, LogPosition, ResetReason } from "../events.ts";
import { encodeCursor, encodeRetry, KEEP_ALIVE, RECONNECTION_TIME_MS } from "./encode.ts";
import { encodeBye, encodeChange, encodeGap, encodeReset } from "./notices.ts";
import type { EncodedPage, PageState, SharedPages } from "./pages.ts";
import { beginning, type StartCursor } from "./start-cursor.ts";

/** A cursor that moved over rows which do not match is told after so long, so that a client does not come back far behind. */
const TELL_CURSOR_MS = 5000;

/** What was handed to the sockets, over all streams. */
export interface Sent {
  events: number;
  bytes: number;
  /** Of the chunks that the sockets have not taken yet. Chunks that several streams share count for each. */
  heldBytes: number;
}

/** Who serves a subscriber. */
export interface SubscriberOwner {
  /** Its stream was made: it may be sent to. */
  onStart(subscriber: Subscriber): void;
  /** Its socket took the last chunk. @returns a promise where the next chunk comes later */
  onReady(subscriber: Subscriber): Promise<void> | undefined;
  /** Its reader is gone. May be called twice. */
  onLeave(subscriber: Subscriber): void;
  /**
   * The page that it waited for came, or failed to come.
   * @param wasPassedOver whether the log changed meanwhile, so that the page may be out of date
   */
  onPage(subscriber: Subscriber, page: EncodedPage | PageState | Error, wasPassedOver: boolean): void;
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
  readonly #filter: Filter | undefined;
  readonly #owner: SubscriberOwner;
  readonly #sent: Sent;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Undefined until the log was open for the first time. */
  #cursor: Cursor | undefined;
  /** Text that goes out before the next page: hello, reset, gap. */
  #notice = "";
  /** The commit that is to be told before the next page; empty for none. */
  #change = "";
  /** The socket took everything: set by pull(), cleared by the next chunk. */
  #wantsMore = false;
  /** Its next page comes in turn with those of others: the last one was not the end of the log, or can't be read now. */
  #isReplaying = false;
  /** The page after the cursor was asked for, and comes later. */
  #isAwaitingPage = false;
  /** It should have been sent something while it waited for its page. */
  #wasPassedOver = false;
  /** The last page brought no row and was not the end: the next one is due without the socket asking for it. */
  #isScanning = false;
  /** The cursor has moved since its client was told one. */
  #isCursorUntold = false;
  #toldAtMs = 0;
  /** Size of the chunk that the socket has not taken. */
  #heldBytes = 0;

  constructor(
    start: StartCursor,
    owner: SubscriberOwner,
    sent: Sent,
    endsAtMs: number,
    onEnd: () => void,
    filter?: Filter,
  ) {
    this.#filter = filter;
    this.#start = start;
    this.#owner = owner;
    this.#sent = sent;
    this.endsAtMs = endsAtMs;
    this.onEnd = onEnd;
  }

  /** The cursor; undefined until the log was open for the first time. */
  get lastSentId(): EventId | undefined {
    return this.#cursor?.id;
  }

  get wantsMore(): boolean {
    return this.#wantsMore;
  }

  get isReplaying(): boolean {
    return this.#isReplaying;
  }

  get hasQuestion(): boolean {
    return this.#filter !== undefined;
  }

  get isScanning(): boolean {
    return this.#isScanning;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
    this.#owner.onStart(this);
  }

  pull(): Promise<void> | undefined {
    this.#wantsMore = true;
    this.release();
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
  begin(
    position: LogPosition,
    newcomerId: EventId,
    log: Pick<EventLog, "resumePoint">,
  ): ResetReason | undefined {
    const { id, notice, reason } = beginning(this.#start, position, newcomerId, log);
    this.#cursor = { log: position.log, id };
    this.#notice = notice;
    return reason;
  }

  /**
   * The log was reset.
   * @returns whether that concerned this subscriber
   */
  onReset({ reason, resumedFrom, position }: Extract<LogChange, { kind: "reset" }>): boolean {
    // Who began after the reset has a cursor of the new log already.
    if (this.#cursor === undefined || this.#cursor.log === position.log) return false;
    if (resumedFrom !== position.startId && this.#cursor.id <= resumedFrom) {
      this.#cursor = { log: position.log, id: this.#cursor.id };
      return false;
    }
    this.#cursor = { log: position.log, id: resumedFrom };
    this.#notice += encodeReset(position, reason, resumedFrom);
    return true;
  }

  /** Sends the first bytes at once: Bun holds the head of the response back until there are any. */
  open(): void {
    const notice = this.#notice;
    this.#notice = "";
    this.#send(encodeRetry(RECONNECTION_TIME_MS) + notice, 0);
  }

  /**
   * Sends what comes next, if the socket wants it: a notice, or the page after the cursor.
   * @param limitBytes of the page
   * @throws Error when the log can't be read
   */
  fill(pages: SharedPages, limitBytes: number): void {
    if (!this.#wantsMore || this.#cursor === undefined) return;
    if (this.#isAwaitingPage) {
      this.#wasPassedOver = true;
      return;
    }
    // The page follows when the socket asks for it, which it may do before this returns.
    if (this.#notice !== "" || this.#change !== "") return this.#sendNotice();
    const page = pages.after(this.#cursor, limitBytes, this.#filter);
    if (!(page instanceof Promise)) return this.take(page);
    this.#isAwaitingPage = true;
    const deliver = (answer: EncodedPage | PageState | Error): void => {
      const wasPassedOver = this.#wasPassedOver;
      this.#isAwaitingPage = this.#wasPassedOver = false;
      this.#owner.onPage(this, answer, wasPassedOver);
    };
    page.then(deliver, (error: unknown) =>
      deliver(error instanceof Error ? error : new Error(String(error), { cause: error })),
    );
  }

  /** Sends a page that was asked for, unless it is out of date. */
  take(page: EncodedPage | PageState): void {
    if (this.#cursor === undefined) return;
    this.#isReplaying = page === "later" || (page !== "end" && page.hasMore);
    this.#isScanning = false;
    if (page === "later" || page === "end") return;
    // The log was reset while it was read.
    if (page.log !== this.#cursor.log) return;
    if (page.oldestId !== undefined && page.oldestId > this.#cursor.id + 1n) {
      this.#isReplaying = true;
      const id = page.oldestId - 1n;
      this.#notice += encodeGap(this.#cursor.id, id);
      this.#cursor = { log: page.log, id };
      return this.#sendNotice();
    }
    this.#cursor = { log: page.log, id: page.lastId };
    this.#isCursorUntold = this.#filter !== undefined;
    if (page.events > 0) return this.#send(page.bytes, page.events);
    this.#isScanning = page.hasMore;
    if (performance.now() - this.#toldAtMs >= TELL_CURSOR_MS) this.#send(this.#takeCursor(), 0);
  }

  /** Tells the cursor where its client does not know it. */
  #takeCursor(): string {
    if (!this.#isCursorUntold || this.#cursor === undefined) return "";
    this.#isCursorUntold = false;
    this.#toldAtMs = performance.now();
    return encodeCursor(this.#cursor.id);
  }

  /** Tells of a commit to whatever table, once the socket takes it. Of several the newest is told. */
  tellChange(dataVersion: string): void {
    this.#change = encodeChange(dataVersion);
    // Who has no hello yet is told after it.
    if (this.#wantsMore && this.#cursor !== undefined) this.#sendNotice();
  }

  /** A socket that has not taken the last chunk gets no more: the idle timeout of the server ends it. */
  keepAlive(): void {
    if (this.#wantsMore) this.#send(this.#takeCursor() + KEEP_ALIVE, 0);
  }

  /** Ends the stream. @param comeBackInMs after which its client should connect again, where it differs */
  end(comeBackInMs?: number): void {
    const last = this.#takeCursor() + (comeBackInMs === undefined ? "" : encodeBye(comeBackInMs));
    if (last !== "") this.#send(last, 0);
    this.#controller?.close();
  }

  /** The chunk that was held was taken, or its stream has ended, whoever ended it. */
  release(): void {
    this.#sent.heldBytes -= this.#heldBytes;
    this.#heldBytes = 0;
  }

  #sendNotice(): void {
    const notice = this.#notice + this.#change;
    this.#notice = this.#change = "";
    this.#send(notice, 0);
  }

  #send(chunk: string | Uint8Array, events: number): void {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    this.#sent.events += events;
    this.#sent.bytes += bytes.byteLength;
    this.#heldBytes += bytes.byteLength;
    this.#sent.heldBytes += bytes.byteLength;
    // Before the chunk goes: enqueue() calls pull() at once when the socket is already waiting.
    this.#wantsMore = false;
    this.#controller?.enqueue(bytes);
  }
}
