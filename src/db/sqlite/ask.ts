import type { Database } from "bun:sqlite";

/** The rows of a question that is asked once, with its values as text. */
export function ask(database: Database, sql: string, ...values: string[]): Record<string, unknown>[] {
  using statement = database.prepare<Record<string, unknown>, string[]>(sql);
  return statement.all(...values);
}
