/**
 * Lets views rest that take long to make. SQLite makes a view in one piece, which can't be divided into slices: it holds
 * up other long reads, and in the rollback modes the writers. So it may take a twentieth of the time.
 */

/** A view that takes no longer may be read at any time. In ms. */
const SHORT_MS = 50;

/** How many times as long as it took it rests, and at most how long. */
const REST_FACTOR = 20;
const LONGEST_REST_MS = 60_000;

export class ViewRest {
  readonly #now: () => number;
  readonly #restsUntilMs = new Map<string, number>();

  /** @param now milliseconds of a clock that never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** To be called when a view was read. */
  note(name: string, tookMs: number): void {
    if (tookMs > SHORT_MS)
      this.#restsUntilMs.set(name, this.#now() + Math.min(tookMs * REST_FACTOR, LONGEST_REST_MS));
  }

  /** How long it still rests; 0 where it may be read. In ms. */
  restMs(name: string): number {
    const restMs = (this.#restsUntilMs.get(name) ?? 0) - this.#now();
    if (restMs <= 0) this.#restsUntilMs.delete(name);
    return Math.max(0, restMs);
  }
}
