/** Gets one of the browser's streams for a question, and gives it up for one that somebody looks at. */
import { choose, type Demand, type LockNames } from "./choice.ts";
import { type ClaimEffect, type ClaimEvent, CLAIMING, type ClaimState, stepClaim } from "./claim.ts";
import { holdLock } from "./hold-lock.ts";

/** A tab answers within milliseconds, and one that does not is frozen: then its lock is taken. */
const ANSWER_MS = 2000;
/** A decision takes milliseconds. A tab that is frozen in the middle of one must not stop the others for ever. */
const DECISION_MS = 3000;
/** Somebody may have closed the tab that was looked at, and nobody tells of that. */
const RECONSIDER_MS = 5000;
/** For a question that nobody looks at. Two dozen hidden tabs should not all look at each change. */
const RECONSIDER_UNSEEN_MS = 30_000;

export interface ClaimListener {
  readonly onGranted: () => void;
  /** There is no room for it. The claim stays, and may be granted later. */
  readonly onRefused: () => void;
  /** Asks the tab that has the stream of this question to give it up. */
  readonly onAsk: (question: string) => void;
  /** The stream has to be closed: its room was taken. What follows is one of the two above. */
  readonly onTaken: () => void;
  readonly onFailure: (error: unknown) => void;
}

export class StreamClaim {
  readonly #question: string;
  readonly #names: LockNames;
  readonly #listener: ClaimListener;
  #state: ClaimState = CLAIMING.state;
  /** What the tabs wanted at the last decision. */
  #demand: Demand | undefined;
  #watch = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #giveBack: (() => void) | undefined;

  constructor(question: string, names: LockNames, listener: ClaimListener) {
    this.#question = question;
    this.#names = names;
    this.#listener = listener;
    for (const effect of CLAIMING.effects) this.#carryOut(effect);
  }

  /** True when there was no room at the last decision. */
  get isRefused(): boolean {
    return this.#state !== "holding" && !this.#state.startsWith("deciding");
  }

  /** Somebody looks at this question in some tab, or does not any more. */
  noteChange(question: string): void {
    if (question === this.#question || this.#isLookedAt) this.#dispatch("changed");
  }

  /** A question that somebody looks at needs the stream. */
  yield(): void {
    this.#dispatch("asked");
  }

  close(): void {
    this.#dispatch("closed");
  }

  /** At the last decision. Before the first one nobody knows. */
  get #isLookedAt(): boolean {
    return this.#demand?.lookedAt.has(this.#question) ?? true;
  }

  #dispatch(event: ClaimEvent): void {
    const { state, effects } = stepClaim(this.#state, event);
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: ClaimEffect): void {
    switch (effect) {
      case "decide":
        void this.#decide();
        break;
      case "watch":
        this.#watchOthers();
        break;
      case "stop-watching":
        clearTimeout(this.#timer);
        this.#watch.abort();
        break;
      case "open-stream":
        this.#listener.onGranted();
        break;
      case "close-stream":
        this.#listener.onTaken();
        break;
      case "tell":
        this.#listener.onRefused();
        break;
      case "give-back":
        this.#giveBack?.();
        break;
    }
  }

  async #decide(): Promise<void> {
    try {
      const signal = AbortSignal.timeout(DECISION_MS);
      await navigator.locks.request(this.#names.deciding, { signal }, () => this.#decideAlone());
    } catch (error) {
      if (!isTimeout(error)) this.#listener.onFailure(error);
      this.#dispatch("refused");
    }
  }

  /** While no other tab decides. */
  async #decideAlone(): Promise<void> {
    const { held = [] } = await navigator.locks.query();
    if (this.#state === "closed") return;
    this.#demand = this.#names.read(held);
    const choice = choose(this.#question, this.#demand);
    if (choice.kind === "wait") {
      this.#dispatch("refused");
      return;
    }
    if (choice.kind === "evict") await this.#evict(choice.question);
    await this.#take();
  }

  /** Ends when a question has no stream any more. */
  async #evict(question: string): Promise<void> {
    const name = this.#names.stream(question);
    this.#listener.onAsk(question);
    try {
      await navigator.locks.request(name, { signal: AbortSignal.timeout(ANSWER_MS) }, () => undefined);
    } catch (error) {
      if (!isTimeout(error)) throw error;
      await navigator.locks.request(name, { steal: true }, () => undefined);
    }
  }

  /** Ends when the stream's lock is held, or can't be. */
  #take(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#state === "closed") return Promise.resolve();
    // A tab that has lost the lead may still hold it.
    this.#giveBack = holdLock(
      this.#names.stream(this.#question),
      { steal: true },
      {
        onHeld: () => {
          resolve();
          this.#dispatch("granted");
        },
        onTaken: () => this.#dispatch("taken"),
        onEnd: resolve,
        onFailure: (error) => {
          this.#listener.onFailure(error);
          this.#dispatch("refused");
        },
      },
    );
    return promise;
  }

  /** Waits for the locks of the others, only to hear that one of them is free: also where its tab has crashed. */
  #watchOthers(): void {
    this.#watch = new AbortController();
    const waitMs = this.#isLookedAt ? RECONSIDER_MS : RECONSIDER_UNSEEN_MS;
    this.#timer = setTimeout(() => this.#dispatch("changed"), waitMs);
    if (!this.#isLookedAt) return;
    const { signal } = this.#watch;
    for (const other of this.#demand?.streaming ?? [])
      navigator.locks
        .request(this.#names.stream(other), { mode: "shared", signal }, () => this.#dispatch("changed"))
        .catch((error: unknown) => {
          if (!signal.aborted) this.#listener.onFailure(error);
        });
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === "TimeoutError";
}
