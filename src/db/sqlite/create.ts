/** Creates a database with an events table in it. The only place where Tailboard writes to a database. */
import { Database } from "bun:sqlite";
import { existsSync, linkSync, lstatSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

import { quoteName } from "../quote-name.ts";

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
 *
 * A new file is made under another name and takes its own when it is whole: what fails on the way, such as a full
 * disk, leaves nothing behind, and nobody ever opens a database without its table.
 * @param schema SQL that creates the table
 * @throws SQLiteError when the file can't be created or is no database
 */
export function createDatabase(path: string, table: string, schema: string = schemaSql(table)): void {
  if (existsSync(path) || isLink(path)) return createTable(path, schema);
  // Not the long name of a database: SQLite adds to it.
  const draft = join(dirname(path), `.tailboard-${process.pid}.new`);
  try {
    createTable(draft, schema);
    if (!takeName(draft, path)) createTable(path, schema);
  } finally {
    for (const companion of ["", "-wal", "-shm", "-journal"]) rmSync(`${draft}${companion}`, { force: true });
  }
}

function createTable(path: string, schema: string): void {
  const database = new Database(path, { create: true, readwrite: true });
  try {
    database.run("PRAGMA busy_timeout = 2000");
    const { page_count: pages } = database.query<{ page_count: number }, []>("PRAGMA page_count").get() ?? {};
    if (pages === 0) database.run("PRAGMA journal_mode = WAL");
    database.run(schema);
  } finally {
    // `true` throws where a statement is still open, rather than leave its locks behind.
    database.close(true);
  }
}

/** A link whose target is missing: SQLite creates the target. */
function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/**
 * Gives a file its name without ever overwriting another one that came meanwhile.
 * @returns false where there is another one
 */
function takeName(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch {
    // There is a file by now, or the file system knows no links: only then it is renamed.
    if (existsSync(path)) return false;
    renameSync(draft, path);
    return true;
  }
}
