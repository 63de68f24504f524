/** What is wrong with a database, and what to do about it, in words for an operator. */
import { SQLiteError } from "bun:sqlite";

import type { TailState } from "../events.ts";
import { NoIntegerKeyError, RepeatedIdError, TableMissingError } from "./table-shape.ts";

export interface Problem {
  readonly state: Exclude<TailState, "opening" | "tailing">;
  readonly problem: string;
  readonly advice: string;
}

/** The file can't be opened for a reason that its directory entry tells. */
export class FileError extends Error {
  override readonly name = "FileError";
  readonly reason: "missing" | "directory" | "special" | "unreadable";
  constructor(reason: FileError["reason"], path: string) {
    super(`${path}: ${reason}`);
    this.reason = reason;
  }
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
  if (error instanceof FileError) return explainFile(error.reason, path);
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
      advice: `Only a writer may roll it back: start yours, or run: sqlite3 ${shell(path)} 'SELECT 1'. Tailboard waits for it.`,
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
        advice: `Look at it with: sqlite3 ${shell(path)} 'PRAGMA integrity_check'; restore it with sqlite3's .recover or from a backup. Tailboard goes on by itself.`,
      };
    default:
      return {
        state: "error",
        problem: `${path} can't be read: ${message}.`,
        advice: `Tailboard tries again by itself. If this stays: sqlite3 ${shell(path)} 'PRAGMA integrity_check'`,
      };
  }
}

function explainFile(reason: FileError["reason"], path: string): Problem {
  switch (reason) {
    case "missing":
      return {
        state: "waiting-for-file",
        problem: `There is no file ${path}.`,
        advice:
          "Start the program that writes it, check the path, or start Tailboard with --create. Tailboard goes on as soon as the file is there.",
      };
    case "directory":
      return {
        state: "error",
        problem: `${path} is a directory.`,
        advice: "Give the path of the SQLite file in it.",
      };
    case "special":
      return {
        state: "error",
        problem: `${path} is no regular file.`,
        advice: "A database is a regular file, not a pipe, a socket or a device: give the path of one.",
      };
    case "unreadable":
      return {
        state: "error",
        problem: `${path} can't be read by the user that runs Tailboard.`,
        advice: `Allow it: chmod a+r ${shell(path)}, or run Tailboard as the user that owns the file.`,
      };
  }
}

/** A path as a word of the shell. */
function shell(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

/** The words of an error, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
