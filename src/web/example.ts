/** The command that puts a first row into the table, ready to paste into a shell. */

import type { ColumnRoles } from "../events.ts";

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

/** Words that SQLite takes for a name without quotes; a keyword among them would need some. */
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

/** In double quotes, so that SQL's single quotes stay readable. */
function shellQuoted(text: string): string {
  return `"${text.replaceAll(/[\\"$`]/g, String.raw`\$&`)}"`;
}

function shellWord(path: string): string {
  // A path that begins with a dash would be read as an option.
  const safe = path.startsWith("-") ? `./${path}` : path;
  return /^[\w@%+=:,./-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", String.raw`'\''`)}'`;
}
