import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";

import { FollowedPostgres } from "../../support/followed-postgres.ts";
import { idsFromTo } from "../../support/followed.ts";
import { NO_POSTGRES, Postgres, postgresPrograms } from "../../support/postgres.ts";
import { describeWhere } from "../../support/tools.ts";
import { TEST_TIMEOUT_MS, until } from "../../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const EVENTS = "CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text)";

describeWhere((await postgresPrograms()) !== undefined, NO_POSTGRES)("a table of PostgreSQL", () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await Postgres.start();
  });
  afterAll(async () => {
    await postgres[Symbol.asyncDispose]();
  });

  /** A database with a table, and a connection to it. */
  async function database(ddl: string = EVENTS) {
    const name = await postgres.createDatabase();
    const sql = postgres.connect(name);
    if (ddl !== "") await sql.unsafe(ddl);
    const insert = async (...notes: string[]): Promise<void> => {
      for (const note of notes) await sql`INSERT INTO events (note) VALUES (${note})`;
    };
    return {
      name,
      url: postgres.url(name),
      sql,
      insert,
      [Symbol.asyncDispose]: () => sql.close({ timeout: 0 }),
    };
  }

  async function follow(url: string, options: ConstructorParameters<typeof FollowedPostgres>[1] = {}) {
    const followed = new FollowedPostgres(url, options);
    await followed.waitForState("tailing");
    return followed;
  }

  test("is followed from the newest row on", async () => {
    await using db = await database();
    await db.insert("one", "two");
    await using followed = await follow(db.url);
    const reader = await followed.open();
    await db.insert("three", "four");
    await until(() => reader.ids.length === 2, "the new rows");
    expect(reader.ids).toEqual(["3", "4"]);
    expect(followed.errors).toEqual([]);
  });

  test("is replayed from a cursor on, however long it is", async () => {
    await using db = await database();
    await db.sql`INSERT INTO events (note) SELECT 'row ' || n FROM generate_series(1, 3000) AS n`;
    await using followed = await follow(db.url);
    const reader = await followed.open(0n);
    await until(() => reader.ids.length >= 3000, "all rows");
    expect(reader.ids).toEqual(idsFromTo(1, 3000));
  });

  test("gives rows of a slow transaction before those with higher ids", async () => {
    await using db = await database();
    await using followed = await follow(db.url);
    const reader = await followed.open();
    const slow = await db.sql.reserve();
    await slow`BEGIN`;
    await slow`INSERT INTO events (note) VALUES ('slow')`;
    await db.insert("fast", "faster");
    await until(() => followed.tail.lastPosition?.givenId === 3n, "the fast rows to be seen");
    expect(reader.ids).toEqual([]);
    await slow`COMMIT`;
    slow.release();
    await until(() => reader.ids.length === 3, "all rows");
    expect(reader.ids).toEqual(["1", "2", "3"]);
  });

  test("goes over the ids of what was rolled back", async () => {
    await using db = await database();
    await using followed = await follow(db.url);
    const reader = await followed.open();
    const slow = await db.sql.reserve();
    await slow`BEGIN`;
    await slow`INSERT INTO events (note) VALUES ('slow')`;
    await slow`SAVEPOINT s`;
    await slow`INSERT INTO events (note) VALUES ('never')`;
    await slow`ROLLBACK TO SAVEPOINT s`;
    await slow`INSERT INTO events (note) VALUES ('kept')`;
    await db.insert("fast");
    await slow`COMMIT`;
    slow.release();
    await until(() => reader.ids.length === 3, "all rows");
    expect(reader.ids).toEqual(["1", "3", "4"]);
  });

  test("waits for a prepared transaction, through a restart of the server, too", async () => {
    await using db = await database();
    await using followed = await follow(db.url, { waits: { heldBackMs: 0 }, pollIntervalMs: 200 });
    const reader = await followed.open();
    const slow = await db.sql.reserve();
    await slow`BEGIN`;
    await slow`INSERT INTO events (note) VALUES ('prepared')`;
    await slow`PREPARE TRANSACTION 'late'`;
    slow.release();
    await db.insert("fast");
    await until(
      () => followed.tail.status().problem?.includes('prepared as "late"'),
      "the problem to be told",
    );
    await postgres.restart("immediate");
    await until(() => postgres.sql`SELECT 1`.catch(() => undefined), "the server");
    await db.insert("after the restart");
    const looks = followed.tail.polls.interval;
    await until(
      () => followed.tail.polls.interval > looks + 1 && followed.state === "tailing",
      "two more looks",
    );
    expect(reader.ids).toEqual([]);
    await db.sql.unsafe("COMMIT PREPARED 'late'");
    await until(() => reader.ids.length === 3, "all rows");
    expect(reader.ids.slice(0, 2)).toEqual(["1", "2"]);
    expect(followed.resets).toEqual([]);
  });
});
