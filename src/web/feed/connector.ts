/** Carries out what `connection.ts` decides: opens and closes the stream, waits for the next try, asks for rows. */
import type { SharedStreamListener } from "../stream/shared-stream-listener.ts";
import { canShare, SharedStream } from "../stream/shared-stream.ts";
import { type OpenStream, Stream } from "../stream/stream.ts";
import { type ConnectionEvent, type ConnectionState, type Effect, OPENING, step } from "./connection.ts";

interface Options {
  readonly listener: SharedStreamListener;
  /** What the stream is asked for. */
  readonly question: () => string;
  /** False where the rows have to be loaded before a stream can be opened. */
  readonly hasRows: () => boolean;
  readonly load: () => void;
  readonly refresh: () => void;
  /** After each step, before its effects are carried out. */
  readonly onState: (state: ConnectionState) => void;
}

export class Connector {
  readonly #options: Options;
  #state = OPENING.state;
  #stream: OpenStream | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The page begins. */
  open(): void {
    for (const effect of OPENING.effects) this.#carryOut(effect);
  }

  /** Something has happened to the connection. */
  dispatch(event: ConnectionEvent): void {
    const next = step(this.#state, event, {
      nowMs: performance.now(),
      random: Math.random(),
      canStream: typeof EventSource === "function",
      hasRows: this.#options.hasRows(),
    });
    this.#state = next.state;
    this.#options.onState(next.state);
    for (const effect of next.effects) this.#carryOut(effect);
  }

  /** A stream from which nothing was heard for too long is lost. @returns whether it was */
  dropSilentStream(): boolean {
    if (this.#stream?.isSilent !== true) return false;
    this.dispatch("lost");
    return true;
  }

  #carryOut(effect: Effect): void {
    const { listener, question, load, refresh } = this.#options;
    switch (effect) {
      case "cancel-timer":
        clearTimeout(this.#timer);
        break;
      case "start-timer":
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.dispatch("start"), this.#nextTryAt() - performance.now());
        break;
      case "close-stream":
        this.#stream?.close();
        this.#stream = undefined;
        break;
      case "open-stream":
        this.#stream = canShare()
          ? new SharedStream(listener, question())
          : new Stream(listener.position(), listener, question());
        break;
      case "load":
        load();
        break;
      case "refresh":
        refresh();
        break;
    }
  }

  #nextTryAt(): number {
    const state = this.#state;
    if (state.name === "polling") return state.retryAtMs;
    return state.name === "pausing" ? state.resumeAtMs : performance.now();
  }
}
