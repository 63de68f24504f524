/** What the tabs of a browser say to each other about the streams of a server. The locks say the rest. */

export type TabTalk =
  /** Somebody looks at this question in another tab, or does not any more. */
  | { readonly kind: "changed"; readonly question: string }
  /** Another question needs the stream of this one. */
  | { readonly kind: "asked"; readonly question: string };

export class TalkChannel {
  readonly #channel: BroadcastChannel;
  #isClosed = false;

  /** @param onTalk of the other tabs */
  constructor(name: string, onTalk: (talk: TabTalk) => void) {
    this.#channel = new BroadcastChannel(name);
    this.#channel.addEventListener("message", ({ data }: MessageEvent<TabTalk>) => onTalk(data));
  }

  /** Does nothing on a closed channel: the others look once in a while, too. */
  say(talk: TabTalk): void {
    if (this.#isClosed) return;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- this channel ends at the origin
    this.#channel.postMessage(talk);
  }

  close(): void {
    this.#isClosed = true;
    this.#channel.close();
  }
}
