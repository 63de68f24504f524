/**
 * A program that inserts rows at a steady rate, and hands them on to a peer that reads no database:
 * `bun steady-writer-process.ts DATABASE [FEED]`, where FEED is `lines:PORT` or `post:PORT`. Commands and answers are
 * lines of JSON.
 */
import { Database } from "bun:sqlite";

import { wallClockMs } from "../../tests/support/stream-reader.ts";
import { openFeed } from "./feed.ts";
import { rowJson, sampleRow } from "./sample-row.ts";
import type { WriteOrder, WrittenRows } from "./steady-writer.ts";

const [path = "", feedName = ""] = process.argv.slice(2);
const database = new Database(path, { create: true, readwrite: true });
database.run("PRAGMA busy_timeout = 5000");
const insert = database.query(
  "INSERT INTO events(timestamp, event_type, actor_id, target_id, target_type, summary, metadata) VALUES (?, ?, ?, ?, ?, ?, ?)",
);
/** The rows say their own ids, of which the questions of a scenario know what they match. */
let lastId = database.query<{ id: number | null }, []>("SELECT max(id) AS id FROM events").get()?.id ?? 0;
const feed = feedName === "" ? undefined : await openFeed(feedName);

/** Writes to an absolute schedule: a commit that is late does not make the next ones late. */
async function write({ rate, seconds, rowsPerCommit, paddingBytes }: WriteOrder): Promise<WrittenRows> {
  const commits = Math.round((rate * seconds) / rowsPerCommit);
  const gapMs = (rowsPerCommit * 1000) / rate;
  const committedAt: number[] = [];
  let firstId: number | undefined;
  const startAtMs = performance.now() + gapMs;
  for (let commit = 0; commit < commits; commit++) {
    const waitMs = startAtMs + commit * gapMs - performance.now();
    if (waitMs > 0) await Bun.sleep(waitMs);
    const published: string[] = [];
    database.run("BEGIN IMMEDIATE");
    for (let index = 0; index < rowsPerCommit; index++) {
      const row = sampleRow(lastId + 1, paddingBytes);
      lastId = Number(insert.run(...row).lastInsertRowid);
      firstId ??= lastId;
      if (feed !== undefined) published.push(rowJson(lastId, row));
    }
    database.run("COMMIT");
    const at = wallClockMs();
    feed?.publish(published);
    for (let index = 0; index < rowsPerCommit; index++) committedAt.push(at);
  }
  const lateMs = performance.now() - (startAtMs + (commits - 1) * gapMs);
  return { firstId: firstId ?? 0, committedAt, lateMs };
}

console.log('"ready"');
for await (const line of console) {
  if (line === "") break;
  const order: WriteOrder = JSON.parse(line);
  console.log(JSON.stringify(await write(order)));
}
database.close();
process.exit(0);
