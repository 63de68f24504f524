/** Large tables, made by SQLite itself. */
import { Database } from "bun:sqlite";
import { statfsSync } from "node:fs";
import { dirname } from "node:path";

import { createDatabase } from "../../src/db/sqlite/create.ts";

const ROWS_PER_TRANSACTION = 1_000_000;

/** What a row takes in the file, with room to spare: 89 bytes when it was measured. */
const BYTES_PER_ROW = 160;

/** The time of the row before the first one, and from each row to the next, in seconds: their times rise with their ids. */
export const FILLED_FROM_SECONDS = Date.UTC(2024, 0, 1) / 1000;
export const FILLED_GAP_SECONDS = 5;

/** Rows shaped like those of sample-row.ts. SQLite joins texts before it takes a remainder, hence the brackets. */
const FILL = `
WITH RECURSIVE counter(n) AS (SELECT ?1 UNION ALL SELECT n + 1 FROM counter LIMIT ?2)
INSERT INTO events(timestamp, event_type, actor_id, target_id, target_type, summary)
SELECT strftime('%Y-%m-%dT%H:%M:%fZ', ${FILLED_FROM_SECONDS} + n * ${FILLED_GAP_SECONDS}, 'unixepoch'), 'heartbeat', 'worker-' || (n % 12), 'job-' || (n % 1000), 'job',
  'did step ' || (n % 7) || ' of job ' || (n % 1000)
FROM counter`;

/** Creates a database with so many rows in it. */
export function fillTable(path: string, rows: number): void {
  createDatabase(path, "events");
  using database = new Database(path, { readwrite: true });
  // Nothing is lost by a crash that the next run would not make again.
  database.run("PRAGMA synchronous = OFF");
  for (let first = 1; first <= rows; first += ROWS_PER_TRANSACTION)
    database.run(FILL, [first, Math.min(rows - first + 1, ROWS_PER_TRANSACTION)]);
  database.run("PRAGMA wal_checkpoint(TRUNCATE)");
}

/** Whether the disk has room for such a table, and twice as much besides. */
export function hasRoomFor(path: string, rows: number): boolean {
  const { bavail, bsize } = statfsSync(dirname(path));
  return bavail * bsize > rows * BYTES_PER_ROW * 3;
}
