/**
 * A program that writes to a database: the other side of every test of the tail. Reads one command a line from
 * standard input, `{"sql": [...statements], "times": n, "gapMs": n, "stubborn": bool}`, and answers with one line,
 * `{"committedAt": [...], "refused": n}` or `{"error": "..."}`.
 */
import { Database, SQLiteError } from "bun:sqlite";

import { wallClockMs } from "./stream-reader.ts";

interface WriteCommand {
  readonly sql: readonly string[];
  /** How often the statements are run, each time in a transaction of their own. */
  readonly times: number;
  readonly gapMs: number;
  /** Whether a statement that is refused, because the database is locked, is counted and tried again. */
  readonly stubborn: boolean;
}

const [path = "", busyTimeoutMs = "5000"] = process.argv.slice(2);
const database = new Database(path, { create: true, readwrite: true });
database.run(`PRAGMA busy_timeout = ${Number(busyTimeoutMs)}`);

/** Runs a statement until the database is not locked. @returns how many tries it took */
function tries(statement: string): number {
  for (let count = 1; ; count++) {
    try {
      database.run(statement);
      return count;
    } catch (error) {
      if (!(error instanceof SQLiteError) || error.code !== "SQLITE_BUSY") throw error;
    }
  }
}

for await (const line of console) {
  if (line === "") continue;
  const { sql, times, gapMs, stubborn }: WriteCommand = JSON.parse(line);
  try {
    const committedAt: number[] = [];
    let refused = 0;
    for (let time = 0; time < times; time++) {
      if (sql.length > 1) database.run("BEGIN IMMEDIATE");
      for (const statement of sql) {
        if (stubborn) refused += tries(statement) > 1 ? 1 : 0;
        else database.run(statement);
      }
      if (sql.length > 1) database.run("COMMIT");
      committedAt.push(wallClockMs());
      if (gapMs > 0) await Bun.sleep(gapMs);
    }
    console.log(JSON.stringify({ committedAt, refused }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }));
  }
}
database.close();
