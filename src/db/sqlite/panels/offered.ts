/** Which tables of a file are offered as panels. */
import type { Database } from "bun:sqlite";

import type { PanelChoice } from "../../../panels.ts";
import { ask } from "../ask.ts";
import { unknownVirtualTables } from "../other-tables.ts";

export interface OfferedTable {
  readonly name: string;
  readonly kind: "table" | "view";
  readonly hasRowid: boolean;
}

export interface Offer {
  /** In the order of the choice, or that in which they were created. */
  readonly tables: readonly OfferedTable[];
  /** Chosen names that the database does not have. */
  readonly missing: readonly string[];
}

/**
 * Everything but the log, the tables of SQLite itself, and those inside virtual tables. A virtual table is most often
 * an index of another table, so it is offered where it is chosen.
 * @param log the name of the followed table; undefined where a query is followed
 */
export function offeredTables(database: Database, log: string | undefined, choice: PanelChoice): Offer {
  const unknown = unknownVirtualTables(database);
  const all = ask(
    database,
    String.raw`SELECT list.name, list.type, list.wr
      FROM sqlite_schema AS made JOIN pragma_table_list AS list ON list.name = made.name AND list.schema = 'main'
      WHERE made.type IN ('table', 'view') AND list.type IN ('table', 'view', 'virtual')
        AND made.name NOT LIKE 'sqlite\_%' ESCAPE '\'
      ORDER BY made.rowid`,
  )
    .map((row) => ({
      name: String(row["name"]),
      type: String(row["type"]),
      isKeyed: Number(row["wr"]) === 1,
    }))
    .filter(
      ({ name }) =>
        !isSame(name, log) && !unknown.some((table) => name === table || name.startsWith(`${table}_`)),
    );
  const offered = ({ name, type, isKeyed }: (typeof all)[number]): OfferedTable => ({
    name,
    kind: type === "view" ? "view" : "table",
    hasRowid: type !== "view" && !isKeyed,
  });
  const { chosen } = choice;
  if (chosen === undefined)
    return { tables: all.filter(({ type }) => type !== "virtual").map(offered), missing: [] };
  const found = chosen.map((name) => ({ name, table: all.find((table) => isSame(table.name, name)) }));
  return {
    tables: found.flatMap(({ table }) => (table === undefined ? [] : [offered(table)])),
    missing: found.filter(({ table }) => table === undefined).map(({ name }) => name),
  };
}

/** As SQLite compares names. */
export function isSame(name: string, other: string | undefined): boolean {
  return name.toLowerCase() === other?.toLowerCase();
}
