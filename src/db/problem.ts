/** What is wrong with a database, and what to do about it, in words for an operator. */
import { SQLiteError } from "bun:sqlite";

import type { TailState } from "../events.ts";
import { FileError } from "./file-error.ts";
import { explainFile } from "./file-problem.ts";
import { visible } from "./shell-word.ts";
import { explainSqlite, inputOutput, unknownFailure } from "./sqlite-problem.ts";
import { NoIntegerKeyError, RepeatedIdError, TableMissingError } from "./table-shape.ts";

export { FileError };

export interface Problem {
  readonly state: Exclude<TailState, "opening" | "tailing">;
  readonly problem: string;
  readonly advice: string;
}

/** The lowest byte of an extended result code of SQLite is the primary one. */
const PRIMARY_CODE = 0xff;
const SQLITE_BUSY = 5;

/** Errors of the system that speak of the disk. */
const DISK_ERRORS = ["EIO", "ESTALE", "ENXIO", "ENODEV", "ETIMEDOUT"];

/** Whether a writer held the file just then: nothing is wrong, the same question will be answered soon. */
export function isBusy(error: unknown): boolean {
  return error instanceof SQLiteError && (error.errno & PRIMARY_CODE) === SQLITE_BUSY;
}

/** A writer has held the file for long. */
export const LOCKED: Problem = {
  state: "locked",
  problem: "A writer holds the database, so that nobody can read it.",
  advice:
    "Nothing is lost: Tailboard goes on when the writer lets go. If the database is not in WAL mode, put it there: readers and writers then pass each other: sqlite3 FILE 'PRAGMA journal_mode=WAL'. If a program holds it for as long as it runs, that program sets PRAGMA locking_mode=EXCLUSIVE, which lets nobody else read in any mode: take that out.",
};

/**
 * @param path of the database, as the operator knows it
 * @param table the one to follow
 */
export function explain(error: unknown, path: string, table: string): Problem {
  if (error instanceof FileError) return explainFile(error, path);
  if (error instanceof TableMissingError) {
    const others = error.others.map((name) => JSON.stringify(name)).join(", ");
    return {
      state: "waiting-for-table",
      problem: `${visible(path)} has no table ${JSON.stringify(table)}.`,
      advice: `${others === "" ? "It has no table yet" : `It has ${others}`}: create ${JSON.stringify(table)}, or name the one to follow with --table. Tailboard goes on as soon as it is there.`,
    };
  }
  if (error instanceof NoIntegerKeyError) {
    return {
      state: "error",
      problem: `In ${visible(path)}, ${error.message}.`,
      advice: `Events are followed by an integer that grows: give the table an INTEGER PRIMARY KEY, or name a view with an integer column "id" with --table.`,
    };
  }
  if (error instanceof RepeatedIdError) {
    return {
      state: "error",
      problem: `In ${path}, ${error.message}.`,
      advice:
        "Rows are told apart by their id, so each needs its own: let the view give one row for each id (GROUP BY id, or SELECT DISTINCT), or another integer column as id.",
    };
  }
  const message = messageOf(error);
  if (error instanceof SQLiteError) return explainSqlite({ errno: error.errno, message }, path);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return DISK_ERRORS.includes(code) ? inputOutput(message, path) : unknownFailure(message, path);
}

/** The words of an error, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
