/** The command that puts a first row into the table. It can be pasted into a shell, whatever the names are. */

import type { ColumnRoles } from "../column-roles.ts";

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

/** In double quotes, so that SQL's single quotes stay readable. */
function shellQuoted(text: string): string {
  if (UNSAFE.test(text)) return escaped(text);
  return `"${text.replaceAll(/[\\"$`]/g, String.raw`\$&`)}"`;
}

function shellWord(path: string): string {
  // A path that begins with a dash would be read as an option.
  const safe = path.startsWith("-") ? `./${path}` : path;
  if (UNSAFE.test(safe)) return escaped(safe);
  return /^[\w@%+=:,./-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * What a pasted command must not contain: control characters, which a terminal obeys; characters that can't be seen
 * or change the direction of the text, so that somebody would run something else than they read; and `!`, which an
 * interactive shell replaces by an earlier command, in double quotes too.
 */
const UNSAFE = /[!\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

/**
 * As `$'…'`, which bash, zsh and ksh understand. The bytes of an unsafe character are written in octal, because that
 * form has a fixed length and does not depend on the language of the terminal.
 */
function escaped(text: string): string {
  const characters = Array.from(text, (character) => {
    if (character === "\\" || character === "'") return `\\${character}`;
    if (!UNSAFE.test(character)) return character;
    return Array.from(
      new TextEncoder().encode(character),
      (byte) => `\\${byte.toString(8).padStart(3, "0")}`,
    ).join("");
  });
  return `$'${characters.join("")}'`;
}
