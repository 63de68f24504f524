/**
 * Programs that write to a PostgreSQL table: `bun writer-process.ts URL`. Orders and answers are lines of JSON, see writers.ts.
 */
import { SQL } from "bun";

import { randomFrom } from "../../tests/support/random.ts";
import { wallClockMs } from "../../tests/support/stream-reader.ts";
import type { RandomOrder, SteadyOrder, Transaction, WriteOrder } from "./writers.ts";

const [url = ""] = process.argv.slice(2);
const MAX_WRITERS = 16;
const MAX_ROWS = 3;
const LONGEST_GAP_MS = 60;
await using sql = new SQL(url, { max: MAX_WRITERS });

/** One commit a row, to an absolute schedule. */
async function steady({ rate, seconds }: SteadyOrder): Promise<Transaction[]> {
  const done: Transaction[] = [];
  const startAtMs = performance.now();
  for (let row = 0; row < rate * seconds; row++) {
    const waitMs = startAtMs + (row * 1000) / rate - performance.now();
    if (waitMs > 0) await Bun.sleep(waitMs);
    const beganAt = wallClockMs();
    const [inserted] =
      await sql`INSERT INTO events (event_type, summary) VALUES ('note', ${`row ${row}`}) RETURNING id::int8`;
    done.push({ ids: [Number(inserted.id)], beganAt, endedAt: wallClockMs(), isCommitted: true });
  }
  return done;
}

/** Several at a time, each with transactions that last for a while, and some of which are rolled back. */
async function random(order: RandomOrder): Promise<Transaction[]> {
  const next = randomFrom(order.seed);
  const endAtMs = performance.now() + order.seconds * 1000;
  const done: Transaction[] = [];
  const write = async (): Promise<void> => {
    while (performance.now() < endAtMs) {
      const isCommitted = next(100) >= order.rolledBackPercent;
      const rows = 1 + next(MAX_ROWS);
      const pauses = Array.from({ length: rows }, () => next(Math.ceil(order.longestMs / rows)));
      const beganAt = wallClockMs();
      try {
        done.push({ ...(await transact(pauses, isCommitted)), beganAt });
      } catch {
        // The server was restarted. Whether it was committed nobody knows: the table tells at the end.
        await Bun.sleep(LONGEST_GAP_MS);
      }
      await Bun.sleep(next(LONGEST_GAP_MS));
    }
  };
  await Promise.all(Array.from({ length: order.writers }, write));
  return done;
}

async function transact(
  pauses: readonly number[],
  isCommitted: boolean,
): Promise<Omit<Transaction, "beganAt">> {
  const connection = await sql.reserve();
  try {
    await connection`BEGIN`;
    const ids: number[] = [];
    for (const pauseMs of pauses) {
      const [inserted] =
        await connection`INSERT INTO events (event_type, summary) VALUES ('note', 'random') RETURNING id::int8`;
      ids.push(Number(inserted.id));
      await Bun.sleep(pauseMs);
    }
    await (isCommitted ? connection`COMMIT` : connection`ROLLBACK`);
    return { ids, endedAt: wallClockMs(), isCommitted };
  } finally {
    await connection.release();
  }
}

console.log('"ready"');
for await (const line of console) {
  if (line === "") break;
  const order: WriteOrder = JSON.parse(line);
  console.log(JSON.stringify(await (order.kind === "steady" ? steady(order) : random(order))));
}
process.exit(0);
