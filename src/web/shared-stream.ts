/**
 * One stream for all tabs of a browser that show the same server: a browser allows six connections to a host, and
 * six open streams would leave none for anything else. A lock elects the tab that holds the stream, and a channel
 * hands the messages on. A tab that follows knows its own cursor, so that no row is lost, comes twice, or comes out
 * of order, whoever holds the stream.
 */
import type { Position } from "./backlog.ts";
import { Broadcast } from "./broadcast.ts";
import { type OpenStream, SILENCE_MS, type StreamListener, type StreamRow } from "./stream.ts";
import {
  channelName,
  type SentAnnouncement,
  type SentAnswer,
  type StreamAnnouncement,
  TabChannel,
  type TabMessage,
} from "./tab-channel.ts";

/** A tab that holds the stream answers within milliseconds. One that does not is frozen, and loses the stream. */
const ANSWER_MS = 3000;
/** The tabs that miss an answer should not all take the stream over at the same time. */
const ANSWER_JITTER_MS = 2000;
/** A tab that is further behind than the kept rows reads by itself. After so many attempts it gives up and polls. */
const MAX_CATCH_UPS = 5;

export interface SharedStreamListener extends StreamListener {
  /** Where the page stands now. */
  position(): Position;
  /** The stream goes to another tab, and its next `hello` comes from there. */
  onInterrupted(): void;
  /** The page's cursor does not belong to the log that the other tabs follow. */
  onOtherLog(): void;
  /** Reads on from the cursor without a stream. @returns false when that was not possible */
  catchUp(): Promise<boolean>;
}

/** False in an old browser, and where the page came over plain HTTP from another machine. */
export function canShare(): boolean {
  return "locks" in navigator && typeof BroadcastChannel === "function";
}

/** What this tab has of the stream. */
type Role =
  /** It has asked, or will ask when there is somebody to ask. */
  | { readonly name: "joining" }
  | { readonly name: "following"; readonly leader: string }
  /** It holds the stream. `release` gives the lock back. */
  | { readonly name: "leading"; readonly broadcast: Broadcast; readonly release: () => void }
  | { readonly name: "closed" };

export class SharedStream implements OpenStream {
  readonly #question: string;
  readonly #name: string;
  readonly #listener: SharedStreamListener;
  readonly #channel: TabChannel;
  #role: Role = { name: "joining" };
  /** Ends the wait for the lock. */
  #waiting = new AbortController();
  #answerTimer: ReturnType<typeof setTimeout> | undefined;
  #catchUps = 0;
  #heardAt = performance.now();

  /** @param question whose rows it brings: tabs that ask the same share it */
  constructor(listener: SharedStreamListener, question: string) {
    this.#listener = listener;
    this.#question = question;
    this.#name = channelName(question);
    this.#channel = new TabChannel(this.#name, (message) => this.#hear(message));
    this.#waitForLock();
    this.#join();
  }

  get isSilent(): boolean {
    if (this.#role.name === "leading") return this.#role.broadcast.isSilent;
    return performance.now() - this.#heardAt > SILENCE_MS;
  }

  close(): void {
    const role = this.#role;
    if (role.name === "closed") return;
    this.#role = { name: "closed" };
    clearTimeout(this.#answerTimer);
    this.#waiting.abort();
    if (role.name === "leading") {
      role.broadcast.close();
      // Said before the lock is given back, so that the next tab has heard why: after a loss it would try at once.
      this.#channel.announce({ kind: "left" });
      role.release();
    }
    this.#channel.close();
  }

  #waitForLock(): void {
    this.#waiting = new AbortController();
    this.#requestLock({ signal: this.#waiting.signal });
  }

  /** Takes the lock from a tab that does not answer. */
  #stealLock(): void {
    if (this.#role.name !== "joining") return;
    this.#waiting.abort();
    this.#requestLock({ steal: true });
  }

  #requestLock(options: LockOptions): void {
    const held = navigator.locks.request(this.#name, options, () => this.#lead());
    held.catch((error: unknown) => {
      const isAborted = error instanceof DOMException && error.name === "AbortError";
      if (!isAborted) this.#listener.onUnreadable(error);
      // The lock was taken from this tab, because it did not answer for a while.
      else if (this.#role.name === "leading") this.#stepDown();
    });
  }

  /** @returns a promise that lasts as long as this tab keeps the lock */
  #lead(): Promise<void> | undefined {
    if (this.#role.name === "closed") return undefined;
    clearTimeout(this.#answerTimer);
    this.#listener.onInterrupted();
    const { promise, resolve } = Promise.withResolvers<void>();
    const broadcast = new Broadcast(this.#channel, this.#listener.position(), this.#question, this.#listener);
    this.#role = { name: "leading", broadcast, release: resolve };
    return promise;
  }

  #stepDown(): void {
    if (this.#role.name !== "leading") return;
    this.#role.broadcast.close();
    this.#role.release();
    this.#channel.announce({ kind: "left" });
    this.#listener.onInterrupted();
    this.#role = { name: "joining" };
    this.#waitForLock();
    this.#join();
  }

  /** Asks the tab that holds the stream for what comes after the cursor. */
  #join(): void {
    this.#role = { name: "joining" };
    const { cursor, log } = this.#listener.position();
    this.#channel.join(cursor, log);
    clearTimeout(this.#answerTimer);
    const waitMs = ANSWER_MS + Math.random() * ANSWER_JITTER_MS;
    this.#answerTimer = setTimeout(() => this.#stealLock(), waitMs);
  }

  #hear(message: TabMessage): void {
    if (this.#role.name === "closed") return;
    try {
      if (message.kind === "join") {
        if (this.#role.name === "leading") this.#role.broadcast.answer(message);
      } else if ("to" in message) {
        if (message.to === this.#channel.id && this.#role.name === "joining") this.#hearAnswer(message);
      } else if (this.#role.name === "leading") {
        // Another tab took the lock, and this one has not heard it from the browser yet.
        if (message.kind === "leading") this.#stepDown();
      } else {
        this.#hearAnnouncement(message);
      }
    } catch (error) {
      this.#listener.onUnreadable(error);
    }
  }

  #hearAnswer(answer: SentAnswer): void {
    this.#heardAt = performance.now();
    clearTimeout(this.#answerTimer);
    switch (answer.kind) {
      case "welcome":
        this.#role = { name: "following", leader: answer.from };
        this.#catchUps = 0;
        this.#listener.onHello(answer.hello);
        this.#pass(answer.rows);
        break;
      case "not-yet":
        // The leader will announce the hello of its stream, or the loss.
        break;
      case "behind":
        void this.#catchUp();
        break;
      case "other-log":
        this.#listener.onOtherLog();
        break;
    }
  }

  async #catchUp(): Promise<void> {
    this.#catchUps++;
    const isDone = this.#catchUps <= MAX_CATCH_UPS && (await this.#listener.catchUp());
    if (this.#role.name !== "joining") return;
    if (isDone) this.#join();
    else this.#listener.onLost();
  }

  #hearAnnouncement(announcement: SentAnnouncement): void {
    if (this.#role.name === "following" && this.#role.leader !== announcement.from) {
      // A tab that lost the stream may still speak of it. Only a new leader is believed.
      if (announcement.kind !== "leading") return;
    }
    this.#heardAt = performance.now();
    switch (announcement.kind) {
      case "leading":
        clearTimeout(this.#answerTimer);
        this.#listener.onInterrupted();
        this.#role = { name: "joining" };
        break;
      case "left":
        this.#listener.onInterrupted();
        this.#join();
        break;
      case "hello":
        this.#join();
        break;
      case "lost":
        this.#listener.onLost();
        break;
      case "rows":
      case "reset":
      case "gap":
      case "bye":
      case "ping":
      case "change":
        // A tab that is joining hears of all this in the answer.
        if (this.#role.name === "following") this.#follow(announcement);
        break;
    }
  }

  #follow(announcement: StreamAnnouncement): void {
    switch (announcement.kind) {
      case "rows":
        // Something is missing in between: the leader says what, or that it has to be read.
        if (announcement.previous > this.#listener.position().cursor) this.#join();
        else this.#pass(announcement.rows);
        break;
      case "reset":
        this.#listener.onReset(announcement.reset);
        break;
      case "gap":
        this.#listener.onGap(announcement.gap);
        break;
      case "bye":
        this.#listener.onBye(announcement.bye);
        break;
      case "ping":
        this.#listener.onPing();
        break;
      case "change":
        this.#listener.onChange?.();
        break;
    }
  }

  /** Hands on the rows that this page does not have yet. */
  #pass(rows: readonly StreamRow[]): void {
    for (const row of rows) {
      // The page may have left in answer to the row before.
      if (this.#role.name !== "following") return;
      if (row.id !== undefined && row.id > this.#listener.position().cursor) this.#listener.onRow(row);
    }
  }
}
