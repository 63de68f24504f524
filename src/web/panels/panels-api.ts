/** What the server says about the tables beside the log. An answer that has not changed is not sent again. */
import { fetchUnlessSame, type Tagged } from "../api.ts";
import type { OneRow, RowPage, TableList } from "./contract.ts";

/** What is asked of a table. */
export interface RowsRequest {
  readonly table: string;
  readonly limit: number;
  /** Only rows with this status; all where it is undefined. */
  readonly group: string | undefined;
}

export interface RowRequest {
  readonly table: string;
  readonly key: string;
}

/** @returns undefined where nothing has changed since the answer with this tag @throws Unreachable, Refused */
export function fetchTables(tag: string | undefined): Promise<Tagged<TableList> | undefined> {
  return fetchUnlessSame<TableList>("api/tables", tag);
}

/** @returns undefined where nothing has changed since the answer with this tag @throws Unreachable, Refused */
export function fetchRows(
  { table, limit, group }: RowsRequest,
  tag: string | undefined,
): Promise<Tagged<RowPage> | undefined> {
  const parameters = new URLSearchParams({ limit: String(limit) });
  if (group !== undefined) parameters.set("group", group);
  return fetchUnlessSame<RowPage>(`${pathOf(table)}?${parameters}`, tag);
}

/**
 * @returns undefined where nothing has changed since the answer with this tag
 * @throws Unreachable, Refused with the status 404 where there is no such row
 */
export function fetchRow(
  { table, key }: RowRequest,
  tag: string | undefined,
): Promise<Tagged<OneRow> | undefined> {
  return fetchUnlessSame<OneRow>(`${pathOf(table)}/${encodeURIComponent(key)}`, tag);
}

function pathOf(table: string): string {
  return `api/tables/${encodeURIComponent(table)}`;
}
