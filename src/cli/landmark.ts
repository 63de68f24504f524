/**
 * A row by which a log is recognised after a restart, when its name has changed: the name changes with the schema,
 * so that ALTER TABLE or VACUUM would be taken for another log, and all of it be printed again.
 */
import type { EventId, EventJson } from "../events.ts";
import type { LogSource, RowReading } from "./log-source.ts";

/** What a row looked like: by its time and its type, which no program updates. */
export function lookOf(event: EventJson, reading: RowReading | undefined): string {
  const { time, type } = reading?.roles ?? {};
  const columns = [time?.column, type?.column].filter((column) => column !== undefined);
  const values = columns.length === 0 ? Object.values(event) : columns.map((column) => event[column] ?? null);
  return Bun.hash(JSON.stringify(values)).toString(36);
}

/**
 * Whether a row is there and looks the same.
 * @throws SourceError
 */
export async function hasLandmark(
  source: LogSource,
  { id, look }: { readonly id: EventId; readonly look: string },
  reading: RowReading | undefined,
): Promise<boolean> {
  const where = { text: "", tree: { terms: [] } };
  const { items } = await source.page({ where, after: id - 1n, before: id + 1n, rows: 1 });
  const [row] = items;
  return row !== undefined && lookOf(row, reading) === look;
}
