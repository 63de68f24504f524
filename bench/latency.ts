/**
 * From the commit in one process to the subscriber in another, through a third that serves, for every journal
 * mode: `bun bench/latency.ts [inserts]`, about two minutes. Beside it, in the same run and over the same
 * stream, a poll every 2 s alone, and one look per notification of the file system.
 */
import { join } from "node:path";

import { schemaSql } from "../src/db/sqlite/create.ts";
import { Scratch } from "../tests/support/scratch.ts";
import { Server } from "../tests/support/server.ts";
import { lines, Writer } from "../tests/support/writer.ts";
import { Clients } from "./support/clients.ts";
import { spread } from "./support/percentiles.ts";

const INSERTS = Number(process.argv[2] ?? 200);
const GAP_MS = 15;
/** The poll alone takes this long at worst. */
const LONGEST_MS = 2500;

const MODES = ["WAL", "DELETE", "TRUNCATE", "PERSIST", "MEMORY"];
const SYNCHRONOUS = ["FULL", "NORMAL"];
const TAILS = ["tailboard", "notification", "poll"] as const;
type TailName = (typeof TAILS)[number];

/** A server with that tail. */
async function serve(tail: TailName, path: string, stack: AsyncDisposableStack): Promise<string> {
  if (tail === "tailboard") return `${stack.use(await Server.start([path])).url}api/events/stream`;
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "support/naive-server.ts"), path, tail], {
    stdout: "pipe",
  });
  stack.defer(() => child.kill("SIGKILL"));
  const { value } = await lines(child.stdout).next();
  if (value === undefined) throw new Error(`the server with the tail ${tail} did not start`);
  return value;
}

interface Result {
  readonly delaysMs: number[];
  readonly refused: number;
}

async function measure(tail: TailName, mode: string, synchronous: string): Promise<Result> {
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(new Scratch());
  const path = scratch.path("events.db");
  // A writer without patience: whatever holds it up is counted.
  const writer = stack.use(new Writer(path, 0));
  for (const sql of [
    `PRAGMA journal_mode = ${mode}`,
    `PRAGMA synchronous = ${synchronous}`,
    schemaSql("events"),
  ])
    await writer.run(sql);
  const clients = stack.use(await Clients.open(await serve(tail, path, stack), 1));
  const { committedAt, refused } = await writer.insertStubbornly(INSERTS, GAP_MS);
  await Bun.sleep(LONGEST_MS);
  const [received] = await clients.take();
  if (received === undefined || received.ids.length !== INSERTS)
    throw new Error(`${tail} ${mode}: got ${received?.ids.length} of ${INSERTS} rows`);
  return {
    delaysMs: received.receivedAt.map((at, index) => at - (committedAt[index] ?? Number.NaN)),
    refused,
  };
}

console.log(
  `${INSERTS} inserts, ${GAP_MS} ms apart; ms from commit to subscriber; inserts refused with SQLITE_BUSY\n`,
);
console.log(
  "| journal mode | tailboard p50 / p99 / max | refused | one look per notification | refused | 2 s poll alone | refused |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- |");
for (const mode of MODES) {
  for (const synchronous of SYNCHRONOUS) {
    const cells: string[] = [];
    for (const tail of TAILS) {
      const { delaysMs, refused } = await measure(tail, mode, synchronous);
      const { p50, p99, max } = spread(delaysMs);
      cells.push(`${p50} / ${p99} / ${max}`, String(refused));
    }
    console.log(`| ${mode} ${synchronous} | ${cells.join(" | ")} |`);
  }
}
