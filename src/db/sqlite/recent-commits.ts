/** The last commits with new rows, by which it is known who follows live. */
import type { EventId } from "../../events.ts";

/** A stream with a question that is no further behind is served together with the others. */
const RECENT_COMMITS = 16;

export class RecentCommits {
  /** The newest id before the rows that were found last. */
  #latestIdBefore: EventId;
  /** The newest ids before each of the last commits, the oldest first. */
  #idsBefore: readonly EventId[] = [];

  constructor(latestId: EventId) {
    this.#latestIdBefore = latestId;
  }

  /** @param before the newest id before its rows */
  add(before: EventId): void {
    this.#latestIdBefore = before;
    this.#idsBefore = [...this.#idsBefore, before].slice(-RECENT_COMMITS);
  }

  /** Begins anew: who has this id follows live. */
  clear(id: EventId): void {
    this.#latestIdBefore = id;
    this.#idsBefore = [];
  }

  /** Whether who has this cursor follows live: its next page holds what came with the last commit. */
  isLive(cursor: EventId): boolean {
    return cursor >= this.#latestIdBefore;
  }

  /** Whether the rows after a cursor came with the last few commits. */
  isRecent(cursor: EventId, latestId: EventId): boolean {
    return cursor >= (this.#idsBefore[0] ?? latestId);
  }
}
