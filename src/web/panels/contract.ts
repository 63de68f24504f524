/** The server's answers about the other tables of the file: docs/api.md has them. */
import type { PanelColumn, PanelTable } from "../../panels.ts";

export type { PanelColumn, PanelTable };

/** The answer of `GET /api/tables`. */
export interface TableList {
  readonly tables: readonly PanelTable[];
  readonly dataVersion: string;
}

/** A row: its columns by name, `$key`, and `$names` for what references lead to. */
export type RowJson = Readonly<Record<string, unknown>>;

export interface Group {
  readonly value: unknown;
  readonly count: number;
}

/** The answer of `GET /api/tables/:name`. */
export interface RowPage {
  readonly table: string;
  readonly items: readonly RowJson[];
  readonly count: number;
  readonly next: string | null;
  /** There are more rows, also where there is no way to go on. */
  readonly hasMore: boolean;
  /** By the column of the status, over all rows. */
  readonly groups: readonly Group[] | null;
  readonly dataVersion: string;
}

/** The answer of `GET /api/tables/:name/:key`. */
export interface OneRow {
  readonly table: string;
  readonly item: RowJson;
}
