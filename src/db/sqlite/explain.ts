/** Finds the words for an error: what is wrong with a database, and what to do about it. */
import { SQLiteError } from "bun:sqlite";

import { messageOf } from "../../message-of.ts";
import type { Problem } from "../problem.ts";
import { visible } from "../shell-word.ts";
import { explainId, explainKeyless, explainMissing, explainRepeated } from "./explain-table.ts";
import { FileError } from "./file-error.ts";
import { explainFile } from "./file-problem.ts";
import { QueryError } from "./query-view.ts";
import { explainSqlite, inputOutput, unknownFailure } from "./sqlite-problem.ts";
import { IdNotIntegerError, NoIntegerKeyError, RepeatedIdError, TableMissingError } from "./table-errors.ts";

/** Errors of the system that speak of the disk. */
const DISK_ERRORS = ["EIO", "ESTALE", "ENXIO", "ENODEV", "ETIMEDOUT"];

/**
 * @param path of the database, as the operator knows it
 * @param table the one to follow
 */
export function explain(error: unknown, path: string, table: string): Problem {
  if (error instanceof FileError) return explainFile(error, path);
  if (error instanceof TableMissingError) return explainMissing(error.missing, path);
  if (error instanceof NoIntegerKeyError) return explainKeyless(error.keyless, path);
  if (error instanceof IdNotIntegerError) return explainId(error.table, error.id, path);
  if (error instanceof RepeatedIdError) return explainRepeated(error.table, error.id, path);
  if (error instanceof QueryError) {
    return {
      state: error.isTableMissing ? "waiting-for-table" : "error",
      problem: `In ${visible(path)}, ${error.message}.`,
      advice: `--query takes one SELECT with an integer column "id" that grows, as in: SELECT rowid AS id, * FROM jobs.`,
      outlook: "Tailboard tries again by itself.",
    };
  }
  const message = messageOf(error);
  if (error instanceof SQLiteError) return explainSqlite({ errno: error.errno, message }, path, table);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return DISK_ERRORS.includes(code) ? inputOutput(message, path) : unknownFailure(message, path);
}
