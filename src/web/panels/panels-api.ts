/** What the server says about the tables beside the log. An answer that has not changed is not sent again. */
import { fetchJson } from "../api.ts";
import type { OneRow, RowPage, TableList } from "./contract.ts";

/** @throws Unreachable, Refused */
export function fetchTables(): Promise<TableList> {
  return fetchJson<TableList>("api/tables", "no-cache");
}

/**
 * The rows of a table.
 * @param group the rows with this status; all where it is left out
 * @throws Unreachable, Refused
 */
export function fetchRows(table: string, limit: number, group: string | undefined): Promise<RowPage> {
  const parameters = new URLSearchParams({ limit: String(limit) });
  if (group !== undefined) parameters.set("group", group);
  return fetchJson<RowPage>(`${pathOf(table)}?${parameters}`, "no-cache");
}

/** @throws Unreachable, Refused with the status 404 where there is no such row */
export function fetchRow(table: string, key: string): Promise<OneRow> {
  return fetchJson<OneRow>(`${pathOf(table)}/${encodeURIComponent(key)}`, "no-cache");
}

function pathOf(table: string): string {
  return `api/tables/${encodeURIComponent(table)}`;
}
