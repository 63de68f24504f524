/**
 * The words for a schema that refers to what is not there, or that this SQLite can't parse. SQLite tells what it is
 * in its message alone: the result code is SQLITE_ERROR or SQLITE_CORRUPT for all of them.
 */
import type { Problem } from "../problem.ts";
import { quoted, shellWord, visible } from "../shell-word.ts";

/** What a message names, by how it begins. */
const MISSING_PARTS: readonly (readonly [
  RegExp,
  "table" | "column" | "function" | "collation" | "module",
])[] = [
  [/^no such table: (?:main\.)?(.+)$/s, "table"],
  [/^no such column: (.+)$/s, "column"],
  [/^(?:no such|unknown) function: (.+?)(?:\(\))?$/s, "function"],
  [/^no such collation sequence: (.+)$/s, "collation"],
  [/^no such module: (.+)$/s, "module"],
];

const CIRCLE = /^view (.+) is circularly defined$/s;

const MALFORMED_SCHEMA = /^malformed database schema \((.+)\) - (.+)$/s;

/** In these the schema leads to pages that are not what they should be: the file is damaged. */
const DAMAGE = /rootpage|orphan index/;

/**
 * Explains what a table or view lacks.
 * @param message of SQLITE_ERROR
 * @returns undefined where the message speaks of something else
 */
export function explainMissingPart(message: string, path: string, table: string): Problem | undefined {
  const [, circle] = CIRCLE.exec(message) ?? [];
  if (circle !== undefined) {
    return error(
      `In ${visible(path)}, the view ${quoted(circle)} is made of itself.`,
      "Drop the view and make it again without that, or follow another table or view with --table.",
      "Tailboard goes on by itself.",
    );
  }
  for (const [pattern, part] of MISSING_PARTS) {
    const [, name] = pattern.exec(message) ?? [];
    if (name !== undefined) return missing(part, name, path, table);
  }
  return undefined;
}

function missing(
  part: "table" | "column" | "function" | "collation" | "module",
  name: string,
  path: string,
  table: string,
): Problem {
  // It was there a moment ago: what else is in the file is found out when it is opened anew.
  if (part === "table" && name.toLowerCase() === table.toLowerCase())
    return {
      state: "waiting-for-table",
      problem: `${visible(path)} has no table ${quoted(table)}.`,
      advice: "Create it, or name another one with --table.",
      outlook: "Tailboard goes on as soon as the table is there.",
    };
  switch (part) {
    case "table":
    case "column":
      return error(
        `In ${visible(path)}, ${quoted(table)} is made of the ${part} ${quoted(name)}, which is not there.`,
        `Bring the ${part} back, or drop the view and make it again without it, or follow another table or view with --table.`,
        "Tailboard goes on by itself.",
      );
    case "function":
    case "collation":
    case "module": {
      const how = part === "module" ? "loads" : "registers";
      return error(
        `In ${visible(path)}, ${quoted(table)} needs the ${part} ${quoted(name)}, which is not there.`,
        `Tailboard's SQLite is without it: the program that made ${quoted(table)} ${how} it for itself, and Tailboard can't. Follow a table that does without it, such as the one below a view, or another view, with --table.`,
      );
    }
  }
}

/**
 * Explains a schema that can't be parsed.
 * @param message of SQLITE_CORRUPT
 * @returns undefined where it is the file that is damaged
 */
export function explainMalformedSchema(message: string, path: string): Problem | undefined {
  const [, name, detail] = MALFORMED_SCHEMA.exec(message) ?? [];
  if (name === undefined || detail === undefined || DAMAGE.test(detail)) return undefined;
  // Without writable_schema SQLite refuses to read any table of such a file.
  const sql = `PRAGMA writable_schema = ON; SELECT sql FROM sqlite_schema WHERE name = '${name.replaceAll("'", "''")}'`;
  return error(
    `This SQLite can't read the schema of ${visible(path)}, in what it says of ${quoted(name)}: ${visible(detail)}.`,
    `It is the schema, not the rows: a newer version of SQLite has written it, or somebody has changed it by hand. Look at it with: sqlite3 -readonly ${shellWord(path)} ${shellWord(sql)}; change it with the program that made it, or update Bun, which brings its own SQLite.`,
    "Tailboard goes on by itself.",
  );
}

function error(problem: string, advice: string, outlook?: string): Problem {
  return { state: "error", problem, advice, ...(outlook === undefined ? {} : { outlook }) };
}
