/** One long read, as who asked for it sees it: an answer, and the pieces that come after it. */
import type { Answer } from "./protocol.ts";

export interface CallTarget {
  /** The client takes another piece. */
  readonly pull: () => void;
  /** The client has left. */
  readonly cancel: () => void;
}

/** asked → answered → ended: done, failed, or cancelled. */
type CallState = "asked" | "answered" | "ended";

/** It is the source of the stream of its own pieces. */
export class Call implements UnderlyingDefaultSource<Uint8Array> {
  readonly #target: CallTarget;
  readonly #answer = Promise.withResolvers<Answer>();
  readonly #signal: AbortSignal;
  readonly #onAbort = (): void => this.cancel();
  /** Pieces that came before the client wanted them: as many as the worker may send ahead. */
  readonly #ahead: Uint8Array<ArrayBuffer>[] = [];
  #state: CallState = "asked";
  #failure: Error | undefined;
  /** Lets a pull end that waits for a piece. */
  #onNews: (() => void) | undefined;

  /** @param signal ends it */
  constructor(target: CallTarget, signal: AbortSignal) {
    this.#target = target;
    this.#signal = signal;
    signal.addEventListener("abort", this.#onAbort);
    // Where it fails after its answer, the stream tells.
    this.#answer.promise.catch(() => {});
  }

  get answer(): Promise<Answer> {
    return this.#answer.promise;
  }

  hearAnswer(answer: Answer): void {
    if (this.#state !== "asked") return;
    this.#state = "answered";
    this.#answer.resolve(answer);
  }

  hearPiece(bytes: Uint8Array<ArrayBuffer>): void {
    this.#ahead.push(bytes);
    this.#onNews?.();
  }

  hearDone(): void {
    this.#end(undefined);
  }

  hearFailure(error: Error): void {
    this.#end(error);
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    if (this.#ahead.length === 0 && this.#state !== "ended")
      await new Promise<void>((resolve) => (this.#onNews = resolve));
    this.#onNews = undefined;
    const piece = this.#ahead.shift();
    if (piece !== undefined) {
      controller.enqueue(piece);
      if (this.#state !== "ended") this.#target.pull();
    } else if (this.#failure !== undefined) controller.error(this.#failure);
    else controller.close();
  }

  cancel(): void {
    if (this.#state === "ended") return;
    this.#target.cancel();
    this.#ahead.length = 0;
    this.#end(new Error("reading for a client: it has left"));
  }

  #end(failure: Error | undefined): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#failure = failure;
    this.#signal.removeEventListener("abort", this.#onAbort);
    if (failure !== undefined) this.#answer.reject(failure);
    this.#onNews?.();
  }
}
