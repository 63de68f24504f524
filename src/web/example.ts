/** The command that puts a first row into the table. It can be pasted into a shell, whatever the names are. */

import type { ColumnRoles } from "../column-roles.ts";
import { shellQuoted, shellWord } from "./shell.ts";

interface Followed {
  readonly path: string;
  readonly table: string;
  readonly columns: ColumnRoles;
}

export function insertExample({ path, table, columns }: Followed): string {
  const values = [
    [columns.type, "'hello'"],
    [columns.summary, "'world'"],
  ].filter((pair): pair is [string, string] => pair[0] !== undefined);
  const names = values.map(([column]) => identifier(column)).join(", ");
  const row =
    values.length === 0 ? " DEFAULT VALUES" : `(${names}) VALUES(${values.map(([, sql]) => sql).join(", ")})`;
  return `sqlite3 ${shellWord(path)} ${shellQuoted(`INSERT INTO ${identifier(table)}${row}`)}`;
}

/** What SQLite takes for a name without quotes. A keyword that looks like one needs quotes. */
const PLAIN_NAME = /^[a-z]\w*$/i;
const KEYWORDS = new Set(
  "add all alter and as asc between by case check column commit create default delete desc distinct drop else end exists from group having if in index insert into is join like limit not null on or order primary select set table then to transaction trigger union unique update using values view when where with".split(
    " ",
  ),
);

function identifier(name: string): string {
  if (PLAIN_NAME.test(name) && !KEYWORDS.has(name.toLowerCase())) return name;
  return `"${name.replaceAll('"', '""')}"`;
}
