/** How many rows come in a second, so that what a reader can't follow is drawn with less trouble. */

const WINDOW_MS = 1000;

export class ArrivalRate {
  /** The rows of this second, which has begun at `at`, and of the one before. */
  #window = { at: -Infinity, count: 0, before: 0 };

  /**
   * @param count of rows that have come since the last call
   * @param nowMs of whatever beginning
   * @returns the rows of this second or of the one before, whichever had more
   */
  note(count: number, nowMs: number): number {
    const passed = Math.floor((nowMs - this.#window.at) / WINDOW_MS);
    if (passed > 0) this.#window = { at: nowMs, count: 0, before: passed === 1 ? this.#window.count : 0 };
    this.#window.count += count;
    return Math.max(this.#window.count, this.#window.before);
  }
}
