/**
 * Whatever transactions do, and whatever happens to the server: every committed row arrives once and in order.
 *
 *     TAILBOARD_RANDOM_SECONDS=60 bun test tests/faults/postgres-random.test.ts
 */
import { expect, setDefaultTimeout, test } from "bun:test";

import { FollowedPostgres } from "../support/followed-postgres.ts";
import { NO_POSTGRES, Postgres, postgresPrograms } from "../support/postgres.ts";
import type { StreamReader } from "../support/stream-reader.ts";
import { describeWhere } from "../support/tools.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

const SECONDS = Number(process.env["TAILBOARD_RANDOM_SECONDS"] ?? 5);
const WRITERS = 8;
const LONGEST_PAUSE_MS = 30;
const ROLLED_BACK = 0.15;

setDefaultTimeout(TEST_TIMEOUT_MS + SECONDS * 1000);

const TRIGGER = `CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_notify('tailboard:public.events', ''); RETURN NULL; END $$;
  CREATE TRIGGER tell AFTER INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION tell()`;

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
    const reader = await server.open(BigInt(ids.at(-1) ?? 0), log);
    await Bun.sleep(50 + Math.random() * 200);
    await reader[Symbol.asyncDispose]();
    take(reader);
  }
  return { ids, resets };
}

describeWhere((await postgresPrograms()) !== undefined, NO_POSTGRES)("at random", () => {
  test("every committed row arrives once and in order, at streams that stay and at clients that hop", async () => {
    await using postgres = await Postgres.start();
    const database = await postgres.createDatabase();
    await using sql = postgres.connect(database);
    await sql.unsafe(
      `CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text); ${TRIGGER}`,
    );
    await using first = new FollowedPostgres(postgres.url(database));
    await using second = new FollowedPostgres(postgres.url(database));
    await Promise.all([first.waitForState("tailing"), second.waitForState("tailing")]);
    const readers = await Promise.all([first.open(0n), second.open(0n)]);

    const deadlineMs = performance.now() + SECONDS * 1000;
    const isOver = (): boolean => performance.now() > deadlineMs;
    const errors: unknown[] = [];
    const writers = Array.from({ length: WRITERS }, () => write(sql, isOver, (error) => errors.push(error)));
    let isDrained = false;
    const hoppers = Array.from({ length: 3 }, () => hop([first, second], () => isDrained));
    const committed = (await Promise.all(writers))
      .flat()
      .toSorted((a, b) => a - b)
      .map(String);
    const last = committed.at(-1);
    for (const reader of readers) await until(() => reader.ids.at(-1) === last, `the row ${last}`);
    await Bun.sleep(500);
    isDrained = true;
    console.log(`${committed.length} rows`);
    expect(errors).toEqual([]);
    for (const reader of readers) expect(reader.ids).toEqual(committed);
    for (const { ids, resets } of await Promise.all(hoppers)) {
      expect(resets).toEqual([]);
      expect(ids).toEqual(committed);
    }
    expect(first.errors).toEqual([]);
  });
});
