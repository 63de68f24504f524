/** What a table looks like, and how it can be followed. */
import type { Database } from "bun:sqlite";

import type { Affinity } from "../../query/asked-table.ts";
import { ask } from "./ask.ts";
import { describeKeyless } from "./keyless.ts";
import { describeMissing } from "./missing-table.ts";
import { NoIntegerKeyError, TableMissingError } from "./table-errors.ts";

/** A table or view with an integer key to follow. */
export interface TableShape {
  readonly name: string;
  /** "table", "view" or "virtual", as SQLite calls it. */
  readonly kind: string;
  /** The column, or SQLite's implicit rowid, whose integer grows with every event. */
  readonly key: string;
  /** Every other column, in the table's order. */
  readonly columns: readonly string[];
  /** Of each column that is not the key. */
  readonly affinities: ReadonlyMap<string, Affinity>;
  /** The columns of every other key that the table declares: PRIMARY KEY or UNIQUE, without a condition. */
  readonly otherKeys: readonly (readonly string[])[];
}

/** https://sqlite.org/rowidtable.html: a column of the same name hides the rowid under it. */
const ROWID_NAMES: readonly string[] = ["rowid", "_rowid_", "oid"];

/**
 * Looks a table up and finds its key: the INTEGER PRIMARY KEY, else the rowid, else (view) the column `id`.
 * @throws TableMissingError, NoIntegerKeyError, or SQLiteError
 */
export function inspectTable(database: Database, name: string): TableShape {
  const [entry] = ask(
    database,
    // In the temporary schema of our connection there is nothing but the view of a query.
    "SELECT name, type, wr FROM pragma_table_list(?1) WHERE schema IN ('temp', 'main') ORDER BY schema = 'main'",
    name,
  );
  if (entry === undefined) throw new TableMissingError(describeMissing(database, name));
  const [realName, type, withoutRowid] = [
    String(entry["name"]),
    String(entry["type"]),
    Number(entry["wr"]) === 1,
  ];

  // hidden = 1 marks the hidden columns of a virtual table, which `SELECT *` leaves out too.
  const columns = ask(
    database,
    "SELECT name, type, pk FROM pragma_table_xinfo(?1) WHERE hidden <> 1",
    realName,
  );
  const names = columns.map((column) => String(column["name"]));
  const key = findKey();
  if (key === undefined) {
    const hiding =
      withoutRowid || type === "view"
        ? []
        : names.filter((column) => ROWID_NAMES.includes(column.toLowerCase()));
    throw new NoIntegerKeyError(describeKeyless(database, realName, type, hiding));
  }
  return {
    name: realName,
    kind: type,
    key,
    columns: names.filter((column) => column !== key),
    affinities: new Map(
      columns.map(({ name: column, type: declared }) => [String(column), affinityOf(String(declared))]),
    ),
    otherKeys: type === "table" ? otherKeys(database, realName, key) : [],
  };

  function findKey(): string | undefined {
    if (type === "view") return names.find((column) => column.toLowerCase() === "id");
    const primary = columns.filter((column) => Number(column["pk"]) > 0);
    const [only] = primary;
    const isInteger = primary.length === 1 && String(only?.["type"]).toUpperCase() === "INTEGER";
    // A primary key with an index of its own is no alias of the rowid: `INTEGER PRIMARY KEY DESC` is such a one.
    const isRowid =
      isInteger &&
      ask(database, "SELECT 1 FROM pragma_index_list(?1) WHERE origin = 'pk'", realName).length === 0;
    if (only !== undefined && (isRowid || (isInteger && withoutRowid))) return String(only["name"]);
    if (withoutRowid) return undefined;
    const taken = new Set(names.map((column) => column.toLowerCase()));
    return ROWID_NAMES.find((alias) => !taken.has(alias));
  }
}

/** Declared types that are called like numbers and times. */
const NUMERIC_TYPE = /REAL|FLOA|DOUB|NUMERIC|NUMBER|DEC|BOOL|BIT|DATE|TIME|YEAR|MONEY|CURRENCY/i;

/**
 * By the declared type: https://sqlite.org/datatype3.html#determination_of_column_affinity. SQLite takes every name
 * that it does not know for a number, and stores any text under it: STRING, JSON, UUID.
 */
export function affinityOf(declared: string): Affinity {
  if (/INT/i.test(declared)) return "numeric";
  if (/CHAR|CLOB|TEXT/i.test(declared)) return "text";
  return !/BLOB/i.test(declared) && NUMERIC_TYPE.test(declared) ? "numeric" : "none";
}

/** Keys by which a row stays the same one, whatever else an UPDATE changes in it. */
function otherKeys(database: Database, table: string, key: string): string[][] {
  const indexes = ask(
    database,
    'SELECT name FROM pragma_index_list(?1) WHERE "unique" = 1 AND partial = 0',
    table,
  );
  return indexes
    .map((index) =>
      ask(database, "SELECT name FROM pragma_index_info(?1) ORDER BY seqno", String(index["name"])).map(
        // An expression has no name.
        (column) => column["name"],
      ),
    )
    .filter((columns): columns is string[] => columns.every((column) => typeof column === "string"))
    .filter((columns) => !columns.includes(key));
}
