/** A query that is followed in place of a table: a view of this connection alone, which nobody else sees. */
import { type Database, SQLiteError } from "bun:sqlite";

import { quoteName } from "../quote-name.ts";
import { quoted } from "../shell-word.ts";

const SQLITE_ERROR = 1;

/** Begins the name of the view, which stands in messages of SQLite too. */
const QUERY_VIEW = "query ";
const QUERY_VIEW_NAME = /^query [0-9a-z]+$/;

/** What a table is called in a sentence: nobody knows the name of a query's view. */
export function nameInSentence(table: string): string {
  return QUERY_VIEW_NAME.test(table) ? "the query" : quoted(table);
}

/** The query can't be followed as it is written. */
export class QueryError extends Error {
  override readonly name = "QueryError";
  /** A table of it is missing, and may still come. */
  readonly isTableMissing: boolean;
  constructor(reason: string) {
    super(`the query can't be run: ${reason}`);
    this.isTableMissing = reason.startsWith("no such table:");
  }
}

/**
 * Makes a view of a query in the temporary schema of a connection: the file is not touched, and the query is answered
 * as fast as a view of the file would be.
 * @param sql one SELECT with an integer column `id`
 * @returns the name of the view, which is another one for another query
 * @throws QueryError when it is no SELECT that can be run
 */
export function createQueryView(database: Database, sql: string): string {
  const select = sql.trim().replace(/;+$/, "");
  // Between brackets only a SELECT is possible. The line break ends a comment.
  const whole = `SELECT * FROM (${select}\n)`;
  const name = `${QUERY_VIEW}${Bun.hash(select).toString(36)}`;
  try {
    using statement = database.prepare(whole);
    if (statement.paramsCount > 0)
      throw new QueryError("it has a parameter, such as ? or :name, for which there is no value: write one");
    // SQLite reads one statement: what comes after it would be run as another one.
    if (statement.toString() !== whole) throw new QueryError("it is more than one statement");
    const columns = statement.columnNames;
    if (!columns.some((column) => column.toLowerCase() === "id"))
      throw new QueryError(
        `it gives no column "id", but ${columns.map((column) => JSON.stringify(column)).join(", ")}`,
      );
    database.run("PRAGMA temp_store = MEMORY");
    database.run(`CREATE TEMP VIEW ${quoteName(name)} AS ${whole}`);
  } catch (error) {
    if (!(error instanceof SQLiteError)) throw error;
    // Everything else is no fault of the query.
    if ((error.errno & 0xff) !== SQLITE_ERROR) throw error;
    throw new QueryError(error.message);
  }
  return name;
}
