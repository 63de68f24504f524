/**
 * One stream for all tabs of a browser that ask the same of a server: a browser allows six connections to a host, and
 * six open streams would leave none for anything else. A lock elects the tab that leads, a claim gets it one of the
 * streams that the browser has room for, and a channel hands the messages on. A tab that follows knows its own cursor,
 * so that no row is lost, comes twice, or comes out of order, whoever holds the stream.
 */
import { isHidden, onVisibility } from "../feed/page-life.ts";
import { Leadership } from "./leadership.ts";
import type { SharedStreamListener } from "./shared-stream-listener.ts";
import { LockNames } from "./slots/choice.ts";
import { Look } from "./slots/look.ts";
import { TalkChannel } from "./slots/tab-talk.ts";
import { type OpenStream, SILENCE_MS, type StreamRow } from "./stream.ts";
import {
  channelName,
  type SentAnnouncement,
  type SentAnswer,
  type StreamAnnouncement,
  streamPath,
  TabChannel,
  type TabMessage,
} from "./tab-channel.ts";

/** A tab that holds the stream answers within milliseconds. One that does not is frozen, and loses the stream. */
const ANSWER_MS = 3000;
/** The tabs that miss an answer should not all take the stream over at the same time. */
const ANSWER_JITTER_MS = 2000;
/** A tab that is further behind than the kept rows reads by itself. After so many attempts it gives up and polls. */
const MAX_CATCH_UPS = 5;

/** False in an old browser, and where the page came over plain HTTP from another machine. */
export function canShare(): boolean {
  return "locks" in navigator && typeof BroadcastChannel === "function";
}

/** What this tab has of the stream. */
type Role =
  /** It has asked, or will ask when there is somebody to ask. */
  | { readonly name: "joining" }
  | { readonly name: "following"; readonly leader: string }
  /** The tab that leads has found no room for a stream. */
  | { readonly name: "crowded" }
  | { readonly name: "leading" }
  | { readonly name: "closed" };

export class SharedStream implements OpenStream {
  readonly #listener: SharedStreamListener;
  readonly #channel: TabChannel;
  readonly #talk: TalkChannel;
  #role: Role = { name: "joining" };
  readonly #look: Look;
  readonly #stopListening: () => void;
  readonly #leadership: Leadership;
  #answerTimer: ReturnType<typeof setTimeout> | undefined;
  #catchUps = 0;
  #heardAt = performance.now();

  /** @param question whose rows it brings: tabs that ask the same share it */
  constructor(listener: SharedStreamListener, question: string) {
    this.#listener = listener;
    this.#channel = new TabChannel(channelName(question), (message) => this.#hear(message));
    const names = new LockNames(streamPath());
    this.#talk = new TalkChannel(names.deciding, (talk) => this.#leadership.hear(talk));
    this.#leadership = new Leadership({
      question,
      names,
      channel: this.#channel,
      talk: this.#talk,
      listener,
      onElected: () => this.#beElected(),
      onDeposed: () => this.#stepDown(),
    });
    this.#look = new Look(question, names, {
      onChange: () => {
        this.#talk.say({ kind: "changed", question });
        this.#leadership.noteChange(question);
      },
      // Not before the others have heard that nobody looks any more.
      onClosed: () => this.#talk.close(),
      onFailure: (error) => listener.onUnreadable(error),
    });
    this.#stopListening = onVisibility(() => this.#beSeen());
    this.#leadership.stand();
    this.#join();
  }

  get isSilent(): boolean {
    if (this.#role.name === "leading") return this.#leadership.isSilent;
    // There is no stream to be heard.
    if (this.#role.name === "crowded") return false;
    return performance.now() - this.#heardAt > SILENCE_MS;
  }

  close(): void {
    if (this.#role.name === "closed") return;
    this.#role = { name: "closed" };
    clearTimeout(this.#answerTimer);
    this.#stopListening();
    this.#look.close();
    this.#leadership.leave();
    this.#channel.close();
  }

  #beElected(): void {
    clearTimeout(this.#answerTimer);
    this.#role = { name: "leading" };
  }

  #stepDown(): void {
    if (this.#role.name !== "leading") return;
    this.#leadership.leave();
    this.#listener.onInterrupted();
    this.#role = { name: "joining" };
    this.#leadership.stand();
    this.#join();
  }

  /** A tab that leads without a stream may be frozen, and then nobody would claim one for who looks now. */
  #beSeen(): void {
    if (this.#role.name !== "crowded" || isHidden()) return;
    // Until now there was nothing to hear.
    this.#heardAt = performance.now();
    this.#join();
  }

  /** Asks the tab that holds the stream for what comes after the cursor. */
  #join(): void {
    this.#role = { name: "joining" };
    const { cursor, log } = this.#listener.position();
    this.#channel.join(cursor, log);
    clearTimeout(this.#answerTimer);
    const waitMs = ANSWER_MS + Math.random() * ANSWER_JITTER_MS;
    this.#answerTimer = setTimeout(() => {
      if (this.#role.name === "joining") this.#leadership.seize();
    }, waitMs);
  }

  #hear(message: TabMessage): void {
    if (this.#role.name === "closed") return;
    try {
      if (message.kind === "join") {
        if (this.#role.name === "leading") this.#leadership.answer(message);
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
      case "crowded":
        this.#beCrowded();
        break;
      case "behind":
        void this.#catchUp();
        break;
      case "other-log":
        this.#listener.onOtherLog();
        break;
    }
  }

  #beCrowded(): void {
    clearTimeout(this.#answerTimer);
    this.#role = { name: "crowded" };
    this.#listener.onCrowded();
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
      case "crowded":
        this.#beCrowded();
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
