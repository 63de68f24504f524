/**
 * Pages of a followed table. None goes beyond the newest id that was seen: a subscriber that is ahead of the landmarks
 * would miss that the row under its cursor has become another one.
 */
import type { EventId, LogPosition, Page, PageLimits } from "../../events.ts";
import type { Connection } from "./connection.ts";
import type { FilteredRows } from "./filtered-rows.ts";
import type { EventReader } from "./reader.ts";
import { RecentCommits } from "./recent-commits.ts";
import type { StreamFilter } from "./stream-filter.ts";
import type { Batch } from "./stream-filters.ts";

export class LogPages {
  readonly recent: RecentCommits;
  readonly #connection: Connection;
  readonly #reader: EventReader;
  readonly #filtered: FilteredRows;
  readonly #position: () => LogPosition;

  /** @param position where the log stands */
  constructor(
    connection: Connection,
    reader: EventReader,
    filtered: FilteredRows,
    position: () => LogPosition,
  ) {
    this.#connection = connection;
    this.#reader = reader;
    this.#filtered = filtered;
    this.#position = position;
    this.recent = new RecentCommits(position().latestId);
  }

  /** To be called when rows may have changed. */
  forgetMatches(): void {
    this.#filtered.forget();
  }

  /** A page without rows: the end of the log. */
  get end(): Page {
    return { log: this.#position().log, columns: [], rows: [], hasMore: false };
  }

  /** The rows after a cursor. */
  after(cursor: EventId, limits: PageLimits): Page {
    return this.#read(() => {
      const { log, latestId } = this.#position();
      const page = { log, ...this.#reader.readAfter(cursor, latestId, limits) };
      const firstId = page.rows[0]?.id;
      if (firstId === undefined || firstId === cursor + 1n || this.recent.isLive(cursor)) return page;
      // Ids have gaps of their own. Rows were deleted at the old end where not even the cursor's own row is left.
      const oldestId = this.#reader.oldestId();
      return oldestId !== undefined && oldestId > cursor && cursor !== 0n ? { ...page, oldestId } : page;
    });
  }

  /**
   * The rows after a cursor that match, oldest first. Where they may be many, one window of ids is looked at, and the
   * page says how far it came.
   * @throws QuestionError where the table can't answer the question
   */
  matching(cursor: EventId, limits: PageLimits, filter: StreamFilter, batch: Batch): Page {
    const { log, latestId } = this.#position();
    const read = { filter, batch, cursor, latestId, isRecent: this.recent.isRecent(cursor, latestId) };
    const known = this.#filtered.known(read);
    return { log, ...(known ?? this.#read(() => this.#filtered.read(read, limits))) };
  }

  /** @throws QuestionError where the table can't answer the question */
  check(filter: StreamFilter): void {
    this.#read(() => this.#filtered.check(filter));
  }

  #read<T>(read: () => T): T {
    this.#connection.assertReadable();
    return this.#reader.inReadTransaction(read);
  }
}
