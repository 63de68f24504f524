/** The server's answers about the other tables of the file: docs/api.md has them. */
import type { TimeForm } from "../../column-roles.ts";

/** What a column of any table means to a reader. */
export type PanelRole = "key" | "name" | "status" | "time" | "last-seen";

export interface PanelColumn {
  readonly name: string;
  readonly role: PanelRole | null;
  /** Its values are masked. */
  readonly isSecret: boolean;
  readonly timeForm: TimeForm | null;
  /** The row of another table that its values name. */
  readonly references: { readonly table: string; readonly column: string } | null;
}

export interface PanelTable {
  readonly name: string;
  readonly kind: "table" | "view";
  /** It looks like a state, and the page opens it by itself. */
  readonly isOpen: boolean;
  /** Empty where nothing tells its rows apart: then none of them can be opened. */
  readonly key: readonly string[];
  readonly columns: readonly PanelColumn[];
}

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
