/** What is wrong with a database, and what to do about it, in words for an operator. */
import { SQLiteError } from "bun:sqlite";

import type { TailState } from "../events.ts";
import { FileError } from "./file-error.ts";
import { explainFile } from "./file-problem.ts";
import { shellWord } from "./shell-word.ts";
import { NoIntegerKeyError, RepeatedIdError, TableMissingError } from "./table-shape.ts";

export { FileError };

export interface Problem {
  readonly state: Exclude<TailState, "opening" | "tailing">;
  readonly problem: string;
  readonly advice: string;
}

/** Result codes of SQLite: the lowest byte of an extended code is the primary one. */
const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;
const SQLITE_READONLY_ROLLBACK = 776;
const SQLITE_READONLY_DIRECTORY = 1544;
const PRIMARY_CODE = 0xff;

/** Whether a writer held the file just then: nothing is wrong, the same question will be answered soon. */
export function isBusy(error: unknown): boolean {
  return error instanceof SQLiteError && (error.errno & PRIMARY_CODE) === SQLITE_BUSY;
}

/** A writer has held the file for long. */
export const LOCKED: Problem = {
  state: "locked",
  problem: "A writer holds the database, so that nobody can read it.",
  advice:
    "Nothing is lost: Tailboard goes on when the writer's transaction ends. In WAL mode readers and writers pass each other: sqlite3 FILE 'PRAGMA journal_mode=WAL'",
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
      problem: `${path} has no table ${JSON.stringify(table)}.`,
      advice: `${others === "" ? "It has no table yet" : `It has ${others}`}: create ${JSON.stringify(table)}, or name the one to follow with --table. Tailboard goes on as soon as it is there.`,
    };
  }
  if (error instanceof NoIntegerKeyError) {
    return {
      state: "error",
      problem: `In ${path}, ${error.message}.`,
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
  return explainSqlite(error instanceof SQLiteError ? error.errno : 0, messageOf(error), path);
}

/** Result codes: https://www.sqlite.org/rescode.html */
function explainSqlite(errno: number, message: string, path: string): Problem {
  if (errno === SQLITE_READONLY_ROLLBACK) {
    return {
      state: "error",
      problem: `${path} was left in the middle of a transaction by a writer that died.`,
      advice: `Only a writer may roll it back: start yours, or run: sqlite3 ${shellWord(path)} 'SELECT 1'. Tailboard waits for it.`,
    };
  }
  if (errno === SQLITE_READONLY_DIRECTORY || (errno & PRIMARY_CODE) === SQLITE_CANTOPEN) {
    return {
      state: "error",
      problem: `${path} can't be opened: ${message}.`,
      advice: `In WAL mode a reader also needs ${path}-wal and ${path}-shm, and creates them: let the user that runs Tailboard write to the directory.`,
    };
  }
  switch (errno & PRIMARY_CODE) {
    case SQLITE_NOTADB:
      return {
        state: "error",
        problem: `${path} is not a SQLite database (or it is encrypted).`,
        advice:
          "Give the path of the database that your programs write to. Tailboard goes on as soon as one is there.",
      };
    case SQLITE_CORRUPT:
      return {
        state: "error",
        problem: `${path} is damaged: ${message}.`,
        advice: `Look at it with: sqlite3 ${shellWord(path)} 'PRAGMA integrity_check'; restore it with sqlite3's .recover or from a backup. Tailboard goes on by itself.`,
      };
    default:
      return {
        state: "error",
        problem: `${path} can't be read: ${message}.`,
        advice: `Tailboard tries again by itself. If this stays: sqlite3 ${shellWord(path)} 'PRAGMA integrity_check'`,
      };
  }
}

/** The words of an error, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
