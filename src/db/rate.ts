/** Counts what happens, over the last seconds. */

const WINDOW_SECONDS = 10;

export class Rate {
  readonly #counts = Array.from({ length: WINDOW_SECONDS }, () => 0);
  readonly #now: () => number;
  #second: number;

  /** @param now the time in milliseconds, from any origin */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#second = this.#currentSecond();
  }

  add(count: number): void {
    this.#turn();
    const slot = this.#second % WINDOW_SECONDS;
    this.#counts[slot] = (this.#counts[slot] ?? 0) + count;
  }

  /** Events per second, the second that is under way among them. */
  perSecond(): number {
    this.#turn();
    return this.#counts.reduce((sum, count) => sum + count, 0) / WINDOW_SECONDS;
  }

  /** Clears the seconds that have passed since the last call. */
  #turn(): void {
    const second = this.#currentSecond();
    for (let passed = Math.max(this.#second + 1, second - WINDOW_SECONDS + 1); passed <= second; passed++) {
      this.#counts[passed % WINDOW_SECONDS] = 0;
    }
    this.#second = second;
  }

  #currentSecond(): number {
    return Math.floor(this.#now() / 1000);
  }
}
