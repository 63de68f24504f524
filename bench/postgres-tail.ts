/**
 * How soon a row of PostgreSQL is at a stream: at 100 rows a second, with the trigger that tells of commits and without; and
 * beside writers whose transactions overlap.
 *
 *     bun bench/postgres-tail.ts
 */
import { FollowedPostgres } from "../tests/support/followed-postgres.ts";
import { EVENTS, NOTIFY, PostgresTable } from "../tests/support/postgres-table.ts";
import { Postgres } from "../tests/support/postgres.ts";
import { until } from "../tests/support/until.ts";

const SECONDS = Number(process.env["BENCH_SECONDS"] ?? 10);
const ROWS_PER_SECOND = 100;
const ROLLED_BACK = 0.15;
const MOST_ROWS = Number(process.env["BENCH_ROWS"] ?? 1);

async function measure(postgres: Postgres, name: string, ddl: string): Promise<void> {
  await using table = await PostgresTable.create(postgres, ddl);
  await using followed = new FollowedPostgres(table.url, { pollIntervalMs: 2000 });
  await followed.waitForState("tailing");
  const reader = await followed.open();
  await Bun.sleep(500);
  const sent: number[] = [];
  const answered: number[] = [];
  const startMs = performance.now();
  for (let row = 0; row < SECONDS * ROWS_PER_SECOND; row++) {
    const dueMs = startMs + (row * 1000) / ROWS_PER_SECOND;
    await Bun.sleep(Math.max(0, dueMs - performance.now()));
    sent.push(performance.timeOrigin + performance.now());
    await table.sql`INSERT INTO events (note) VALUES (${`row ${row}`})`;
    answered.push(performance.timeOrigin + performance.now());
  }
  await until(() => reader.rows.length === sent.length, "all rows");
  const received = reader.rows.map(({ receivedAt }) => receivedAt);
  const since = (from: readonly number[], to: readonly number[] = received): string => {
    return shares(to.map((ms, at) => ms - (from[at] ?? 0)));
  };
  console.log(`${name}: since the INSERT was sent ${since(sent)}; since it was answered ${since(answered)}`);
  // How busy the machine is: nothing of Tailboard is in it.
  console.log(`  the INSERT itself: ${since(sent, answered)}`);
  console.log(`  looks: ${JSON.stringify(followed.tail.polls)}, rows: ${reader.rows.length}`);
}

interface Ended {
  readonly ids: readonly number[];
  readonly isCommitted: boolean;
  readonly atMs: number;
}

/** Writers whose transactions overlap. Rows can be in the order of their ids once all with lower ids have ended. */
async function measureWriters(postgres: Postgres, writers: number, pauseMs: number): Promise<void> {
  await using table = await PostgresTable.create(postgres, `${EVENTS};${NOTIFY}`);
  await using followed = new FollowedPostgres(table.url, { pollIntervalMs: 2000 });
  await followed.waitForState("tailing");
  const reader = await followed.open();
  const ended: Ended[] = [];
  const deadlineMs = performance.now() + SECONDS * 1000;
  const write = async (): Promise<void> => {
    while (performance.now() < deadlineMs) {
      const connection = await table.sql.reserve();
      const ids: number[] = [];
      await connection`BEGIN`;
      for (let row = Math.floor(Math.random() * MOST_ROWS); row >= 0; row--) {
        const [inserted] = await connection`INSERT INTO events (note) VALUES ('note') RETURNING id::int4`;
        ids.push(Number(inserted.id));
        await Bun.sleep(Math.random() * pauseMs);
      }
      const isCommitted = Math.random() >= ROLLED_BACK;
      await connection.unsafe(isCommitted ? "COMMIT" : "ROLLBACK");
      ended.push({ ids, isCommitted, atMs: performance.timeOrigin + performance.now() });
      await connection.release();
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  const endOf = new Map(ended.flatMap(({ ids, atMs }) => ids.map((id) => [id, atMs] as const)));
  const committed = ended.flatMap(({ ids, isCommitted }) => (isCommitted ? ids : []));
  await until(() => reader.rows.length === committed.length, "all rows");
  let possibleMs = 0;
  let id = 0;
  const [afterCommit, afterPossible]: [number[], number[]] = [[], []];
  for (const row of reader.rows) {
    for (; id < Number(row.id);) possibleMs = Math.max(possibleMs, endOf.get(++id) ?? 0);
    afterCommit.push(row.receivedAt - (endOf.get(id) ?? 0));
    afterPossible.push(row.receivedAt - possibleMs);
  }
  console.log(
    `${writers} writers, up to ${pauseMs} ms, ${committed.length} rows: after the commit ${shares(afterCommit)}; after id order was possible ${shares(afterPossible)}`,
  );
  console.log(`  looks: ${JSON.stringify(followed.tail.polls)}`);
}

function shares(delays: readonly number[]): string {
  const sorted = delays.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${(sorted.at(-1) ?? 0).toFixed(2)} ms`;
}

await using postgres = await Postgres.start();
await measure(postgres, "with the trigger", `${EVENTS};${NOTIFY}`);
await measure(postgres, "without it", EVENTS);
await measureWriters(postgres, 8, 0);
await measureWriters(postgres, 8, 30);
await measureWriters(postgres, 8, 300);
