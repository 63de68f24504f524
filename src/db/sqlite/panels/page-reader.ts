/** Reads a page of a table beside the log, a window of rows at a time. */
import type { Database } from "bun:sqlite";

import type { PageLimits } from "../../../events.ts";
import { type Sql, sql } from "../../../query/sql.ts";
import { encodeCursor, type Place } from "../../panels/cursor.ts";
import type { DescribedPanel } from "./described.ts";
import { type PanelOrder, rangesAfter } from "./order.ts";
import { OrderedPlaces } from "./ordered-places.ts";
import { PanelRows, viewRow } from "./panel-rows.ts";

/** Rows that are looked at in a window where not all match: at first, at least, and at most. */
const FIRST_ROWS = 256;
const FEWEST_ROWS = 16;
const MOST_ROWS = 4096;

export interface PageQuestion {
  readonly panel: DescribedPanel;
  readonly order: PanelOrder;
  readonly condition: Sql;
  readonly place: Place | undefined;
  readonly limits: PageLimits;
  /** What "now" is in the condition, in ms since 1970. */
  readonly nowMs: number;
}

export interface PageRows {
  /** As JSON. */
  readonly rows: readonly string[];
  readonly next: string | null;
  readonly hasMore: boolean;
}

export class PageReader {
  readonly #database: Database;
  readonly #question: PageQuestion;
  readonly #places: OrderedPlaces;
  readonly #rows: string[] = [];
  #bytes = 0;
  /** The last row that the page has come to. */
  #last: Place | undefined;
  #window: number;
  /** Whether there are more rows; undefined until that is known, and the page goes on. */
  #hasMore: boolean | undefined;

  constructor(database: Database, question: PageQuestion) {
    this.#database = database;
    this.#question = question;
    const { panel, place, condition, limits } = question;
    this.#places = new OrderedPlaces(database, panel.shape, question, place);
    this.#last = place;
    // One more tells whether there are more.
    this.#window = condition.text === sql`TRUE`.text ? limits.rows + 1 : FIRST_ROWS;
  }

  get isDone(): boolean {
    return this.#hasMore !== undefined;
  }

  /** Reads one window. To be called in a read transaction. @param sliceMs how long it should take */
  step(sliceMs: number): void {
    const startedAtMs = performance.now();
    if (this.#question.panel.shape.unique.length === 0) this.#readFirst();
    else this.#readWindow();
    const tookMs = performance.now() - startedAtMs;
    if (tookMs > sliceMs) this.#window = Math.max(FEWEST_ROWS, Math.floor((this.#window * sliceMs) / tookMs));
    else if (tookMs < sliceMs / 2) this.#window = Math.min(MOST_ROWS, this.#window * 2);
  }

  /** What was read so far. */
  page(): PageRows {
    const { order, panel } = this.#question;
    const hasMore = this.#hasMore ?? true;
    // Nothing tells the rows of a view apart, so that no page goes on where another one ended.
    const last = panel.shape.unique.length > 0 ? this.#last : undefined;
    const next = hasMore && last !== undefined ? encodeCursor(order.text ?? "", last) : undefined;
    return { rows: this.#rows, next: next ?? null, hasMore };
  }

  #readWindow(): void {
    const { panel, limits } = this.#question;
    const seen = this.#places.next(this.#window);
    const matching = seen.filter(({ isMatch }) => isMatch).map(({ place }) => place);
    const left = limits.rows - this.#rows.length;
    const taken = matching.slice(0, left);
    using reader = new PanelRows(this.#database, panel);
    const { rows, isCut } = reader.at(taken, limits.bytes - this.#bytes);
    this.#add(rows);
    if (isCut || matching.length > left) {
      this.#last = taken[rows.length - 1] ?? this.#last;
      this.#hasMore = true;
      return;
    }
    // Rows that do not match are behind the page, too.
    this.#last = seen.at(-1)?.place ?? this.#last;
    if (this.#places.isDone) this.#hasMore = false;
  }

  /** The first rows that match, in the order of the database or sorted. */
  #readFirst(): void {
    const { panel, order, condition, limits, nowMs } = this.#question;
    using reader = new PanelRows(this.#database, panel, viewRow(limits.rows + 1));
    const orderBy = rangesAfter(order, undefined).find((range) => range.orderBy.text !== "")?.orderBy;
    const wanted = { rows: limits.rows + 1, bytes: limits.bytes };
    const { rows, isCut } = reader.first(condition, orderBy, wanted, nowMs);
    this.#add(rows.slice(0, limits.rows));
    this.#hasMore = isCut || rows.length > limits.rows;
  }

  #add(rows: readonly string[]): void {
    this.#rows.push(...rows);
    this.#bytes += rows.reduce((sum, row) => sum + row.length, 0);
  }
}
