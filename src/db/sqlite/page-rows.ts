/** Takes the rows of a page from what a query found, within the limits of the page. */
import type { Database } from "bun:sqlite";

import type { EventId, EventRow, PageLimits, RowValue } from "../../events.ts";
import { isLeftOut, type Queries, type Values } from "./queries.ts";
import { RepeatedIdError } from "./table-errors.ts";

/**
 * A text or blob larger than this many bytes stands as null in a page and is named in `truncated`: one row of
 * 10 MB takes 7 ms to read, during which no stream is served. `readOne` has it whole.
 */
export const MAX_VALUE_BYTES = 65_536;

/**
 * Bytes of one row in a page. In a row that has more, the largest values are left out as if each were too large, so
 * that a table of two thousand columns can't hold up the streams either.
 */
const MAX_ROW_BYTES = 1_048_576;

/** Rows of a page, in the order of the read. */
export interface RowsRead {
  readonly columns: readonly string[];
  readonly rows: readonly EventRow[];
  /** Whether one of the limits ended it. */
  readonly hasMore: boolean;
  /** About how many bytes of JSON they are. */
  readonly bytes: number;
}

/**
 * Takes rows until a limit is reached.
 * @param database where rows with larger values are read, within a read transaction
 * @returns undefined where a row has larger values, and there is nowhere to read them
 */
export function collect(
  queries: Queries,
  found: readonly Values[],
  limits: PageLimits,
  database: Database,
): RowsRead;
export function collect(queries: Queries, found: readonly Values[], limits: PageLimits): RowsRead | undefined;
export function collect(
  queries: Queries,
  found: readonly Values[],
  limits: PageLimits,
  database?: Database,
): RowsRead | undefined {
  const { columns, minRowBytes, table } = queries;
  const rows: EventRow[] = [];
  let bytes = 0;
  let previousId: EventId | undefined;
  for (const light of found) {
    const id = queries.idOf(light);
    if (id === previousId) throw new RepeatedIdError(table.name, id);
    previousId = id;
    if (rows.length === limits.rows || bytes >= limits.bytes) return { columns, rows, hasMore: true, bytes };
    const size = sizeOfRow(light);
    if (size !== undefined) {
      rows.push({ id, values: light, truncated: [] });
      bytes += minRowBytes + size;
      continue;
    }
    if (database === undefined) return undefined;
    const values = readLarge(database, queries, id);
    // Deleted since the first query.
    if (values === undefined) continue;
    const row = queries.eventRow(values);
    rows.push(row);
    bytes += minRowBytes + (sizeOfRow(row.values) ?? 0);
  }
  return { columns, rows, hasMore: false, bytes };
}

/** About how many bytes the values of a row take in JSON; undefined where one was left out of the query. */
function sizeOfRow(values: readonly RowValue[]): number | undefined {
  let bytes = 0;
  for (const value of values) {
    if (typeof value === "string") bytes += value.length;
    else if (!(value instanceof Uint8Array)) bytes += 8;
    else if (isLeftOut(value)) return undefined;
    else bytes += value.length * 1.4;
  }
  return bytes;
}

/** A row with values that are large, but not too large; undefined where there is none. */
export function readLarge(database: Database, queries: Queries, id: EventId): Values | undefined {
  if (queries.columns.length * MAX_VALUE_BYTES <= MAX_ROW_BYTES)
    return queries.one.values(id, MAX_VALUE_BYTES)[0];
  const largestFirst = sizesOf(queries, id)
    .map((bytes, at) => ({ bytes, at: at + 1 }))
    .toSorted((a, b) => b.bytes - a.bytes);
  const leftOut = new Set<number>();
  let left = largestFirst.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { bytes, at } of largestFirst) {
    if (bytes <= MAX_VALUE_BYTES && left <= MAX_ROW_BYTES) break;
    leftOut.add(at);
    left -= bytes;
  }
  return queries.oneWithout(database, id, leftOut);
}

/** How many bytes each value of a row has; none where there is no row. */
export function sizesOf(queries: Queries, id: EventId): number[] {
  return (queries.sizes.values(id)[0] ?? []).map(Number);
}
