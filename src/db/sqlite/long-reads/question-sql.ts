/** A question as SQL that answers it elsewhere. */
import type { QuestionSql } from "../../../archive.ts";
import { literalSql, oldestShell } from "../../../query/literal-sql.ts";
import { quoteName } from "../../quote-name.ts";
import { shellWord } from "../../shell-word.ts";
import type { OpenTable } from "./open-table.ts";
import type { LongRead } from "./protocol.ts";
import type { Steps } from "./step.ts";

/** As many as a page of the list has. */
const LIMIT_ROWS = 50;

/** Linux takes no longer argument. In bytes, and with room for the quotes. */
const MAX_ARGUMENT_BYTES = 120_000;

export function* questionSql(
  table: OpenTable,
  { question }: Extract<LongRead, { kind: "sql" }>,
  { path, query }: { readonly path: string; readonly query: string | undefined },
): Steps {
  const condition = yield* table.read(() => table.compile(question));
  const { name, key, affinities } = table.reader.queries().table;
  // What is followed in place of a table has no name in the file.
  const from = query === undefined ? quoteName(name) : `(${query.trim().replace(/;+$/, "")}\n)`;
  const id = `t.${quoteName(key)}`;
  // The rowid is no column, so that a star leaves it out.
  const columns = affinities.has(key) ? "t.*" : `${id}, t.*`;
  const where = question.terms.length === 0 ? "" : ` WHERE ${literalSql(condition, Date.now())}`;
  const text = `SELECT ${columns} FROM ${from} AS t${where} ORDER BY ${id} DESC LIMIT ${LIMIT_ROWS}`;
  const answer: QuestionSql = {
    sql: text,
    command: `sqlite3 -readonly -header ${shellWord(path)} ${shellWord(text)}`,
    notes: [
      ...(condition.isRelative ? ["Times that count from now are those of this answer."] : []),
      ...needs(oldestShell(condition)),
      ...(Buffer.byteLength(text) > MAX_ARGUMENT_BYTES
        ? ["It is too long for a command line: save the SQL in a file, and hand that to sqlite3 with <."]
        : []),
    ],
  };
  yield { kind: "answer", answer: { kind: "sql", sql: answer } };
}

function needs(version: string | undefined): string[] {
  return version === undefined
    ? []
    : [`It needs sqlite3 ${version} or newer: an older one does not know a function of it.`];
}
