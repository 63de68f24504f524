/** The questions that streams ask just now, in batches that one statement answers. */
import { printQuestion } from "../../query/print.ts";
import type { Question } from "../../question.ts";
import { StreamFilter } from "./stream-filter.ts";

/** Questions that one statement answers: with more, preparing it takes longer than a page. */
export const BATCH_SIZE = 32;

export interface Batch {
  readonly filters: Set<StreamFilter>;
  /** Counts the questions that came and went. */
  version: number;
}

export class StreamFilters {
  readonly #byKey = new Map<string, StreamFilter>();
  readonly #batches = new Map<StreamFilter, Batch>();

  /** The filter of a question, the same for all who ask it. */
  use(question: Question): StreamFilter {
    const key = printQuestion(question);
    let filter = this.#byKey.get(key);
    if (filter === undefined) {
      const made = new StreamFilter(question, () => this.#remove(made));
      filter = made;
      this.#byKey.set(key, filter);
      this.#join(filter);
    }
    filter.use();
    return filter;
  }

  /** Those whose condition is looked at together with this one's. */
  batchOf(filter: StreamFilter): Batch {
    return this.#batches.get(filter) ?? { filters: new Set([filter]), version: 0 };
  }

  #join(filter: StreamFilter): void {
    const open = new Set(this.#batches.values()).values().find(({ filters }) => filters.size < BATCH_SIZE);
    const batch = open ?? { filters: new Set(), version: 0 };
    batch.filters.add(filter);
    batch.version++;
    this.#batches.set(filter, batch);
  }

  #remove(filter: StreamFilter): void {
    this.#byKey.delete(filter.key);
    const batch = this.#batches.get(filter);
    if (batch !== undefined) {
      batch.filters.delete(filter);
      batch.version++;
    }
    this.#batches.delete(filter);
  }
}
