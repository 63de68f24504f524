import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";

import { SNAPSHOT, versionOf } from "../../../src/db/postgres/snapshot-version.ts";
import { parseQuestion } from "../../../src/query/parse.ts";
import { FollowedPostgres } from "../../support/followed-postgres.ts";
import { idsFromTo } from "../../support/followed.ts";
import { EVENTS, NOTIFY, PostgresTable } from "../../support/postgres-table.ts";
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

  test("goes over a gap while looks are asked for without a pause", async () => {
    await using db = await PostgresTable.create(postgres);
    await using followed = await db.follow();
    const reader = await followed.open();
    const slow = await db.beginSlow("never");
    await db.insert("fast");
    await until(() => followed.tail.lastPosition?.givenId === 2n, "the fast row to be seen");
    let isOver = false;
    const ask = async (): Promise<void> => {
      while (!isOver) await followed.tail.position();
    };
    // Some ask during the look of the others, for the next look, and so on.
    const asking: Promise<void>[] = [];
    for (let asker = 0; asker < 5; asker++) {
      asking.push(ask());
      await Bun.sleep(1);
    }
    await slow.end("ROLLBACK");
    const isThere = await until(() => reader.ids.length > 0, "the fast row").catch(() => false);
    isOver = true;
    await Promise.all(asking);
    expect(isThere).toBeTrue();
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

  test("is followed by streams with questions, of which one statement answers many", async () => {
    await using db = await PostgresTable.create(postgres);
    await db.sql`INSERT INTO events (note) SELECT CASE WHEN n % 1000 = 0 THEN 'rare' ELSE 'often' END FROM generate_series(1, 30000) AS n`;
    await using followed = await db.follow();
    const rare = await followed.open(0n, undefined, parseQuestion("note:rare"));
    const others = await Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        followed.open(undefined, undefined, parseQuestion(`note:new${at}`)),
      ),
    );
    await until(() => rare.ids.length === 30, "the rare rows");
    await db.insert("rare", "new7", "new33", "often");
    await until(() => rare.ids.length === 31, "the new rare row");
    await until(() => others[33]?.ids.length === 1 && others[7]?.ids.length === 1, "the other rows");
    expect(rare.ids.slice(-2)).toEqual(["30000", "30001"]);
    expect(others.map(({ ids }) => ids).filter((ids) => ids.length > 0)).toEqual([["30002"], ["30003"]]);
    expect(() => followed.tail.filter(parseQuestion("nothing:here"))).toThrow("nothing");
    expect(followed.errors).toEqual([]);
  });

  test("has values of all types in its rows without loss", async () => {
    await using db = await PostgresTable.create(
      postgres,
      `CREATE TYPE mood AS ENUM ('good', 'bad');
      CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, big bigint, amount numeric, huge numeric, at timestamptz, day date,
        data jsonb, bytes bytea, uid uuid, tags text[], mood mood, address inet, span interval, yes boolean, ratio float8, long text, many bigint[])`,
    );
    await using followed = await db.follow();
    const reader = await followed.open();
    await db.sql
      .unsafe(`INSERT INTO events (big, amount, huge, at, day, data, bytes, uid, tags, mood, address, span, yes, ratio, long, many) VALUES (
      9007199254740993, 12.50, 123456789012345678901234567890.5, '2026-11-27 10:00:00.123456+02', '2026-11-27', '{"a": [1, "x"]}', '\\x00ff',
      '0b6f4b9c-5cf9-4a7b-9a55-36f0bd1c9d3e', '{a,NULL}', 'good', '10.0.0.1/8', '1 day 02:00', true, 'NaN', repeat('x', 70000), '{9007199254740993}')`);
    await until(() => reader.ids.length === 1, "the row");
    expect(JSON.parse(reader.rows[0]?.data ?? "")).toEqual({
      id: 1,
      big: "9007199254740993",
      amount: 12.5,
      huge: "123456789012345678901234567890.5",
      at: "2026-11-27T08:00:00.123456Z",
      day: "2026-11-27",
      data: { a: [1, "x"] },
      bytes: { $base64: "AP8=" },
      uid: "0b6f4b9c-5cf9-4a7b-9a55-36f0bd1c9d3e",
      tags: ["a", null],
      mood: "good",
      address: "10.0.0.1/8",
      span: "1 day 02:00:00",
      yes: true,
      ratio: "NaN",
      long: null,
      many: ["9007199254740993"],
      $truncated: ["long"],
    });
    await until(() => followed.tail.status().columns.time !== undefined, "the roles");
    expect(followed.tail.status().columns).toMatchObject({ id: "id", time: "at" });
  });

  test("with large rows is replayed within the budget of a page", async () => {
    await using db = await PostgresTable.create(postgres);
    await db.sql`INSERT INTO events (note) SELECT repeat(md5(n::text), 1500) FROM generate_series(1, 60) AS n`;
    await using followed = await db.follow();
    const page = await followed.tail.readAfter(0n, { rows: 256, bytes: 262_144 });
    if (page === "later") throw new Error("the log is not open");
    expect(page.rows.length).toBe(6);
    expect(page.hasMore).toBe(true);
    const reader = await followed.open(0n);
    await until(() => reader.ids.length === 60, "all rows");
  });

  test("that is opened while a transaction writes to it waits for its rows", async () => {
    await using db = await PostgresTable.create(postgres);
    const slow = await db.beginSlow("slow");
    await db.insert("fast");
    await using followed = new FollowedPostgres(db.url);
    const reader = await followed.open(0n);
    await until(() => followed.tail.polls.recheck > 0, "the first try");
    await Bun.sleep(200);
    expect(followed.state).toBe("opening");
    await slow.end("COMMIT");
    await until(() => reader.ids.length === 2, "both rows");
    expect(reader.ids).toEqual(["1", "2"]);
  });

  test("that is opened while a transaction does not end begins before its rows", async () => {
    await using db = await PostgresTable.create(postgres);
    await db.insert("one", "two");
    const slow = await db.beginSlow("slow");
    await db.insert("fast");
    await using followed = await db.follow({ waits: { openMs: 100 } });
    const reader = await followed.open(0n);
    await until(() => reader.ids.length === 2, "the rows before the gap");
    expect(followed.tail.lastPosition?.latestId).toBe(2n);
    await slow.end("COMMIT");
    await until(() => reader.ids.length === 4, "all rows");
    expect(reader.ids).toEqual(["1", "2", "3", "4"]);
  });

  test("with a trigger is looked at when it tells, and without one four times a second", async () => {
    await using db = await PostgresTable.create(postgres, `${EVENTS};${NOTIFY}`);
    await using followed = await db.follow();
    const reader = await followed.open();
    await db.insert("one");
    await until(() => reader.ids.length === 1, "the row");
    expect(followed.tail.status().advice).toBe(null);
    const { recheck } = followed.tail.polls;
    await Bun.sleep(600);
    await db.insert("two");
    await until(() => reader.ids.length === 2, "the second row");
    expect(followed.tail.polls.recheck).toBe(recheck);
    expect(followed.tail.polls.commit).toBeGreaterThan(1);

    await db.sql`DROP TRIGGER tell ON events`;
    await using other = await db.follow();
    expect(other.tail.status()).toMatchObject({ state: "tailing", problem: null });
    expect(other.tail.status().advice).toContain("notify-sql");
    const late = await other.open();
    await db.insert("three");
    await until(() => late.ids.length === 1, "the third row");
    expect(other.tail.polls.commit).toBeLessThan(2);
  });

  test("is looked at by one question, however many ask where it stands", async () => {
    await using db = await PostgresTable.create(postgres);
    await using followed = await db.follow();
    await db.insert("one");
    const positions = await Promise.all(Array.from({ length: 100 }, () => followed.tail.position()));
    expect(positions.every((position) => position?.latestId === 1n)).toBe(true);
    const [row] =
      await postgres.sql`SELECT count(*)::int4 AS n FROM pg_stat_activity WHERE datname = ${db.name} AND application_name = 'tailboard'`;
    // For looks, for pages, and to listen.
    expect(row.n).toBeLessThanOrEqual(4);
  });

  test("tells of writes to other tables, and calls the state what the tables are told", async () => {
    await using db = await PostgresTable.create(postgres, `${EVENTS}; CREATE TABLE other (a int)`);
    await using followed = await db.follow({ pollIntervalMs: 200 });
    const versions: string[] = [];
    followed.tail.onChange((change) => {
      if (change.kind === "touched") versions.push(change.dataVersion);
    });
    await until(() => versions.length > 0, "the first state");
    const before = followed.tail.dataVersion;
    await db.sql`INSERT INTO other VALUES (1)`;
    await until(() => followed.tail.dataVersion !== before, "another state");
    // Whatever else the server does changes its name, too.
    await until(async () => {
      const [row] = await db.sql.unsafe(SNAPSHOT.text);
      return versions.at(-1) === versionOf(row.concat_ws);
    }, "the state to be called what the tables are told");
  });
});
