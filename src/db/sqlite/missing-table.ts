/** What is known of a table that is not there. */
import type { Database } from "bun:sqlite";

import { ask } from "./ask.ts";
import { type OtherTables, otherTables } from "./other-tables.ts";

export interface MissingTable {
  /** As it was asked for. */
  readonly name: string;
  readonly others: OtherTables;
  /** What the name means in place of a table. */
  readonly meant:
    | { readonly kind: "index" | "trigger"; readonly table: string }
    /** A name with its schema. */
    | { readonly kind: "qualified"; readonly schema: string; readonly table: string }
    /** A name in quotation marks, without which there is such a table. */
    | { readonly kind: "quoted"; readonly table: string }
    | { readonly kind: "nothing" };
}

export function describeMissing(database: Database, name: string): MissingTable {
  const meant = findMeant(database, name);
  const wanted = meant.kind === "qualified" || meant.kind === "quoted" ? meant.table : name;
  return { name, meant, others: otherTables(database, wanted, name) };
}

function findMeant(database: Database, name: string): MissingTable["meant"] {
  const [entry] = ask(
    database,
    "SELECT type, tbl_name FROM sqlite_schema WHERE type IN ('index', 'trigger') AND name = ?1 COLLATE NOCASE",
    name,
  );
  if (entry !== undefined) {
    return { kind: entry["type"] === "index" ? "index" : "trigger", table: String(entry["tbl_name"]) };
  }
  const [, schema, rest] = /^([^.]+)\.(.+)$/s.exec(name) ?? [];
  if (schema !== undefined && rest !== undefined) {
    const table = unquote(rest) ?? rest;
    // Any dot may be part of a name; it is a schema's where the rest is a table, or where the schema is well known.
    const isSchema = ["main", "aux", "temp"].includes((unquote(schema) ?? schema).toLowerCase());
    const found = realName(database, table);
    if (isSchema || found !== undefined)
      return { kind: "qualified", schema: unquote(schema) ?? schema, table: found ?? table };
  }
  const table = realName(database, unquote(name));
  return table === undefined ? { kind: "nothing" } : { kind: "quoted", table };
}

/** A name without the quotation marks that SQL puts around it; undefined where there are none. */
function unquote(name: string): string | undefined {
  const [, mark = "", inner] = /^(["'`[])(.+)["'`\]]$/s.exec(name) ?? [];
  if (inner === undefined || !name.endsWith(mark === "[" ? "]" : mark)) return undefined;
  return mark === "[" ? inner : inner.replaceAll(mark + mark, mark);
}

/** A table or view as it writes itself. */
function realName(database: Database, name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const [entry] = ask(
    database,
    "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name = ?1 COLLATE NOCASE",
    name,
  );
  return entry === undefined ? undefined : String(entry["name"]);
}
