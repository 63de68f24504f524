/** Goes through the ids of a table in windows that each take a few milliseconds, and reads what matches. */
import type { EventId, PageLimits } from "../../events.ts";
import type { Sql } from "../../query/sql.ts";
import type { Direction, IdWindow } from "./matching-rows.ts";
import type { RowsRead } from "./page-rows.ts";
import type { EventReader } from "./reader.ts";

/** Rows in the first window: they may be large. */
const FIRST_ROWS = 256;
const FEWEST_ROWS = 16;

/**
 * Rows in the largest window: about 4 ms where a word is looked for in six columns. Where rows suddenly become a
 * hundred times larger, one window takes as many times longer.
 */
export const MOST_ROWS = 4096;

/** A window of a view may be read as a whole at each try, so that small ones would never end. In ms. */
const SLOW_VIEW_MS = 20;

export interface ScanOptions {
  readonly direction: Direction;
  readonly lowest: EventId;
  readonly highest: EventId;
  /** How long a window should take. In ms. */
  readonly sliceMs: number;
  /** Rows of the largest window, where that should be smaller. */
  readonly mostRows?: number;
}

/** dense: a window is so many ids → (they hold few rows) → sparse: a window is so many rows, which are counted. */
type Density = "dense" | "sparse";

export class Scan {
  readonly #reader: EventReader;
  readonly #options: ScanOptions;
  #lowest: EventId;
  #highest: EventId;
  #rows = FIRST_ROWS;
  #density: Density = "dense";
  #isDone: boolean;
  #scannedTo: EventId | undefined;
  /** The far end of a window that was not read to its end: to find it anew would count its rows again. */
  #cutEnd: EventId | undefined;

  constructor(reader: EventReader, options: ScanOptions) {
    this.#reader = reader;
    this.#options = options;
    this.#lowest = options.lowest;
    this.#highest = options.highest;
    this.#isDone = options.lowest > options.highest;
  }

  /** Whether it goes through this table, as far as its newest id. */
  isOf(reader: EventReader, highest: EventId): boolean {
    return this.#reader === reader && this.#highest === highest;
  }

  /** Whether every id was looked at. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** The last id that was looked at, in the order of the scan; undefined before the first window. */
  get scannedTo(): EventId | undefined {
    return this.#scannedTo;
  }

  /**
   * Reads one window with whatever reads it, in one read transaction.
   * @param read returns how far it came, where it stopped before the end of the window
   */
  next(read: (window: IdWindow) => { readonly stoppedAt: EventId | undefined }): void {
    const startedAtMs = performance.now();
    const [window, stoppedAt] = this.#reader.inReadTransaction(() => {
      const found = this.#window();
      return [found, read(found).stoppedAt];
    });
    this.#advance(stoppedAt === undefined ? window : cutAt(window, stoppedAt));
    this.#adapt(performance.now() - startedAtMs, stoppedAt === undefined ? undefined : farEnd(window));
  }

  /** Reads the matching rows of one window. @param nowMs what "now" is in the condition */
  nextRows(condition: Sql, limits: PageLimits, nowMs: number): RowsRead {
    let page: RowsRead = { columns: [], rows: [], hasMore: false, bytes: 0 };
    this.next((window) => {
      page = this.#reader.readMatching(condition, window, limits, nowMs);
      return { stoppedAt: page.hasMore ? page.rows.at(-1)?.id : undefined };
    });
    return page;
  }

  #window(): IdWindow {
    const { direction } = this.#options;
    const isUp = direction === "ascending";
    const [lowest, highest] = [this.#lowest, this.#highest];
    if (this.#cutEnd !== undefined)
      return isUp
        ? { direction, lowest, highest: this.#cutEnd }
        : { direction, lowest: this.#cutEnd, highest };
    if (this.#density === "sparse") {
      const last = this.#reader.matching().idFurther(isUp ? lowest : highest, direction, this.#rows);
      if (last === undefined) return { direction, lowest, highest };
      return isUp
        ? { direction, lowest, highest: min(last, highest) }
        : { direction, lowest: max(last, lowest), highest };
    }
    const span = BigInt(this.#rows) - 1n;
    return isUp
      ? { direction, lowest, highest: min(lowest + span, highest) }
      : { direction, lowest: max(highest - span, lowest), highest };
  }

  #advance({ lowest, highest }: IdWindow): void {
    if (this.#options.direction === "ascending") {
      this.#scannedTo = highest;
      this.#isDone = highest >= this.#highest;
      this.#lowest = highest + 1n;
    } else {
      this.#scannedTo = lowest;
      this.#isDone = lowest <= this.#lowest;
      this.#highest = lowest - 1n;
    }
  }

  /** @param cutEnd of a window that was not read to its end: it does not tell how long a larger one would take */
  #adapt(tookMs: number, cutEnd: EventId | undefined): void {
    const { sliceMs } = this.#options;
    this.#cutEnd = tookMs > sliceMs ? undefined : cutEnd;
    if (this.#reader.table.kind === "view" && tookMs > SLOW_VIEW_MS) {
      this.#density = "sparse";
      this.#rows *= 8;
      return;
    }
    if (tookMs > sliceMs) {
      this.#rows = Math.max(FEWEST_ROWS, Math.floor((this.#rows * sliceMs) / tookMs));
    } else if (tookMs < sliceMs / 2 && cutEnd === undefined) {
      const mostRows = this.#options.mostRows ?? MOST_ROWS;
      // So many ids hold few rows: from now on rows are counted, however far apart they are.
      if (this.#rows >= mostRows) this.#density = "sparse";
      else this.#rows = Math.min(mostRows, this.#rows * 2);
    }
  }
}

function cutAt({ direction, lowest, highest }: IdWindow, id: EventId): IdWindow {
  return direction === "ascending" ? { direction, lowest, highest: id } : { direction, lowest: id, highest };
}

function farEnd({ direction, lowest, highest }: IdWindow): EventId {
  return direction === "ascending" ? highest : lowest;
}

const min = (a: EventId, b: EventId): EventId => (a < b ? a : b);
const max = (a: EventId, b: EventId): EventId => (a > b ? a : b);
