/** One request to the log: what it is asked of, and how. */
import type { RoleReadings } from "../../columns/roles.ts";
import type { EventRow, LogPosition } from "../../events.ts";
import type { AskedTable } from "../../query/asked-table.ts";
import { compileQuestion } from "../../query/compile.ts";
import { POSTGRES } from "../../query/postgres-dialect.ts";
import { allOf, type Sql, sql } from "../../query/sql.ts";
import type { Question } from "../../question.ts";
import type { LogTable } from "./log-table.ts";
import { columnSql, type ReadRow, ROW, type RowsQuery } from "./rows.ts";
import type { ReadSessions, ReadValue } from "./session.ts";
import { tableSql } from "./table.ts";

/** Ids between which is read; both belong to it. */
export interface IdRange {
  readonly lowest: bigint;
  readonly highest: bigint;
}

export type Direction = "ascending" | "descending";

export interface LogRead {
  readonly sessions: ReadSessions;
  /** Of who asks. */
  readonly signal: AbortSignal;
  readonly log: LogTable;
  readonly asked: AskedTable;
  readonly roles: RoleReadings;
  /** No row beyond `latestId` is read: a transaction that is still open may have a smaller id. */
  readonly position: LogPosition;
  /** What "now" is, in ms since 1970. */
  readonly nowMs: number;
}

export function compile({ asked }: LogRead, question: Question): Sql {
  return compileQuestion(question, asked, ROW, POSTGRES);
}

export function keySql({ log }: LogRead): Sql {
  return columnSql(log.key);
}

export function fromSql({ log }: LogRead): Sql {
  return sql`FROM ${tableSql(log.table)} AS ${ROW}`;
}

/** A condition for ids, which an index on the key is used for. */
export function isBetween(read: LogRead, { lowest, highest }: IdRange): Sql {
  const key = keySql(read);
  return allOf([sql`${key} >= ${lowest}::int8`, sql`${key} <= ${highest}::int8`]);
}

export function orderSql(read: LogRead, direction: Direction): Sql {
  return direction === "ascending" ? sql`ORDER BY ${keySql(read)}` : sql`ORDER BY ${keySql(read)} DESC`;
}

export type FoundRow = ReadRow & EventRow;

/** The key is the first column. */
export function foundRow(query: RowsQuery, read: readonly ReadValue[]): FoundRow {
  const row = query.row(read);
  const [id] = row.values;
  if (typeof id !== "bigint") throw new Error("reading rows of PostgreSQL: a key is no integer");
  return { ...row, id };
}
