/** Pages of a followed table: the newest at once, others by a read of their own. None goes beyond the watermark. */
import type { EventId, EventRow, LogPosition, Page, PageLimits } from "../../../events.ts";
import type { Client } from "./client.ts";
import { Matching } from "./matching.ts";
import type { AskedTable, StreamQuestion } from "./questions.ts";
import { RecentRows } from "./recent-rows.ts";
import { RowQueries } from "./row-queries.ts";
import { TableQueries } from "./table-queries.ts";

export class LogPages {
  readonly recent: RecentRows;
  readonly #rows: RowQueries;
  readonly #matching: Matching;
  readonly #position: () => LogPosition;

  /**
   * @param client whose connections are for pages alone: a long replay does not keep the looks waiting
   * @param position where the log stands
   */
  constructor(client: Client, asked: AskedTable, position: () => LogPosition) {
    this.#rows = new RowQueries(client, asked.shape);
    this.#matching = new Matching(client, this.#rows, new TableQueries(client, asked.shape), asked);
    this.#position = position;
    this.recent = new RecentRows(position().latestId);
  }

  /** To be called when rows may have changed. */
  forgetMatches(): void {
    this.#matching.forget();
  }

  /** The rows after a cursor: at once where they came with the last commits. */
  after(cursor: EventId, limits: PageLimits): Page | Promise<Page> {
    const { latestId } = this.#position();
    if (cursor >= latestId) return this.#page([], false);
    const recent = this.recent.after(cursor, limits);
    return recent === undefined ? this.#read(cursor, limits) : this.#page(recent.rows, recent.hasMore);
  }

  /**
   * The same, of the rows that match a question; the page says how far it came.
   * @param all the questions that streams ask just now
   * @throws QuestionError where the table can't answer it, or what the client throws
   */
  async matching(
    cursor: EventId,
    limits: PageLimits,
    asked: StreamQuestion,
    all: readonly StreamQuestion[],
  ): Promise<Page> {
    const range = { after: cursor, upTo: this.#position().latestId };
    // A page that is read while the log is reset bears the name from before.
    const end = { ...this.#page([], false), scannedTo: range.upTo };
    if (cursor >= range.upTo) return end;
    const recent = this.recent.after(cursor, limits);
    if (recent !== undefined && !recent.hasMore)
      return { ...end, rows: await this.#matching.ofNew(recent.rows, range, asked, all) };
    const gap = this.#gapAfter(cursor);
    const found = await this.#matching.ofWindow(range, asked, limits);
    return { ...end, ...found, ...gap };
  }

  async #read(cursor: EventId, limits: PageLimits): Promise<Page> {
    const page = { ...this.#page([], false), ...this.#gapAfter(cursor) };
    const { rows, hasMore } = await this.#rows.after(cursor, this.#position().latestId, limits);
    return { ...page, rows, hasMore };
  }

  #page(rows: readonly EventRow[], hasMore: boolean): Page {
    return { log: this.#position().log, columns: this.#rows.columns, rows, hasMore };
  }

  /** Set where rows after a cursor were deleted at the old end of the log. */
  #gapAfter(cursor: EventId): Pick<Page, "oldestId"> {
    const { startId } = this.#position();
    return cursor < startId && cursor !== 0n ? { oldestId: startId + 1n } : {};
  }
}
