/** Counts the rows of a table beside the log by its status column. */
import type { Database } from "bun:sqlite";

import type { ColumnValue } from "../../../events.ts";
import type { PanelGroup } from "../../../panels.ts";
import { Sql } from "../../../query/sql.ts";
import { idForJson } from "../../../rows/json.ts";
import { type DescribedPanel, statusColumn } from "./described.ts";
import { OrderedPlaces } from "./ordered-places.ts";
import { columnSql } from "./shape.ts";

/** A larger table is not counted: it would take more than a few ms at each page. */
const COUNTED_ROWS = 20_000;

/** Groups in an answer, the most frequent first. */
const MOST_GROUPS = 20;

/** Values that are told apart while it counts. Beyond, the column is no status. */
const MOST_VALUES = 1000;

/** A longer value is no status, and is counted under its beginning. In characters. */
const LONGEST_VALUE = 200;

/** Rows of a window: 1 to 2 ms. */
const WINDOW_ROWS = 2048;

export class GroupCounter {
  readonly #places: OrderedPlaces;
  readonly #isView: boolean;
  readonly #counts = new Map<ColumnValue, number>();
  #left: number;

  /**
   * @param condition of the rows that are counted
   * @param nowMs what "now" is in it
   * @returns undefined where there is nothing to count by
   */
  static of(
    database: Database,
    panel: DescribedPanel,
    condition: Sql,
    nowMs: number,
  ): GroupCounter | undefined {
    const column = statusColumn(panel);
    return column === undefined ? undefined : new GroupCounter(database, panel, column, condition, nowMs);
  }

  private constructor(
    database: Database,
    { shape }: DescribedPanel,
    column: string,
    condition: Sql,
    nowMs: number,
  ) {
    const unique = shape.unique.map((name) => new Sql(name));
    const order = { text: null, sort: undefined, unique, isDescending: false };
    const query = { order, condition, nowMs, extra: groupSql(column) };
    this.#places = new OrderedPlaces(database, shape, query, undefined);
    this.#isView = unique.length === 0;
    this.#left = this.#isView ? WINDOW_ROWS : COUNTED_ROWS;
  }

  /** Counts one window. To be called in a read transaction. @returns whether it goes on */
  step(): boolean {
    // Where nothing tells the rows apart, no window goes on where another one ended.
    const seen = this.#places.next(this.#isView ? WINDOW_ROWS + 1 : WINDOW_ROWS);
    this.#left -= seen.length;
    for (const { isMatch, extra } of seen) if (isMatch) this.#add(extra);
    return this.#left >= 0 && !this.#places.isDone;
  }

  /** Whether there was too much to count. */
  get isTooMuch(): boolean {
    return this.#left < 0;
  }

  /** Null where there was too much to count. */
  get groups(): PanelGroup[] | null {
    if (this.isTooMuch || !this.#places.isDone) return null;
    return [...this.#counts]
      .map(([value, count]) => ({ value: jsonOf(value), count }))
      .toSorted((a, b) => b.count - a.count || (String(a.value) < String(b.value) ? -1 : 1))
      .slice(0, MOST_GROUPS);
  }

  #add(value: ColumnValue): void {
    const count = this.#counts.get(value);
    // So many values are no groups.
    if (count === undefined && this.#counts.size >= MOST_VALUES) this.#left = -Infinity;
    else this.#counts.set(value, (count ?? 0) + 1);
  }
}

/** SQL of what is counted by. */
function groupSql(column: string): Sql {
  const value = columnSql(column);
  return new Sql(
    `(CASE WHEN typeof(${value}) IN ('text', 'blob') THEN substr(CAST(${value} AS TEXT), 1, ${LONGEST_VALUE}) ELSE ${value} END)`,
  );
}

function jsonOf(value: ColumnValue): PanelGroup["value"] {
  if (typeof value === "bigint") return idForJson(value);
  return value instanceof Uint8Array ? value.toBase64() : value;
}
