/** Finds the words for an error: what is wrong with a database, and what to do about it. */
import { SQLiteError } from "bun:sqlite";

import { FileError } from "./file-error.ts";
import { explainFile } from "./file-problem.ts";
import { messageOf, type Problem } from "./problem.ts";
import { QueryError } from "./query-view.ts";
import { visible } from "./shell-word.ts";
import { explainSqlite, inputOutput, unknownFailure } from "./sqlite-problem.ts";
import { NoIntegerKeyError, RepeatedIdError, TableMissingError } from "./table-shape.ts";

/** Errors of the system that speak of the disk. */
const DISK_ERRORS = ["EIO", "ESTALE", "ENXIO", "ENODEV", "ETIMEDOUT"];

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
      problem: `In ${visible(path)}, ${error.message}.`,
      advice:
        "Rows are told apart by their id, so each needs its own: let the view give one row for each id (GROUP BY id, or SELECT DISTINCT), or another integer column as id.",
    };
  }
  if (error instanceof QueryError) {
    return {
      state: error.isTableMissing ? "waiting-for-table" : "error",
      problem: `In ${visible(path)}, ${error.message}.`,
      advice: `--query takes one SELECT with an integer column "id" that grows, as in: SELECT rowid AS id, * FROM jobs. Tailboard tries again by itself.`,
    };
  }
  const message = messageOf(error);
  if (error instanceof SQLiteError) return explainSqlite({ errno: error.errno, message }, path);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return DISK_ERRORS.includes(code) ? inputOutput(message, path) : unknownFailure(message, path);
}
