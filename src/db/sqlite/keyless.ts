/** What is known of a table or view that has no integer key. */
import type { Database } from "bun:sqlite";

import { ask } from "./ask.ts";
import { type OtherTables, otherTables } from "./other-tables.ts";

export interface Keyless {
  readonly name: string;
  /** "table" or "view", as SQLite calls it. */
  readonly kind: string;
  readonly columns: readonly string[];
  /** The columns of its primary key. */
  readonly keyColumns: readonly string[];
  /** The columns that have all the names under which SQLite gives the rowid; none where there is no rowid. */
  readonly hidingColumns: readonly string[];
  /** An integer column that may grow with every row. */
  readonly likelyId: string | undefined;
  readonly others: OtherTables;
}

/** Usual names of a number that grows, the likeliest first. */
const GROWING_NAMES =
  /^(?:(?:id|rowid|row_id)|(?:seq|sequence|serial|ordinal)|(?:.*_(?:seq|sequence))|(?:position|offset|number|num|no|n))$/i;

/** Usual names of integers that don't grow, or don't tell rows apart. */
const OTHER_NAMES =
  /^(?:is|has|can)_|(?:^|_)(?:count|size|bytes|length|level|status|flags?|priority|deleted|version)$|_id$/i;

/** @param hidingColumns as in `Keyless` */
export function describeKeyless(
  database: Database,
  name: string,
  kind: string,
  hidingColumns: readonly string[],
): Keyless {
  const columns = ask(
    database,
    "SELECT name, type, pk FROM pragma_table_xinfo(?1) WHERE hidden <> 1 ORDER BY cid",
    name,
  ).map((column) => ({
    name: String(column["name"]),
    isInteger: /int/i.test(String(column["type"])),
    pk: Number(column["pk"]),
  }));
  return {
    name,
    kind,
    hidingColumns,
    columns: columns.map((column) => column.name),
    keyColumns: columns
      .filter(({ pk }) => pk > 0)
      .toSorted((a, b) => a.pk - b.pk)
      .map((column) => column.name),
    likelyId: likelyId(
      columns.filter(({ isInteger }) => isInteger).map((column) => column.name),
      uniqueColumns(database, name),
    ),
    others: otherTables(database, name),
  };
}

/** Which integer may be the id: one that is unique, else one with a usual name, else one that nothing speaks against. */
function likelyId(integers: readonly string[], unique: ReadonlySet<string>): string | undefined {
  return (
    integers.find((column) => unique.has(column)) ??
    integers.find((column) => GROWING_NAMES.test(column)) ??
    integers.find((column) => !OTHER_NAMES.test(column))
  );
}

/** The columns whose values the table itself keeps apart. */
function uniqueColumns(database: Database, table: string): Set<string> {
  const keys = ask(
    database,
    `SELECT min(i.name) AS name FROM pragma_index_list(?1) AS l, pragma_index_info(l.name) AS i
      WHERE l."unique" = 1 AND l.partial = 0 GROUP BY l.seq HAVING count(*) = 1`,
    table,
  );
  return new Set(keys.map((key) => String(key["name"])));
}
