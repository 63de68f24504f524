/** One row of a table beside the log, by its key. */
import { allOf, Sql, sql } from "../../../query/sql.ts";
import { columnSql, ROW } from "../rows.ts";
import { type ReadSessions, STATEMENT_MS, ValueRefusedError } from "../session.ts";
import { tableSql } from "../table.ts";
import type { DescribedPanel } from "./described.ts";
import { panelRowsQuery, panelRowText } from "./page.ts";

/** Of the row that is asked for alone. In bytes. */
const WHOLE_VALUE_BYTES = 16_777_216;

/** @returns its JSON; undefined where there is no such row */
export async function findRow(
  sessions: ReadSessions,
  panel: DescribedPanel,
  key: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const parts = panel.key.length === 1 ? [key] : partsOf(key, panel.key.length);
  if (panel.key.length === 0 || parts === undefined) return undefined;
  const condition = allOf(
    panel.key.map((name, at) => {
      const type = panel.columns.find((column) => column.name === name)?.type ?? "text";
      return sql`${columnSql(name)} = ${parts[at] ?? ""}::text::${new Sql(type)}`;
    }),
  );
  const query = panelRowsQuery(panel, WHOLE_VALUE_BYTES);
  try {
    const [found] = await sessions.read(signal, STATEMENT_MS, (ask) =>
      ask(sql`SELECT ${query.selected} FROM ${tableSql(panel.table)} AS ${ROW} WHERE ${condition} LIMIT 1`),
    );
    return found === undefined ? undefined : panelRowText(panel, query, found, 0);
  } catch (error) {
    // No row has a key that its type can't hold.
    if (error instanceof ValueRefusedError) return undefined;
    throw error;
  }
}

/** The parts of a JSON array, as text. */
function partsOf(key: string, count: number): string[] | undefined {
  try {
    const parts: unknown = JSON.parse(key);
    return Array.isArray(parts) && parts.length === count ? parts.map(String) : undefined;
  } catch {
    return undefined;
  }
}
