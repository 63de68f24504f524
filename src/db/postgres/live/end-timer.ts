/** Says when it is time to ask again whether transactions have ended that hold rows back. */

const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 50;

/** A pause is so much of the wait until then: what it adds to the wait is small, and many questions are few a second. */
const SHARE_OF_WAIT = 1 / 16;

/** @param waitedMs how long nothing has ended @returns the pause, in ms */
export function pauseAfter(waitedMs: number): number {
  return Math.min(Math.max(waitedMs * SHARE_OF_WAIT, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
}

export class EndTimer implements Disposable {
  readonly #ask: () => void;
  #timer: Timer | undefined;
  #waitsSinceMs: number | undefined;

  constructor(ask: () => void) {
    this.#ask = ask;
  }

  /** Something has ended, or nothing is waited for: the next pauses are short again. */
  quicken(): void {
    this.#waitsSinceMs = undefined;
  }

  /** Plans the next question. */
  plan(): void {
    if (this.#timer !== undefined) return;
    const nowMs = performance.now();
    this.#waitsSinceMs ??= nowMs;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#ask();
      },
      pauseAfter(nowMs - this.#waitsSinceMs),
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  [Symbol.dispose](): void {
    this.stop();
  }
}
