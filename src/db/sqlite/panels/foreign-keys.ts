/** What the columns of a table lead to, as its foreign keys declare it. */
import type { Database } from "bun:sqlite";

import { ask } from "../ask.ts";

export interface Referenced {
  readonly table: string;
  readonly column: string;
  /** It is one of several columns that lead to a row together. */
  readonly isPart: boolean;
}

/** By the column, in lower case. */
export function foreignKeys(database: Database, table: string): ReadonlyMap<string, readonly Referenced[]> {
  const parts = ask(
    database,
    `SELECT id, seq, "table", "from", "to" FROM pragma_foreign_key_list(?1) ORDER BY id, seq`,
    table,
  );
  const sizes = Map.groupBy(parts, ({ id }) => id);
  const found = parts.flatMap(({ id, seq, table: other, from, to }) => {
    const column = typeof to === "string" ? to : keyColumn(database, String(other), Number(seq));
    const isPart = (sizes.get(id)?.length ?? 0) > 1;
    return column === undefined
      ? []
      : [{ from: String(from).toLowerCase(), referenced: { table: String(other), column, isPart } }];
  });
  return new Map(
    Map.groupBy(found, ({ from }) => from)
      .entries()
      .map(([from, all]) => [from, all.map(({ referenced }) => referenced)]),
  );
}

/** A foreign key that names no columns leads to the primary key. */
function keyColumn(database: Database, table: string, place: number): string | undefined {
  const columns = ask(database, "SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk", table);
  const name = columns[place]?.["name"];
  return typeof name === "string" ? name : undefined;
}
