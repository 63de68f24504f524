/**
 * Keeps looks apart that take long. A look at a table takes a fraction of a millisecond; a view may be one that SQLite has
 * to work out as a whole each time, and while it does, nothing else of the process goes on.
 */

import type { Problem } from "../problem.ts";
import { nameInSentence } from "./query-view.ts";

/** Far more than a busy machine makes of a look at a table. In ms. */
export const SLOW_LOOK_MS = 200;

/** A single one may have met a machine that stood still. */
const SLOW_LOOKS = 2;

/** So many times as long as the look took there is none after it: at most a tenth of the time goes to looks. */
const REST_FACTOR = 9;

/** Nobody waits longer for an event. In ms. */
const MAX_REST_MS = 60_000;

export class LookPace {
  #slowCount = 0;
  #lastMs = 0;
  #restUntilMs = -Infinity;

  /**
   * @param tookMs how long a look took
   * @param nowMs the time of performance.now()
   */
  note(tookMs: number, nowMs: number): void {
    this.#slowCount = tookMs >= SLOW_LOOK_MS ? this.#slowCount + 1 : 0;
    this.#lastMs = tookMs;
    if (this.slowMs !== undefined) this.#restUntilMs = nowMs + Math.min(REST_FACTOR * tookMs, MAX_REST_MS);
  }

  isResting(nowMs: number): boolean {
    return this.slowMs !== undefined && nowMs < this.#restUntilMs;
  }

  /** How long a look takes, where that is too long. */
  get slowMs(): number | undefined {
    return this.#slowCount >= SLOW_LOOKS ? this.#lastMs : undefined;
  }
}

/** @param tookMs how long the last look took */
export function explainSlow(table: string, tookMs: number): Problem {
  return {
    state: "tailing",
    // Always the same words, because a change of them is news.
    problem: `To look for new events in ${nameInSentence(table)} takes so long that everything else waits for it.`,
    advice: `The last look took ${(tookMs / 1000).toFixed(1)} s, as it does where a view has GROUP BY, DISTINCT or a window function, and is made of all its rows. Follow a view that selects rows of one table with an index on their id, or a table that a trigger fills.`,
    outlook: "Until then Tailboard looks seldom, so that events come late.",
  };
}
