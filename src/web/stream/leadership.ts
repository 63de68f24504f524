/** The tab that leads those with the same question: a lock elects it, and a claim gets it one of the browser's streams. */
import { Broadcast } from "./broadcast.ts";
import type { SharedStreamListener } from "./shared-stream-listener.ts";
import type { LockNames } from "./slots/choice.ts";
import { holdLock } from "./slots/hold-lock.ts";
import { StreamClaim } from "./slots/stream-claim.ts";
import type { TabTalk, TalkChannel } from "./slots/tab-talk.ts";
import { channelName, type SentJoin, type TabChannel } from "./tab-channel.ts";

type Office =
  /** Another tab leads, or nobody so far. */
  | { readonly name: "none" }
  /** It leads, and has no stream so far. */
  | { readonly name: "claiming"; readonly claim: StreamClaim }
  /** It holds the stream. */
  | { readonly name: "streaming"; readonly claim: StreamClaim; readonly broadcast: Broadcast };

interface LeadershipOptions {
  readonly question: string;
  readonly names: LockNames;
  readonly channel: TabChannel;
  readonly talk: TalkChannel;
  readonly listener: SharedStreamListener;
  /** This tab leads from now on. */
  readonly onElected: () => void;
  /** The lead was taken from this tab, because it did not answer for a while. */
  readonly onDeposed: () => void;
}

export class Leadership {
  readonly #options: LeadershipOptions;
  #office: Office = { name: "none" };
  /** Gives the lead back, or ends the wait for it. */
  #resign: () => void = () => undefined;

  constructor(options: LeadershipOptions) {
    this.#options = options;
  }

  /** True when the stream is dead. A tab that waits for one hears nothing, and nothing is wrong. */
  get isSilent(): boolean {
    return this.#office.name === "streaming" && this.#office.broadcast.isSilent;
  }

  /** Waits for the lead. */
  stand(): void {
    this.#request({});
  }

  /** Takes the lead from a tab that does not answer. */
  seize(): void {
    this.#request({ steal: true });
  }

  /** Answers a tab that wants to hear the rows after its cursor. */
  answer(join: SentJoin): void {
    if (this.#office.name === "streaming") this.#office.broadcast.answer(join);
    if (this.#office.name !== "claiming") return;
    const kind = this.#office.claim.isRefused ? "crowded" : "not-yet";
    this.#options.channel.answer(join.from, { kind });
  }

  /** Somebody looks at something else, in this tab or another. */
  noteChange(question: string): void {
    if (this.#office.name === "claiming") this.#office.claim.noteChange(question);
  }

  /** Another tab says something about the streams of the browser. */
  hear(talk: TabTalk): void {
    if (talk.kind === "changed") this.noteChange(talk.question);
    else if (this.#office.name === "streaming" && talk.question === this.#options.question)
      this.#office.claim.yield();
  }

  /** Gives up what this tab has, and no longer waits. */
  leave(): void {
    const office = this.#office;
    this.#office = { name: "none" };
    if (office.name === "streaming") office.broadcast.close();
    if (office.name !== "none") {
      // Said before the lock is given back, so that the next tab has heard why: after a loss it would try at once.
      this.#options.channel.announce({ kind: "left" });
      office.claim.close();
    }
    this.#resign();
  }

  #request(options: LockOptions): void {
    this.#resign();
    this.#resign = holdLock(channelName(this.#options.question), options, {
      onHeld: () => this.#claim(),
      onTaken: () => this.#options.onDeposed(),
      onFailure: (error) => this.#options.listener.onUnreadable(error),
    });
  }

  #claim(): void {
    const { question, names, channel, listener, onElected } = this.#options;
    onElected();
    listener.onInterrupted();
    channel.announce({ kind: "leading" });
    const claim = new StreamClaim(question, names, {
      onGranted: () => this.#open(claim),
      onRefused: () => {
        channel.announce({ kind: "crowded" });
        listener.onCrowded();
      },
      onAsk: (asked) => this.#options.talk.say({ kind: "asked", question: asked }),
      onTaken: () => {
        if (this.#office.name === "streaming") this.#office.broadcast.close();
        this.#office = { name: "claiming", claim };
        listener.onInterrupted();
      },
      onFailure: (error) => listener.onUnreadable(error),
    });
    this.#office = { name: "claiming", claim };
  }

  #open(claim: StreamClaim): void {
    const { channel, question, listener } = this.#options;
    listener.onInterrupted();
    const broadcast = new Broadcast(channel, listener.position(), question, listener);
    this.#office = { name: "streaming", claim, broadcast };
  }
}
