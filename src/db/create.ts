/** Creates a database with an events table in it. The only place where Tailboard writes to a database. */
import { Database } from "bun:sqlite";

import { quoteName } from "./table-shape.ts";

/** The table that Tailboard creates, and the shape that it detects without any option. */
export function schemaSql(table: string): string {
  return `CREATE TABLE IF NOT EXISTS ${quoteName(table)} (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  timestamp TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  event_type TEXT NOT NULL,
  actor_id TEXT, target_id TEXT, target_type TEXT,
  summary TEXT NOT NULL, metadata TEXT
)`;
}

/**
 * Creates the file and the table where they are missing. A new file is put into WAL mode, in which a reader and a
 * writer never wait for each other; one that is there keeps its mode.
 * @throws SQLiteError when the file can't be created or is no database
 */
export function createDatabase(path: string, table: string): void {
  const database = new Database(path, { create: true, readwrite: true });
  try {
    database.run("PRAGMA busy_timeout = 2000");
    const { page_count: pages } = database.query<{ page_count: number }, []>("PRAGMA page_count").get() ?? {};
    if (pages === 0) database.run("PRAGMA journal_mode = WAL");
    database.run(schemaSql(table));
  } finally {
    // `true` throws where a statement is still open, rather than leave its locks behind.
    database.close(true);
  }
}
