/**
 * How many inserts of a writer without a busy timeout are refused with SQLITE_BUSY in the rollback modes, by what
 * the readers do: `bun bench/refused.ts [inserts]`, about four minutes. In WAL mode none can be.
 */
import { Database } from "bun:sqlite";

import { Scratch } from "../tests/support/scratch.ts";
import { Server } from "../tests/support/server.ts";
import { Writer } from "../tests/support/writer.ts";
import { fillTable } from "./support/fill-table.ts";

const INSERTS = Number(process.argv[2] ?? 1000);
const GAP_MS = 15;
const LOG_ROWS = 20_000;

const MODES = ["DELETE", "TRUNCATE", "PERSIST", "MEMORY"];

/** What readers do, again and again until the writer has finished. */
type Reading = (server: Server, isOver: () => boolean) => Promise<string>;

const READINGS: Record<string, Reading> = {
  "10 streams follow": async (server, isOver) => {
    const readers = await Promise.all(Array.from({ length: 10 }, () => server.follow()));
    while (!isOver()) await Bun.sleep(GAP_MS);
    for (const reader of readers) await reader[Symbol.asyncDispose]();
    return "";
  },
  "a page of /api/events every 100 ms": async (server, isOver) => {
    while (!isOver()) {
      await (await server.fetch("/api/events")).text();
      await Bun.sleep(100);
    }
    return "";
  },
  "a replay of 20,000 rows, again and again": async (server, isOver) => {
    const beganAt = performance.now();
    let rows = 0;
    while (!isOver()) rows += await replay(server);
    return `, ${Math.round((rows * 1000) / (performance.now() - beganAt))} rows/s`;
  },
};

/** Reads the log from its first row. @returns how many rows there were */
async function replay(server: Server): Promise<number> {
  const abort = new AbortController();
  const response = await server.fetch("/api/events/stream?lastEventId=0", { signal: abort.signal });
  let rows = 0;
  for await (const chunk of response.body ?? []) {
    // Each event ends with an empty line, and nothing else in its JSON breaks a line.
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1))
      if (chunk[at + 1] === 10) rows++;
    if (rows >= LOG_ROWS) break;
  }
  abort.abort();
  return rows;
}

async function measure(mode: string, read: Reading): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(new Scratch());
  const path = scratch.path("events.db");
  fillTable(path, LOG_ROWS);
  // A file in WAL mode stays in it for everybody: the other modes are the writer's own.
  new Database(path, { readwrite: true }).run("PRAGMA journal_mode = DELETE");
  const writer = stack.use(new Writer(path, 0));
  await writer.run(`PRAGMA journal_mode = ${mode}`);
  const server = stack.use(await Server.start([path]));
  let over = false;
  const reading = read(server, () => over);
  const { refused } = await writer.insertStubbornly(INSERTS, GAP_MS);
  over = true;
  return `${refused}${await reading}`;
}

console.log(`Inserts refused of ${INSERTS}, ${GAP_MS} ms apart, synchronous FULL\n`);
console.log(`| readers | ${MODES.join(" | ")} |`);
console.log(`| --- |${" --- |".repeat(MODES.length)}`);
for (const [name, read] of Object.entries(READINGS)) {
  const cells: string[] = [];
  for (const mode of MODES) cells.push(await measure(mode, read));
  console.log(`| ${name} | ${cells.join(" | ")} |`);
}
