/**
 * A program that writes to a database: the other side of every test of the tail. Reads one command a line from
 * standard input, `{"sql": [...statements], "times": n, "gapMs": n}`, and answers with one line,
 * `{"committedAt": [...]}` or `{"error": "..."}`.
 */
import { Database } from "bun:sqlite";

import { wallClockMs } from "./stream-reader.ts";

interface WriteCommand {
  readonly sql: readonly string[];
  /** How often the statements are run, each time in a transaction of their own. */
  readonly times: number;
  readonly gapMs: number;
}

const [path = "", busyTimeoutMs = "5000"] = process.argv.slice(2);
const database = new Database(path, { create: true, readwrite: true });
database.run(`PRAGMA busy_timeout = ${Number(busyTimeoutMs)}`);

for await (const line of console) {
  if (line === "") continue;
  const { sql, times, gapMs }: WriteCommand = JSON.parse(line);
  try {
    const committedAt: number[] = [];
    for (let time = 0; time < times; time++) {
      if (sql.length > 1) database.run("BEGIN IMMEDIATE");
      for (const statement of sql) database.run(statement);
      if (sql.length > 1) database.run("COMMIT");
      committedAt.push(wallClockMs());
      if (gapMs > 0) await Bun.sleep(gapMs);
    }
    console.log(JSON.stringify({ committedAt }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }));
  }
}
database.close();
