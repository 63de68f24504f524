/** Takes the rows of a page from what a query found, within the limits of the page. */
import type { ColumnValue, EventId, EventRow, PageLimits } from "../events.ts";
import { isLeftOut, type Queries, type Values } from "./queries.ts";
import { RepeatedIdError } from "./table-errors.ts";

/** Rows of a page, in the order of the read. */
export interface RowsRead {
  readonly columns: readonly string[];
  readonly rows: readonly EventRow[];
  /** Whether one of the limits ended it. */
  readonly hasMore: boolean;
}

/**
 * Takes rows until a limit is reached.
 * @param readLarge reads a row with its larger values; undefined where it was deleted meanwhile
 * @returns undefined where a row has larger values, and there is nothing to read them with
 */
export function collect(
  queries: Queries,
  found: readonly Values[],
  limits: PageLimits,
  readLarge: (id: EventId) => Values | undefined,
): RowsRead;
export function collect(queries: Queries, found: readonly Values[], limits: PageLimits): RowsRead | undefined;
export function collect(
  queries: Queries,
  found: readonly Values[],
  limits: PageLimits,
  readLarge?: (id: EventId) => Values | undefined,
): RowsRead | undefined {
  const { columns, minRowBytes, table } = queries;
  const rows: EventRow[] = [];
  let bytes = 0;
  let previousId: EventId | undefined;
  for (const light of found) {
    const id = queries.idOf(light);
    if (id === previousId) throw new RepeatedIdError(table.name, id);
    previousId = id;
    if (rows.length === limits.rows || bytes >= limits.bytes) return { columns, rows, hasMore: true };
    const size = sizeOfRow(light);
    if (size !== undefined) {
      rows.push({ id, values: light, truncated: [] });
      bytes += minRowBytes + size;
      continue;
    }
    if (readLarge === undefined) return undefined;
    const values = readLarge(id);
    if (values === undefined) continue;
    const row = queries.eventRow(values);
    rows.push(row);
    bytes += minRowBytes + (sizeOfRow(row.values) ?? 0);
  }
  return { columns, rows, hasMore: false };
}

/** About how many bytes the values of a row take in JSON; undefined where one was left out of the query. */
function sizeOfRow(values: readonly ColumnValue[]): number | undefined {
  let bytes = 0;
  for (const value of values) {
    if (typeof value === "string") bytes += value.length;
    else if (!(value instanceof Uint8Array)) bytes += 8;
    else if (isLeftOut(value)) return undefined;
    else bytes += value.length * 1.4;
  }
  return bytes;
}
