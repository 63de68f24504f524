/** What a table beside the log looks like, and by what its rows are told apart. */
import type { Database } from "bun:sqlite";

import { isSecretName } from "../../../columns/secrets.ts";
import type { Affinity } from "../../../query/asked-table.ts";
import { quoteName } from "../../quote-name.ts";
import { ask } from "../ask.ts";
import { affinityOf } from "../table-shape.ts";
import { foreignKeys, type Referenced } from "./foreign-keys.ts";
import type { OfferedTable } from "./offered.ts";

export interface ShapedColumn {
  readonly name: string;
  readonly affinity: Affinity;
  readonly isSecret: boolean;
  readonly references: { readonly table: string; readonly column: string } | null;
}

export interface PanelShape {
  readonly name: string;
  readonly kind: "table" | "view";
  readonly columns: readonly ShapedColumn[];
  /** The declared key; `rowid` where there is none that can be shown, and empty without a rowid too. */
  readonly key: readonly string[];
  /** SQL of what is unique in each row, and never NULL: the rowid, or the primary key. Empty for a view. */
  readonly unique: readonly string[];
  /** What the rowid can be called; undefined where there is none, or none that can be shown. */
  readonly rowid: string | undefined;
  /** The column that is the rowid itself. */
  readonly rowidColumn: string | undefined;
}

/** Stands for the row in every statement. Names stay qualified: SQLite takes a bare quoted name that is none for a text. */
export const ROW = "t";

export const columnSql = (name: string): string => `${ROW}.${quoteName(name)}`;

/** @throws SQLiteError where it can't be read: a view of a table that is gone */
export function shapePanel(
  database: Database,
  { name, kind, hasRowid }: OfferedTable,
  showsSecrets: boolean,
): PanelShape {
  const found = ask(
    database,
    // 1 marks hidden columns of a virtual table, which `SELECT *` leaves out too.
    "SELECT name, type, pk FROM pragma_table_xinfo(?1) WHERE hidden <> 1 ORDER BY cid",
    name,
  ).map((column) => ({
    name: String(column["name"]),
    affinity: affinityOf(String(column["type"])),
    isInteger: String(column["type"]).toUpperCase() === "INTEGER",
    pk: Number(column["pk"]),
  }));
  const references =
    kind === "table" ? foreignKeys(database, name) : new Map<string, readonly Referenced[]>();
  const columns = found.map((column): ShapedColumn => {
    const all = references.get(column.name.toLowerCase()) ?? [];
    // What leads to a secret is the same secret.
    const names = [column.name, ...all.map((referenced) => referenced.column)];
    const whole = all.find(({ isPart }) => !isPart);
    return {
      name: column.name,
      affinity: column.affinity,
      isSecret: !showsSecrets && names.some(isSecretName),
      references: whole === undefined ? null : { table: whole.table, column: whole.column },
    };
  });
  const primary = found.filter(({ pk }) => pk > 0).toSorted((a, b) => a.pk - b.pk);
  const taken = new Set(found.map((column) => column.name.toLowerCase()));
  const alias = hasRowid ? ["rowid", "_rowid_", "oid"].find((word) => !taken.has(word)) : undefined;
  const rowidColumn = hasRowid ? rowidAmong(database, name, primary) : undefined;
  // Where the rowid itself is a secret, nothing tells the rows apart.
  const isRowidSecret = rowidColumn !== undefined && isMasked(columns, rowidColumn);
  const rowid = isRowidSecret ? undefined : (alias ?? rowidColumn);
  const isShown = primary.length > 0 && !primary.some(({ name: key }) => isMasked(columns, key));
  const declared = isShown ? primary.map((column) => column.name) : [];
  const unique = hasRowid ? (rowid === undefined ? [] : [rowid]) : declared;
  return {
    name,
    kind,
    columns,
    key: declared.length > 0 || rowid === undefined ? declared : [rowid],
    unique: unique.map(columnSql),
    rowid: rowidColumn ?? rowid,
    rowidColumn,
  };
}

function isMasked(columns: readonly ShapedColumn[], name: string): boolean {
  return columns.some((column) => column.name === name && column.isSecret);
}

/** The INTEGER PRIMARY KEY. One with an index of its own is none: `INTEGER PRIMARY KEY DESC`. */
function rowidAmong(
  database: Database,
  table: string,
  primary: readonly { readonly name: string; readonly isInteger: boolean }[],
): string | undefined {
  const [only] = primary;
  if (only === undefined || primary.length > 1 || !only.isInteger) return undefined;
  const indexes = ask(database, "SELECT 1 FROM pragma_index_list(?1) WHERE origin = 'pk'", table);
  return indexes.length === 0 ? only.name : undefined;
}
