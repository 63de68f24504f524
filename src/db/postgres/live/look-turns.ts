/**
 * One look at a time: what is asked for while one is under way comes after it, once. In turns with it comes the
 * question whether transactions have ended, so that neither keeps the other waiting.
 */

/** Who waits for a look waits no longer. In ms. */
const LONGEST_WAIT_MS = 1000;

export interface LookTarget {
  look(): Promise<void>;
  /** Asks whether transactions have ended that hold rows back. */
  lookForEnds(): Promise<void>;
}

export class LookTurns implements Disposable {
  readonly #target: LookTarget;
  #isLooking = false;
  #isLookDue = false;
  #isEndDue = false;
  #isDisposed = false;
  #waiting: (() => void)[] = [];

  /** @param target of which neither function may throw */
  constructor(target: LookTarget) {
    this.#target = target;
  }

  /** Looks at once, or after what is under way. */
  look(): void {
    this.#isLookDue = true;
    this.#goOn();
  }

  /** The same, for the ends of transactions. */
  lookForEnds(): void {
    this.#isEndDue = true;
    this.#goOn();
  }

  /** The end of the next look that begins after this call, which the caller asks for; or of the longest wait. */
  async nextLook(): Promise<void> {
    const looked = Promise.withResolvers<void>();
    this.#waiting.push(looked.resolve);
    const timer = setTimeout(looked.resolve, LONGEST_WAIT_MS);
    await looked.promise;
    clearTimeout(timer);
  }

  /** What is under way ends by itself, and nothing comes after it. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
  }

  #goOn(): void {
    if (!this.#isLooking) void this.#lookWhileDue();
  }

  async #lookWhileDue(): Promise<void> {
    this.#isLooking = true;
    while ((this.#isLookDue || this.#isEndDue) && !this.#isDisposed) {
      if (this.#isLookDue) {
        this.#isLookDue = false;
        const answered = this.#waiting;
        this.#waiting = [];
        await this.#target.look();
        for (const resolve of answered) resolve();
      }
      // In turns: where commits are noticed without a pause, gaps are settled all the same.
      if (this.#isEndDue) {
        this.#isEndDue = false;
        await this.#target.lookForEnds();
      }
    }
    this.#isLooking = false;
  }
}
