/** The rows of a followed table that match the questions of streams. */
import type { EventId, Page, PageLimits } from "../../events.ts";
import type { Reading } from "../reading.ts";
import type { TableReading } from "./asked.ts";
import { LiveMatches } from "./live-matches.ts";
import type { EventReader } from "./reader.ts";
import type { RoleWatch } from "./role-watch.ts";
import { Scan } from "./scan.ts";
import type { StreamFilter } from "./stream-filter.ts";
import type { Batch } from "./stream-filters.ts";

/** One window of a replay with a question: a page takes as long. In ms. */
const SCAN_SLICE_MS = 1.5;

/** Its rows may all be large. */
const SCAN_MOST_ROWS = 1024;

/** Replays with one question whose pace is remembered. */
const KEPT_SCANS = 16;

/** What is read for a stream: the rows after its cursor that match its question. */
export interface FilteredRead {
  readonly filter: StreamFilter;
  /** The questions that are looked at together with it. */
  readonly batch: Batch;
  readonly cursor: EventId;
  readonly latestId: EventId;
  /** The rows after the cursor came with the last commits. */
  readonly isRecent: boolean;
}

export class FilteredRows {
  readonly #reader: EventReader;
  readonly #roles: RoleWatch;
  readonly #settings: Pick<Reading, "zone" | "labels">;
  readonly #liveMatches = new LiveMatches();
  #reading: TableReading | undefined;

  constructor(reader: EventReader, roles: RoleWatch, settings: Pick<Reading, "zone" | "labels">) {
    this.#reader = reader;
    this.#roles = roles;
    this.#settings = settings;
  }

  /** To be called in a read transaction. @throws QuestionError where the table can't answer it */
  check(filter: StreamFilter): void {
    filter.condition(this.#reader.queries(), this.#currentReading());
  }

  /** To be called when rows may have changed. */
  forget(): void {
    this.#liveMatches.forget();
  }

  /** What was found when another question of the batch was asked: nearly always there. Reads nothing. */
  known({ filter, batch, cursor, latestId }: FilteredRead): Omit<Page, "log"> | undefined {
    const live = this.#liveMatches.known(filter, batch, { after: cursor, upTo: latestId });
    return live === undefined ? undefined : { ...live, hasMore: false, scannedTo: latestId };
  }

  /**
   * Looks at the newest rows for the whole batch, or at one window of ids for a replay. To be called in a read
   * transaction.
   * @throws QuestionError where the table can't answer it
   */
  read({ filter, batch, cursor, latestId, isRecent }: FilteredRead, limits: PageLimits): Omit<Page, "log"> {
    const reading = this.#currentReading();
    const condition = filter.condition(this.#reader.queries(), reading);
    const range = { after: cursor, upTo: latestId };
    const live = isRecent ? this.#liveMatches.find(this.#reader, reading, filter, batch, range) : undefined;
    if (live !== undefined) return { ...live, hasMore: false, scannedTo: latestId };
    const oldestId = this.#reader.oldestId();
    if (oldestId === undefined) return { columns: [], rows: [], hasMore: false, scannedTo: latestId };
    const scan = this.#scanFrom(cursor < oldestId ? oldestId : cursor + 1n, latestId, filter);
    const { columns, rows } = scan.nextRows(condition, limits, Date.now());
    const scannedTo = scan.scannedTo ?? latestId;
    if (!scan.isDone) filter.scans.set(scannedTo, scan);
    const isGap = oldestId > cursor && cursor !== 0n && !isRecent;
    return { columns, rows, hasMore: !scan.isDone, scannedTo, ...(isGap ? { oldestId } : {}) };
  }

  /** Goes on where a replay with this question stands, or begins. */
  #scanFrom(lowest: EventId, latestId: EventId, filter: StreamFilter): Scan {
    const known = filter.scans.get(lowest - 1n);
    filter.scans.delete(lowest - 1n);
    if (known?.isOf(this.#reader, latestId) === true) return known;
    // Of replays that were left in the middle.
    if (filter.scans.size >= KEPT_SCANS) filter.scans.clear();
    return new Scan(this.#reader, {
      direction: "ascending",
      lowest,
      highest: latestId,
      sliceMs: SCAN_SLICE_MS,
      mostRows: SCAN_MOST_ROWS,
    });
  }

  /** The same object as long as nothing has changed, so that questions need not be compiled again. */
  #currentReading(): TableReading {
    const { readings: roles, times } = this.#roles;
    if (this.#reading?.roles !== roles || this.#reading.times !== times)
      this.#reading = { roles, times, ...this.#settings };
    return this.#reading;
  }
}
