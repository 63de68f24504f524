/** Tries again, in growing pauses. */

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

export class Backoff implements Disposable {
  readonly #retry: () => void;
  #timer: Timer | undefined;
  #pauseMs = FIRST_PAUSE_MS;

  constructor(retry: () => void) {
    this.#retry = retry;
  }

  /** Plans a try after the next pause, unless one is planned. */
  schedule(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#retry();
    }, this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }

  /** To be called at success: the next failure begins with the shortest pause. */
  reset(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#pauseMs = FIRST_PAUSE_MS;
  }

  [Symbol.dispose](): void {
    this.reset();
  }
}
