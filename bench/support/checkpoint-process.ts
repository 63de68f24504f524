/**
 * A program that does what a backup or a tidy operator does: `bun checkpoint-process.ts DATABASE`. Each line of input,
 * `{"times":n,"gapMs":n}`, is answered with how long each `PRAGMA wal_checkpoint(TRUNCATE)` took, and how many were refused.
 */
import { Database } from "bun:sqlite";

const [path = ""] = process.argv.slice(2);
/** Longer than any reader may be in the way. In ms. */
const BUSY_TIMEOUT_MS = 2000;

export interface CheckpointOrder {
  readonly times: number;
  readonly gapMs: number;
}

export interface Checkpoints {
  readonly tookMs: readonly number[];
  readonly refused: number;
}

const database = new Database(path, { readwrite: true });
database.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
const checkpoint = database.query<{ busy: number }, []>("PRAGMA wal_checkpoint(TRUNCATE)");

async function run({ times, gapMs }: CheckpointOrder): Promise<Checkpoints> {
  const tookMs: number[] = [];
  let refused = 0;
  for (let time = 0; time < times; time++) {
    await Bun.sleep(gapMs);
    const startedAtMs = performance.now();
    refused += checkpoint.get()?.busy ?? 1;
    tookMs.push(performance.now() - startedAtMs);
  }
  return { tookMs, refused };
}

console.log('"ready"');
for await (const line of console) {
  if (line === "") break;
  const order: CheckpointOrder = JSON.parse(line);
  console.log(JSON.stringify(await run(order)));
}
database.close();
