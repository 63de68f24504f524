/** The words for a table that is not there, or can't be followed. */
import type { ColumnValue } from "../../events.ts";
import type { Problem } from "../problem.ts";
import { quoteName } from "../quote-name.ts";
import { quoted, shellWord, visible } from "../shell-word.ts";
import type { Keyless } from "./keyless.ts";
import type { MissingTable } from "./missing-table.ts";
import type { OtherTables } from "./other-tables.ts";
import { nameInSentence } from "./query-view.ts";

const THERE = "Tailboard goes on as soon as the table is there.";

/** As many columns as fit in a sentence. */
const COLUMNS_LIMIT = 12;

export function explainMissing({ name, meant, others }: MissingTable, path: string): Problem {
  const none = `${visible(path)} has no table ${quoted(name)}.`;
  const waiting = (problem: string, ...advice: string[]): Problem => ({
    state: "waiting-for-table",
    problem,
    advice: advice.join(" "),
  });
  switch (meant.kind) {
    case "index":
    case "trigger":
      return waiting(
        `In ${visible(path)}, ${quoted(name)} is ${meant.kind === "index" ? "an index" : "a trigger"} of ${quoted(meant.table)} and no table.`,
        `Name the table itself: ${tableOption(meant.table)}, or another one.`,
        `${thereAre(others)}.`,
      );
    case "qualified": {
      if (meant.schema.toLowerCase() === "main")
        return {
          ...waiting(none, `Leave the schema out: ${tableOption(meant.table)}.`, `${thereAre(others)}.`),
          outlook: THERE,
        };
      return waiting(
        none,
        `Tailboard follows one file and attaches no other: give the path of the file that has the table, and its name alone, ${tableOption(meant.table)}.`,
        `${thereAre(others)}.`,
      );
    }
    case "quoted":
      return waiting(none, `Leave the quotation marks out: ${tableOption(meant.table)}.`);
    case "nothing":
      if (name.toLowerCase().startsWith("sqlite_"))
        return waiting(
          none,
          "Names that begin with sqlite_ are SQLite's own: name a table of your program with --table.",
          `${thereAre(others)}.`,
        );
      return {
        ...waiting(
          none,
          `${thereAre(others)}: create ${quoted(name)}, or name the one to follow with --table.`,
        ),
        outlook: THERE,
      };
  }
}

export function explainKeyless(keyless: Keyless, path: string): Problem {
  const { name, kind, columns, keyColumns, hidingColumns, likelyId } = keyless;
  const what = `In ${visible(path)}, the ${kind} ${quoted(name)} has no integer key to follow`;
  if (kind === "view") {
    const query =
      likelyId === undefined
        ? "--query does the same"
        : `with ${quoted(likelyId)}, if it is such a one: ${queryOption(likelyId, name)}`;
    return error(
      `${what}: it has no column id.`,
      `It has the ${namesOf("column", columns)}: let the view give an integer that grows with every row as id, CREATE VIEW … AS SELECT rowid AS id, … FROM …; ${query}.`,
    );
  }
  const instead =
    likelyId === undefined
      ? "It has no integer column that could be one: give it an INTEGER PRIMARY KEY, or let a view or --query with an integer id bring the events from elsewhere."
      : `Let a view or --query give one as id, such as ${quoted(likelyId)} if it grows with every row: ${queryOption(likelyId, name)}; or give the table an INTEGER PRIMARY KEY.`;
  if (hidingColumns.length > 0)
    return error(
      `${what}: its ${namesOf("column", hidingColumns)} hide the rowid that SQLite gives to each row.`,
      `Events are followed by an integer that grows: rename one of these columns. ${instead}${orAnother(keyless.others)}`,
    );
  return error(
    `${what}: it is made WITHOUT ROWID, and its primary key is the ${namesOf("column", keyColumns)}.`,
    `Events are followed by an integer that grows. ${instead}${orAnother(keyless.others)}`,
  );
}

export function explainId(table: string, id: ColumnValue | undefined, path: string): Problem {
  return error(
    `In ${visible(path)}, ${nameInSentence(table)} has a row whose id is no integer.`,
    // The value stands here, because a change of the advice is no news: the next row may have another one.
    `The id of a row is ${describeValue(id)}: let the view or --query leave such rows out (WHERE typeof(id) = 'integer'), or give an integer that grows with every row as id (SELECT rowid AS id, …).`,
  );
}

export function explainRepeated(table: string, id: bigint, path: string): Problem {
  return error(
    `In ${visible(path)}, ${nameInSentence(table)} has more than one row with the id ${id}.`,
    "Rows are told apart by their id, so each needs its own: let the view give one row for each id (GROUP BY id, or SELECT DISTINCT), or another integer column as id.",
  );
}

function describeValue(value: ColumnValue | undefined): string {
  if (typeof value === "string") return `the text ${quoted(value)}`;
  if (typeof value === "number") return `the number ${value}, which is a REAL`;
  return value === null || value === undefined ? "NULL" : "a BLOB";
}

function thereAre({ names, more }: OtherTables): string {
  if (names.length === 0) return "It has no table yet";
  return `It has ${list(names, more)}`;
}

function orAnother(tables: OtherTables): string {
  if (tables.names.length === 0) return "";
  return ` Or follow another table with --table: there is ${list(tables.names, tables.more)}.`;
}

function namesOf(noun: string, names: readonly string[]): string {
  const shown = names.slice(0, COLUMNS_LIMIT);
  return `${noun}${names.length === 1 ? "" : "s"} ${list(shown, names.length - shown.length)}`;
}

function list(names: readonly string[], more: number): string {
  const shown = names.map(quoted).join(", ");
  return more === 0 ? shown : `${shown}, and ${more} more`;
}

/** An option as it stands in a shell. */
function tableOption(name: string): string {
  return name.startsWith("-") ? `--table${shellWord(`=${name}`)}` : `--table ${shellWord(name)}`;
}

function queryOption(column: string, table: string): string {
  return `--query ${shellWord(`SELECT ${quoteName(column)} AS id, … FROM ${quoteName(table)}`)}`;
}

function error(problem: string, advice: string): Problem {
  return { state: "error", problem, advice };
}
