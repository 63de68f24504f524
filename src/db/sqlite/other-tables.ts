/** Which tables of a database somebody may have meant who asked for one that can't be followed. */
import type { Database } from "bun:sqlite";

import { unlikeness } from "../../columns/similar-names.ts";
import { quoteName } from "../quote-name.ts";
import { ask } from "./ask.ts";

/** As many names as fit in a sentence. */
const NAMED_LIMIT = 8;

/** Tables whose size is looked up, at about 15 µs each: this is asked again and again while the table is not there. */
const SIZED_LIMIT = 200;

export interface OtherTables {
  /** The most alike first, then the largest. */
  readonly names: readonly string[];
  /** How many are not named. */
  readonly more: number;
}

/**
 * Looks up the other tables and views. About 2 ms where there are 200 of them, 6 ms where there are 1000.
 * @param wanted what their names are compared with
 * @param except the one that is not to be named
 */
export function otherTables(database: Database, wanted: string, except = wanted): OtherTables {
  // A table of SQLite, or one inside a virtual table, holds no events. A column that is called rowid hides the rowid,
  // and its largest value would be searched for.
  const tables = ask(
    database,
    String.raw`SELECT name, name IN (
        SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%rowid%'
      ) AS isSized
      FROM pragma_table_list
      WHERE schema = 'main' AND type IN ('table', 'view', 'virtual')
        AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name <> ?1`,
    except,
  );
  const unknown = unknownVirtualTables(database);
  const found = tables
    .map((row) => ({ name: String(row["name"]), isSized: Number(row["isSized"]) === 1 }))
    .filter(({ name }) => !unknown.some((table) => name.startsWith(`${table}_`)))
    .map((table) => ({ ...table, rank: unlikeness(wanted, table.name) }))
    .toSorted((a, b) => compare(a.rank, b.rank))
    .map((table, at) => ({
      ...table,
      size: table.isSized && at < SIZED_LIMIT ? sizeOf(database, table.name) : -1n,
    }))
    .toSorted((a, b) => compare(a.rank, b.rank) || compare(b.size, a.size) || compare(a.name, b.name));
  return {
    names: found.slice(0, NAMED_LIMIT).map(({ name }) => name),
    more: Math.max(0, found.length - NAMED_LIMIT),
  };
}

/** Virtual tables of modules that are not here: SQLite can't tell which tables are theirs. */
export function unknownVirtualTables(database: Database): string[] {
  const virtual = ask(database, "SELECT name, sql FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL TABLE%'");
  if (virtual.length === 0) return [];
  const modules = new Set(
    ask(database, "SELECT name FROM pragma_module_list").map((row) => String(row["name"]).toLowerCase()),
  );
  return virtual
    .filter(({ name, sql }) => {
      const [, module = ""] = /^\W*USING\s+["'`[]?(\w+)/i.exec(afterName(String(sql), String(name))) ?? [];
      return !modules.has(module.toLowerCase());
    })
    .map((row) => String(row["name"]));
}

/** What stands after the name of a table in the statement that made it. */
function afterName(sql: string, name: string): string {
  return sql.slice(sql.toLowerCase().indexOf(name.toLowerCase()) + name.length);
}

/**
 * About how many rows a table has: its largest rowid, which is one step down a tree where a count reads every page.
 * @returns −1 where that can't be told: a damaged table must not keep the others from being named
 */
function sizeOf(database: Database, table: string): bigint {
  try {
    const [row] = ask(database, `SELECT max(rowid) AS size FROM ${quoteName(table)}`);
    const size = row?.["size"];
    // An empty table has no largest rowid.
    return typeof size === "bigint" ? size : 0n;
  } catch {
    return -1n;
  }
}

function compare<T extends number | bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
