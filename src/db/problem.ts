/** What is wrong with a database, and what to do about it, in words for an operator. */
import { SQLiteError } from "bun:sqlite";

import type { TailState } from "../events.ts";
import { NoIntegerKeyError, TableMissingError } from "./table.ts";

export interface Problem {
  readonly state: Exclude<TailState, "opening" | "tailing">;
  readonly problem: string;
  readonly advice: string;
}

/** The file can't be opened for a reason that its directory entry tells. */
export class FileError extends Error {
  override readonly name = "FileError";
  readonly reason: "missing" | "directory" | "unreadable";
  constructor(reason: FileError["reason"], path: string) {
    super(`${path}: ${reason}`);
    this.reason = reason;
  }
}

/** SQLite's primary result codes, https://www.sqlite.org/rescode.html */
const SQLITE_BUSY = 5;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;
const PRIMARY_CODE = 0xff;

/** Whether a writer held the file just then: nothing is wrong, the same question will be answered soon. */
export function isBusy(error: unknown): boolean {
  return error instanceof SQLiteError && (error.errno & PRIMARY_CODE) === SQLITE_BUSY;
}

/**
 * @param path of the database, as the operator knows it
 * @param table the one to follow
 * @param tables those that the database has, where it could be read
 */
export function explain(error: unknown, path: string, table: string, tables: readonly string[]): Problem {
  if (error instanceof FileError) return explainFile(error.reason, path);
  if (error instanceof TableMissingError) {
    const others =
      tables.length === 0
        ? "It has no table yet"
        : `It has ${tables.map((name) => JSON.stringify(name)).join(", ")}`;
    return {
      state: "waiting-for-table",
      problem: `${path} has no table ${JSON.stringify(table)}.`,
      advice: `${others}: create ${JSON.stringify(table)}, or name the one to follow with --table. Tailboard goes on as soon as it is there.`,
    };
  }
  if (error instanceof NoIntegerKeyError) {
    return {
      state: "error",
      problem: `In ${path}, ${error.message}.`,
      advice: `Events are followed by an integer that grows: give the table an INTEGER PRIMARY KEY, or name a view with an integer column "id" with --table.`,
    };
  }
  const code = error instanceof SQLiteError ? error.errno & PRIMARY_CODE : undefined;
  if (code === SQLITE_NOTADB) {
    return {
      state: "error",
      problem: `${path} is not a SQLite database (or it is encrypted).`,
      advice:
        "Give the path of the database that your programs write to. Tailboard goes on as soon as one is there.",
    };
  }
  if (code === SQLITE_CANTOPEN) {
    return {
      state: "error",
      problem: `${path} can't be opened: ${messageOf(error)}.`,
      advice: `In WAL mode SQLite also needs ${path}-wal and ${path}-shm, and creates them: let the user that runs Tailboard write to the directory.`,
    };
  }
  return {
    state: "error",
    problem: `${path} can't be read: ${messageOf(error)}.`,
    advice: "Tailboard tries again at every poll. If this stays: sqlite3 FILE 'PRAGMA integrity_check'",
  };
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
    case "unreadable":
      return {
        state: "error",
        problem: `${path} can't be read by the user that runs Tailboard.`,
        advice: `Allow it: chmod a+r ${path}, or run Tailboard as the user that owns the file.`,
      };
  }
}

/** The words of an error, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
