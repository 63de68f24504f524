import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";

import { idsFromTo } from "../../support/followed.ts";
import { PostgresTable } from "../../support/postgres-table.ts";
import { NO_POSTGRES, Postgres, postgresPrograms } from "../../support/postgres.ts";
import { describeWhere } from "../../support/tools.ts";
import { TEST_TIMEOUT_MS, until } from "../../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

describeWhere((await postgresPrograms()) !== undefined, NO_POSTGRES)("a table of PostgreSQL", () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await Postgres.start();
  });
  afterAll(async () => {
    await postgres[Symbol.asyncDispose]();
  });

  test("is followed from the newest row on", async () => {
    await using db = await PostgresTable.create(postgres);
    await db.insert("one", "two");
    await using followed = await db.follow();
    const reader = await followed.open();
    await db.insert("three", "four");
    await until(() => reader.ids.length === 2, "the new rows");
    expect(reader.ids).toEqual(["3", "4"]);
    expect(followed.errors).toEqual([]);
  });

  test("is replayed from a cursor on, however long it is", async () => {
    await using db = await PostgresTable.create(postgres);
    await db.sql`INSERT INTO events (note) SELECT 'row ' || n FROM generate_series(1, 3000) AS n`;
    await using followed = await db.follow();
    const reader = await followed.open(0n);
    await until(() => reader.ids.length >= 3000, "all rows");
    expect(reader.ids).toEqual(idsFromTo(1, 3000));
  });

  test("gives rows of a slow transaction before those with higher ids", async () => {
    await using db = await PostgresTable.create(postgres);
    await using followed = await db.follow();
    const reader = await followed.open();
    const slow = await db.beginSlow("slow");
    await db.insert("fast", "faster");
    await until(() => followed.tail.lastPosition?.givenId === 3n, "the fast rows to be seen");
    expect(reader.ids).toEqual([]);
    await slow.end("COMMIT");
    await until(() => reader.ids.length === 3, "all rows");
    expect(reader.ids).toEqual(["1", "2", "3"]);
  });

  test("goes over the ids of what was rolled back", async () => {
    await using db = await PostgresTable.create(postgres);
    await using followed = await db.follow();
    const reader = await followed.open();
    const slow = await db.beginSlow("slow");
    await slow.run("SAVEPOINT s");
    await slow.run("INSERT INTO events (note) VALUES ('never')");
    await slow.run("ROLLBACK TO SAVEPOINT s");
    await slow.run("INSERT INTO events (note) VALUES ('kept')");
    await db.insert("fast");
    await slow.end("COMMIT");
    await until(() => reader.ids.length === 3, "all rows");
    expect(reader.ids).toEqual(["1", "3", "4"]);
  });

  test("waits for a prepared transaction, through a restart of the server, too", async () => {
    await using db = await PostgresTable.create(postgres);
    await using followed = await db.follow({ waits: { heldBackMs: 0 }, pollIntervalMs: 200 });
    const reader = await followed.open();
    await (await db.beginSlow("prepared")).end("PREPARE TRANSACTION 'late'");
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
