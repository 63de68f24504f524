/** Counts that are kept, so that the next answer to a question goes on from them. */
import type { EventId } from "../events.ts";
import type { Counted } from "./counted.ts";

/** New rows that are counted on top of what was counted; with more it begins anew from the newest. */
const MOST_NEW_IDS = 50_000n;

/** Questions whose counts are kept, the one that was asked for longest ago goes first. */
const KEPT_COUNTS = 16;

export class KeptCounts {
  readonly #kept = new Map<string, Counted>();

  /**
   * What is known for a question, or a new beginning below the newest row. It is nobody else's until it is kept again:
   * two that count at the same time would count the same rows.
   * @param key of the question; undefined where nothing is kept for it
   * @param highest the newest id
   */
  take(key: string | undefined, highest: EventId): Counted {
    const known = key === undefined ? undefined : this.#kept.get(key);
    if (key !== undefined) this.#kept.delete(key);
    const isUsable =
      known !== undefined && known.highest <= highest && highest - known.highest <= MOST_NEW_IDS;
    return isUsable
      ? known
      : { buckets: new Map(), lowest: highest + 1n, highest, oldestMs: Infinity, values: 0 };
  }

  keep(key: string, counted: Counted): void {
    this.#kept.delete(key);
    this.#kept.set(key, counted);
    for (const [oldest] of this.#kept) {
      if (this.#kept.size <= KEPT_COUNTS) break;
      this.#kept.delete(oldest);
    }
  }
}
