/** When the table is looked at again while rows wait for transactions that have not ended. */

const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 50;

export class Pace implements Disposable {
  readonly #look: () => void;
  #timer: Timer | undefined;
  #pauseMs = FIRST_PAUSE_MS;

  constructor(look: () => void) {
    this.#look = look;
  }

  /** Something has happened: the next looks come quickly again. */
  quicken(): void {
    this.#pauseMs = FIRST_PAUSE_MS;
  }

  /** Plans the next look. */
  plan(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#look();
    }, this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  [Symbol.dispose](): void {
    this.stop();
  }
}
