/** One row whole. */
import { RowTooLargeError } from "../../archive.ts";
import type { EventId } from "../../events.ts";
import { joinSql, sql } from "../../query/sql.ts";
import { type FoundRow, foundRow, fromSql, isBetween, type LogRead } from "./log-read.ts";
import { columnSql, rowsQuery } from "./rows.ts";
import { STATEMENT_MS } from "./session.ts";
import { bytesSql, isShort } from "./values.ts";

/**
 * @param isCut whether the largest values of a row that is too large are left out; an error otherwise
 * @returns undefined where there is no such row
 * @throws RowTooLargeError
 */
export function readOne(
  read: LogRead,
  id: EventId,
  maxBytes: number,
  isCut = false,
): Promise<FoundRow | undefined> {
  const { columns, references } = read.log;
  const where = sql`WHERE ${isBetween(read, { lowest: id, highest: id })}`;
  return read.sessions.read(read.signal, STATEMENT_MS, async (ask) => {
    const sizes = columns.map(({ name, stored }) =>
      isShort(stored) ? sql`16` : sql`coalesce(${bytesSql(columnSql(name), stored)}, 0)`,
    );
    const [found] = await ask(sql`SELECT ${joinSql(sizes, ", ")} ${fromSql(read)} ${where} LIMIT 1`);
    if (found === undefined) return undefined;
    const bytes = found.map(Number);
    const all = bytes.reduce((sum, size) => sum + size, 0);
    const largest = Math.max(...bytes);
    if (all > maxBytes && !isCut)
      throw new RowTooLargeError(id, columns[bytes.indexOf(largest)]?.name ?? "", largest);
    // Values that are left out until the others fit.
    let [left, limit] = [all, Infinity];
    for (const size of bytes.toSorted((a, b) => b - a)) {
      if (left <= maxBytes) break;
      left -= size;
      limit = size - 1;
    }
    const query = rowsQuery(columns, references, Math.min(limit, 2 ** 31 - 1));
    const [values] = await ask(sql`SELECT ${query.selected} ${fromSql(read)} ${where} LIMIT 1`);
    return values === undefined ? undefined : foundRow(query, values);
  });
}
