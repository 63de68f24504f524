/**
 * Whatever transactions do, and whatever happens to the server: every committed row arrives once and in order.
 *
 *     TAILBOARD_RANDOM_SECONDS=60 bun test tests/faults/postgres-random.test.ts
 */
import { expect, setDefaultTimeout, test } from "bun:test";

import { parseQuestion } from "../../src/query/parse.ts";
import type { FollowedPostgres } from "../support/followed-postgres.ts";
import { EVENTS, NOTIFY, PostgresTable } from "../support/postgres-table.ts";
import { NO_POSTGRES, Postgres, postgresPrograms } from "../support/postgres.ts";
import type { StreamReader } from "../support/stream-reader.ts";
import { describeWhere } from "../support/tools.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

const SECONDS = Number(process.env["TAILBOARD_RANDOM_SECONDS"] ?? 5);
const WRITERS = 8;
const HOPPERS = Number(process.env["TAILBOARD_RANDOM_CLIENTS"] ?? 3);
const LONGEST_PAUSE_MS = Number(process.env["TAILBOARD_RANDOM_PAUSE_MS"] ?? 30);
const ROLLED_BACK = 0.15;

setDefaultTimeout(TEST_TIMEOUT_MS + SECONDS * 1000);

/** Transactions with pauses, until they are told to stop. @returns the ids that were committed */
async function write(
  sql: Bun.SQL,
  isOver: () => boolean,
  onError: (error: unknown) => void,
): Promise<number[]> {
  const committed: number[] = [];
  while (!isOver()) {
    const ids: number[] = [];
    try {
      await sql.begin(async (transaction) => {
        for (let rows = Math.floor(Math.random() * 3); rows >= 0; rows--) {
          const [row] = await transaction`INSERT INTO events (note) VALUES ('note') RETURNING id::int4`;
          ids.push(Number(row.id));
          await Bun.sleep(Math.random() * LONGEST_PAUSE_MS);
        }
        if (Math.random() < ROLLED_BACK) throw new Error("rolled back");
      });
      committed.push(...ids);
    } catch (error) {
      if (!(error instanceof Error && error.message === "rolled back")) onError(error);
    }
  }
  return committed;
}

/** A client that goes from one server to the other, with its cursor. */
async function hop(
  servers: readonly FollowedPostgres[],
  isOver: () => boolean,
): Promise<{ ids: string[]; resets: unknown[] }> {
  const [ids, resets]: [string[], unknown[]] = [[], []];
  let log: string | undefined;
  const take = (reader: StreamReader): void => {
    ids.push(...reader.ids);
    resets.push(...reader.named("reset"));
    log = reader.log ?? log;
  };
  for (let at = 0; !isOver(); at++) {
    const server = servers[at % servers.length];
    if (server === undefined) break;
    if (server.state !== "tailing") {
      await Bun.sleep(20);
      continue;
    }
    const reader = await server.open(BigInt(ids.at(-1) ?? 0), log);
    await Bun.sleep(50 + Math.random() * 200);
    await reader[Symbol.asyncDispose]();
    take(reader);
  }
  return { ids, resets };
}

/** What happens while rows are written. */
interface Disturbance {
  readonly name: string;
  readonly everyMs: number;
  readonly disturb: (postgres: Postgres) => Promise<unknown>;
}

const DISTURBANCES: readonly Disturbance[] = [
  {
    name: "sessions of Tailboard are ended",
    everyMs: 300,
    disturb: ({ sql }) =>
      sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tailboard' AND random() < 0.5`,
  },
  { name: "the server is restarted", everyMs: 2000, disturb: (postgres) => postgres.restart("fast") },
  { name: "the server crashes", everyMs: 2000, disturb: (postgres) => postgres.restart("immediate") },
];

async function follow(disturbance?: Disturbance): Promise<void> {
  await using postgres = await Postgres.start();
  await using table = await PostgresTable.create(postgres, `${EVENTS};${NOTIFY}`);
  await using first = await table.follow({ pollIntervalMs: 500 });
  await using second = await table.follow({ pollIntervalMs: 500 });
  const readers = await Promise.all([
    first.open(0n),
    second.open(0n),
    // A question that every row answers.
    first.open(0n, undefined, parseQuestion("note:note")),
  ]);

  const deadlineMs = performance.now() + SECONDS * 1000;
  const isOver = (): boolean => performance.now() > deadlineMs;
  const errors: unknown[] = [];
  const writers = Array.from({ length: WRITERS }, () =>
    write(table.sql, isOver, (error) => errors.push(error)),
  );
  let isDrained = false;
  const hoppers = Array.from({ length: HOPPERS }, () => hop([first, second], () => isDrained));
  while (disturbance !== undefined && !isOver()) {
    await Bun.sleep(disturbance.everyMs);
    await disturbance.disturb(postgres).catch(() => undefined);
  }
  const answered = (await Promise.all(writers)).flat().map(String);
  // Whether the last transaction before a crash was committed is not known from its answer alone.
  const committed = await until(() => allIds(table.sql), "the server");
  expect(answered.filter((id) => !committed.includes(id))).toEqual([]);
  const last = committed.at(-1);
  for (const reader of readers) await until(() => reader.ids.at(-1) === last, `the row ${last}`, 30_000);
  await Bun.sleep(500);
  isDrained = true;
  console.log(`${committed.length} rows, ${errors.length} transactions failed`);
  for (const reader of readers) expect(reader.ids).toEqual(committed);
  for (const { ids, resets } of await Promise.all(hoppers)) {
    expect(resets).toEqual([]);
    expect(ids).toEqual(committed);
  }
}

async function allIds(sql: Bun.SQL): Promise<string[] | undefined> {
  try {
    return (await sql.unsafe<{ id: string }[]>("SELECT id::text FROM events ORDER BY events.id")).map(
      ({ id }) => id,
    );
  } catch {
    return undefined;
  }
}

describeWhere((await postgresPrograms()) !== undefined, NO_POSTGRES)(
  "every committed row arrives once and in order, at streams that stay and at clients that hop",
  () => {
    test("while nothing else happens", () => follow());
    test.each(DISTURBANCES.map((each) => [each.name, each] as const))("while %s", (_, each) => follow(each));
  },
);
