/** What the tabs of one browser say to each other about the stream that they share. */
import type { Bye, Gap, Hello, Reset, StreamRow } from "./stream.ts";

/** Raise it when a message changes its meaning: after an update of the server old pages stay open beside new ones. */
const VERSION = 2;

/** What the stream says, from the tab that holds it to all the others. */
export type StreamAnnouncement =
  /** The first of the rows comes right after the row with the id `previous`. */
  | { readonly kind: "rows"; readonly previous: bigint; readonly rows: readonly StreamRow[] }
  | { readonly kind: "reset"; readonly reset: Reset }
  | { readonly kind: "gap"; readonly gap: Gap }
  | { readonly kind: "bye"; readonly bye: Bye }
  | { readonly kind: "ping" }
  | { readonly kind: "change" };

/** That, and what becomes of the stream. */
export type Announcement =
  | StreamAnnouncement
  /** This tab opens the stream from now on, as soon as there is room for it. */
  | { readonly kind: "leading" }
  /** The browser has too many streams: each tab reads by itself until there is room. */
  | { readonly kind: "crowded" }
  /** The stream is there: the others may join. */
  | { readonly kind: "hello" }
  | { readonly kind: "lost" }
  /** This tab gives the stream back, and another one will open it. */
  | { readonly kind: "left" };

/** From the tab that holds the stream to one that asked to join. */
export type Answer =
  /** The rows that it does not have. What is announced after this answer goes on from there. */
  | { readonly kind: "welcome"; readonly hello: Hello; readonly rows: readonly StreamRow[] }
  /** The stream's own `hello` has not been heard yet. */
  | { readonly kind: "not-yet" }
  | { readonly kind: "crowded" }
  /** The rows that it needs are not kept here: it has to read on by itself, and to ask again. */
  | { readonly kind: "behind" }
  /** Its cursor belongs to another log. */
  | { readonly kind: "other-log" };

export interface Join {
  readonly kind: "join";
  readonly cursor: bigint;
  readonly log: string;
}

/** `from` names the tab that speaks. */
export type SentAnnouncement = Announcement & { readonly from: string };
export type SentAnswer = Answer & { readonly from: string; readonly to: string };
export type SentJoin = Join & { readonly from: string };
export type TabMessage = SentAnnouncement | SentAnswer | SentJoin;

/**
 * The lock and the channel have the same name, one for each server and question: the path tells two servers behind one
 * address apart.
 */
export function channelName(question: string): string {
  return `tailboard ${VERSION} ${streamPath()}${question === "" ? "" : ` ${question}`}`;
}

export function streamPath(): string {
  return new URL("api/events/stream", document.baseURI).pathname;
}

/** The end of this tab at the channel. */
export class TabChannel {
  /** The name of this end. A tab that opens the stream anew is another one to the rest. */
  readonly id: string = crypto.randomUUID();
  readonly #channel: BroadcastChannel;

  constructor(name: string, onMessage: (message: TabMessage) => void) {
    this.#channel = new BroadcastChannel(name);
    this.#channel.addEventListener("message", ({ data }: MessageEvent<TabMessage>) => onMessage(data));
  }

  announce(announcement: Announcement): void {
    this.#post({ ...announcement, from: this.id });
  }

  answer(to: string, answer: Answer): void {
    this.#post({ ...answer, from: this.id, to });
  }

  join(cursor: bigint, log: string): void {
    this.#post({ kind: "join", from: this.id, cursor, log });
  }

  close(): void {
    this.#channel.close();
  }

  #post(message: TabMessage): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- this channel ends at the origin
    this.#channel.postMessage(message);
  }
}
