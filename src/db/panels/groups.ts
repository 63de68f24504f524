/** Counts the rows of a table beside the log by its status column. */
import type { ColumnValue } from "../../events.ts";
import type { PanelGroup } from "../../panels.ts";
import { Sql } from "../../query/sql.ts";
import { idForJson } from "../../rows/json.ts";
import { columnSql } from "./shape.ts";

/** A larger table is not counted: it would take more than a few ms at each page. */
export const COUNTED_ROWS = 50_000;

/** Groups in an answer, the most frequent first. */
const MOST_GROUPS = 20;

/** Values that are told apart while it counts. Beyond, the column is no status. */
const MOST_VALUES = 1000;

/** A longer value is no status, and is counted under its beginning. In characters. */
const LONGEST_VALUE = 200;

/** SQL of what is counted by. */
export function groupSql(column: string): Sql {
  const value = columnSql(column);
  return new Sql(
    `(CASE WHEN typeof(${value}) IN ('text', 'blob') THEN substr(CAST(${value} AS TEXT), 1, ${LONGEST_VALUE}) ELSE ${value} END)`,
  );
}

export class Groups {
  readonly #counts = new Map<ColumnValue, number>();

  /** @returns whether there is room for it */
  add(value: ColumnValue): boolean {
    const count = this.#counts.get(value);
    if (count === undefined && this.#counts.size >= MOST_VALUES) return false;
    this.#counts.set(value, (count ?? 0) + 1);
    return true;
  }

  get list(): PanelGroup[] {
    return [...this.#counts]
      .map(([value, count]) => ({ value: jsonOf(value), count }))
      .toSorted((a, b) => b.count - a.count || (String(a.value) < String(b.value) ? -1 : 1))
      .slice(0, MOST_GROUPS);
  }
}

function jsonOf(value: ColumnValue): PanelGroup["value"] {
  if (typeof value === "bigint") return idForJson(value);
  return value instanceof Uint8Array ? value.toBase64() : value;
}
