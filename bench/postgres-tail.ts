/**
 * How soon a row of PostgreSQL is at a stream: at 100 rows a second, with the trigger that tells of commits and without.
 *
 *     bun bench/postgres-tail.ts
 */
import { FollowedPostgres } from "../tests/support/followed-postgres.ts";
import { EVENTS, NOTIFY, PostgresTable } from "../tests/support/postgres-table.ts";
import { Postgres } from "../tests/support/postgres.ts";
import { until } from "../tests/support/until.ts";

const SECONDS = Number(process.env["BENCH_SECONDS"] ?? 10);
const ROWS_PER_SECOND = 100;

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
    const delays = to.map((ms, at) => ms - (from[at] ?? 0)).toSorted((a, b) => a - b);
    const at = (share: number): string => (delays[Math.floor(delays.length * share)] ?? 0).toFixed(2);
    return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${(delays.at(-1) ?? 0).toFixed(2)} ms`;
  };
  console.log(`${name}: since the INSERT was sent ${since(sent)}; since it was answered ${since(answered)}`);
  // How busy the machine is: nothing of Tailboard is in it.
  console.log(`  the INSERT itself: ${since(sent, answered)}`);
  console.log(`  looks: ${JSON.stringify(followed.tail.polls)}, rows: ${reader.rows.length}`);
}

await using postgres = await Postgres.start();
await measure(postgres, "with the trigger", `${EVENTS};${NOTIFY}`);
await measure(postgres, "without it", EVENTS);
