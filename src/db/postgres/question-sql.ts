/** A question as SQL that answers it elsewhere. */
import type { QuestionSql } from "../../archive.ts";
import { postgresLiteralSql } from "../../query/postgres-sql.ts";
import { Sql, sql } from "../../query/sql.ts";
import type { Question } from "../../question.ts";
import { shellWord } from "../shell-word.ts";
import { compile, fromSql, keySql, type LogRead } from "./log-read.ts";

/** As many as a page of the list has. */
const LIMIT_ROWS = 50;

/** Linux takes no longer argument. In bytes, and with room for the quotes. */
const MAX_ARGUMENT_BYTES = 120_000;

/** @param url of the database; its password is left out */
export function questionSql(read: LogRead, question: Question, url: string): QuestionSql {
  const condition = compile(read, question);
  const where = question.terms.length === 0 ? sql`` : sql` WHERE ${condition}`;
  const statement = sql`SELECT t.* ${fromSql(read)}${where} ORDER BY ${keySql(read)} DESC LIMIT ${new Sql(String(LIMIT_ROWS))}`;
  const text = postgresLiteralSql(statement, read.nowMs);
  return {
    sql: text,
    command: `psql ${shellWord(withoutPassword(url))} -c ${shellWord(text)}`,
    notes: [
      ...(condition.isRelative ? ["Times that count from now are those of this answer."] : []),
      "It asks for a password where the server wants one.",
      ...(Buffer.byteLength(text) > MAX_ARGUMENT_BYTES
        ? ["It is too long for a command line: save the SQL in a file, and hand that to psql with -f."]
        : []),
    ],
  };
}

/** As psql takes it: without the password, also where it is a parameter of the query. */
export function withoutPassword(text: string): string {
  if (!URL.canParse(text)) return "postgres://";
  const url = new URL(text);
  url.password = "";
  const secret = url.searchParams.keys().filter((name) => /pass/i.test(name));
  for (const name of Array.from(secret)) url.searchParams.delete(name);
  return url.href;
}
