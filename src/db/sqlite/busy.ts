/** A writer that holds the file. */
import { SQLiteError } from "bun:sqlite";

import type { Problem } from "../problem.ts";

/** The lowest byte of an extended result code of SQLite is the primary one. */
const PRIMARY_CODE = 0xff;
const SQLITE_BUSY = 5;

/** Whether a writer held the file just then: nothing is wrong, the same question will be answered soon. */
export function isBusy(error: unknown): boolean {
  return error instanceof SQLiteError && (error.errno & PRIMARY_CODE) === SQLITE_BUSY;
}

/** A writer has held the file for long. */
export const LOCKED: Problem = {
  state: "locked",
  problem: "A writer holds the database, so that nobody can read it.",
  advice:
    "If the database is not in WAL mode, put it there: readers and writers then pass each other: sqlite3 FILE 'PRAGMA journal_mode=WAL'. If a program holds it for as long as it runs, that program sets PRAGMA locking_mode=EXCLUSIVE, which lets nobody else read in any mode: take that out.",
  outlook: "Nothing is lost: Tailboard goes on when the writer lets go.",
};
