/** What goes wrong with a followed table of PostgreSQL: other logs in its place, servers that go, networks that hang. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";

import { FollowedPostgres } from "../support/followed-postgres.ts";
import { HangingProxy } from "../support/hanging-proxy.ts";
import { PgBouncer } from "../support/pgbouncer.ts";
import { EVENTS, NOTIFY, PostgresTable } from "../support/postgres-table.ts";
import { NO_POSTGRES, Postgres, postgresPrograms } from "../support/postgres.ts";
import { describeWhere, findProgram } from "../support/tools.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** So that a thorough look comes soon. */
const SOON = { pollIntervalMs: 200 };

describeWhere((await postgresPrograms()) !== undefined, NO_POSTGRES)("a followed table of PostgreSQL", () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await Postgres.start();
    await postgres.sql.unsafe("CREATE ROLE reader LOGIN");
  });
  afterAll(async () => {
    await postgres[Symbol.asyncDispose]();
  });

  test("that is truncated and begins its ids anew is another log", async () => {
    await using table = await PostgresTable.create(postgres);
    await table.insert("one", "two");
    await using followed = await table.follow(SOON);
    const reader = await followed.open(0n);
    await until(() => reader.ids.length === 2, "the rows");
    const before = reader.log;
    await table.sql`TRUNCATE events RESTART IDENTITY`;
    await until(() => reader.named("reset").length === 1, "the reset");
    await table.insert("other");
    await until(() => reader.ids.length === 3, "the other row");
    expect(reader.ids).toEqual(["1", "2", "1"]);
    expect(reader.log).not.toBe(before);
    expect(followed.resets).toEqual(["rows-replaced"]);
    // And one who comes later finds out, too.
    await using later = await table.follow();
    const late = await later.open(2n, before);
    expect(late.named("reset")).toMatchObject([{ reason: "log-changed" }]);
    expect(later.tail.lastPosition?.log).toBe(reader.log);
  });

  test("that is truncated and at once has more rows than before is another log", async () => {
    await using table = await PostgresTable.create(postgres);
    await table.insert("one", "two");
    await using followed = await table.follow();
    const reader = await followed.open(0n);
    await until(() => reader.ids.length === 2, "the rows");
    await table.sql.begin(async (transaction) => {
      await transaction`TRUNCATE events RESTART IDENTITY`;
      await transaction`INSERT INTO events (note) SELECT 'new' FROM generate_series(1, 5)`;
    });
    await until(() => reader.ids.length === 7, "the new rows");
    expect(reader.ids).toEqual(["1", "2", "1", "2", "3", "4", "5"]);
    expect(followed.resets).toEqual(["rows-replaced"]);
  });

  test("that is dropped and created again is another log", async () => {
    await using table = await PostgresTable.create(postgres);
    await table.insert("one", "two");
    await using followed = await table.follow(SOON);
    const reader = await followed.open(0n);
    await until(() => reader.ids.length === 2, "the rows");
    await table.sql`DROP TABLE events`;
    await followed.waitForState("waiting-for-table");
    expect(followed.tail.status().problem).toContain("events");
    await table.sql.unsafe(EVENTS);
    await table.insert("other");
    await until(() => reader.ids.length === 3, "the other row");
    expect(reader.ids).toEqual(["1", "2", "1"]);
    expect(followed.resets).toEqual(["table-recreated"]);
  });

  test("that is emptied goes on", async () => {
    await using table = await PostgresTable.create(postgres);
    await table.insert("one", "two");
    await using followed = await table.follow(SOON);
    const reader = await followed.open(0n);
    await until(() => reader.ids.length === 2, "the rows");
    await table.sql`DELETE FROM events`;
    await table.sql`TRUNCATE events`;
    const looks = followed.tail.polls.interval;
    await until(() => followed.tail.polls.interval > looks + 2, "some looks");
    await table.insert("three");
    await until(() => reader.ids.length === 3, "the third row");
    expect(reader.ids).toEqual(["1", "2", "3"]);
    expect(followed.resets).toEqual([]);
  });

  test("keeps its log through VACUUM FULL, ALTER TABLE and ALTER SEQUENCE", async () => {
    await using table = await PostgresTable.create(postgres);
    await table.insert("one", "two");
    await using followed = await table.follow(SOON);
    const reader = await followed.open(0n);
    await until(() => reader.ids.length === 2, "the rows");
    await table.sql`VACUUM FULL events`;
    await table.insert("three");
    await table.sql`ALTER TABLE events ADD COLUMN more int DEFAULT 7`;
    await table.insert("four");
    await table.sql`ALTER SEQUENCE events_id_seq CACHE 1 INCREMENT 1 MAXVALUE 1000`;
    await table.insert("five");
    await until(() => reader.ids.length === 5, "the new rows");
    await until(() => followed.tail.open?.shape.log.columns.length === 3, "the new column");
    await table.insert("six");
    await until(() => reader.ids.length === 6, "the sixth row");
    expect(reader.rows.at(-1)?.data).toContain('"more":7');
    expect(reader.ids).toEqual(["1", "2", "3", "4", "5", "6"]);
    expect(reader.named("reset")).toEqual([]);
  });

  test("whose newest rows are replaced goes back to the last one that is the same", async () => {
    await using table = await PostgresTable.create(
      postgres,
      "CREATE TABLE events (id bigint PRIMARY KEY, note text)",
    );
    await table.sql`INSERT INTO events SELECT n, 'row ' || n FROM generate_series(1, 5) AS n`;
    await using followed = await table.follow(SOON);
    const reader = await followed.open(0n);
    await until(() => reader.ids.length === 5, "the rows");
    await table.sql`DELETE FROM events WHERE id > 3`;
    await until(() => followed.resets.length === 1, "the reset");
    await table.sql`INSERT INTO events VALUES (4, 'other')`;
    await until(() => reader.ids.at(-1) === "4", "the other row");
    expect(followed.resets).toEqual(["rows-replaced"]);
    expect(reader.rows.at(-1)?.data).toContain("other");
  });

  test("goes on after a restart, an immediate one, too, and when its sessions are ended", async () => {
    await using own = await Postgres.start();
    await using table = await PostgresTable.create(own);
    await using followed = await table.follow();
    const reader = await followed.open(0n);
    await table.insert("one");
    await own.restart("immediate");
    await until(
      () =>
        table.insert("two").then(
          () => true,
          () => false,
        ),
      "the server",
    );
    await own.sql`SELECT 1`.catch(() => undefined);
    await own.sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tailboard'`;
    await table.insert("three");
    await until(() => reader.ids.length === 3, "all rows");
    await own.stop();
    await followed.waitForState("waiting-for-server");
    await own.begin();
    await until(
      () =>
        table.insert("four").then(
          () => true,
          () => false,
        ),
      "the server",
    );
    await until(() => reader.ids.length === 4, "all rows");
    expect(reader.rows.map(({ data }) => JSON.parse(data).note)).toEqual(["one", "two", "three", "four"]);
    expect(followed.resets).toEqual([]);
  });

  test("behind a network that hangs is told, and goes on when it does not hang any more", async () => {
    await using table = await PostgresTable.create(postgres, `${EVENTS};${NOTIFY}`);
    await using proxy = await HangingProxy.start(postgres.port);
    const url = table.url.replace(String(postgres.port), String(proxy.port));
    await using followed = await table.follow({ ...SOON, waits: { deadlineMs: 500 } }, url);
    const reader = await followed.open();
    await table.insert("one");
    await until(() => reader.ids.length === 1, "the first row");
    proxy.setHanging(true);
    await table.insert("two");
    await followed.waitForState("waiting-for-server");
    expect(followed.tail.status().problem).toContain("does not answer");
    proxy.setHanging(false);
    await until(() => reader.ids.length === 2, "the second row", 20_000);
    expect(followed.resets).toEqual([]);
  });

  test("is followed though the server ends idle sessions", async () => {
    await using own = await Postgres.start({ settings: ["idle_session_timeout = '300ms'"] });
    await using table = await PostgresTable.create(own, `${EVENTS};${NOTIFY}`);
    await using followed = await table.follow();
    const reader = await followed.open();
    await Bun.sleep(1000);
    await until(
      () =>
        table.insert("one").then(
          () => true,
          () => false,
        ),
      "the insert",
    );
    await until(() => reader.ids.length === 1, "the row");
    expect(followed.errors).toEqual([]);
    expect(followed.states).toEqual(["tailing"]);
  });

  test("is read by a role with SELECT alone, which sees who holds rows back only by the pid", async () => {
    await using table = await PostgresTable.create(postgres);
    await table.sql`GRANT SELECT ON events TO reader`;
    await using followed = await table.follow(
      { ...SOON, waits: { heldBackMs: 100 } },
      postgres.url(table.name, "reader"),
    );
    const reader = await followed.open();
    const slow = await table.beginSlow("slow");
    await table.insert("fast");
    await until(() => followed.tail.status().problem?.includes("row waits"), "the problem");
    const { state, problem, advice } = followed.tail.status();
    expect(state).toBe("tailing");
    expect(problem).toMatch(/^1 row waits for a transaction that has not ended: pid \d+\.$/);
    expect(advice).toContain("pg_monitor");
    await slow.end("COMMIT");
    await until(() => reader.ids.length === 2, "both rows");
    expect(reader.ids).toEqual(["1", "2"]);
    await until(() => followed.tail.status().problem === null, "the problem to be gone");
  });

  test("tells the owner who holds rows back", async () => {
    await using table = await PostgresTable.create(postgres);
    await using followed = await table.follow({ ...SOON, waits: { heldBackMs: 100 } });
    const slow = await table.beginSlow("slow");
    await slow.run("SET application_name = 'importer'");
    await table.insert("fast");
    await until(() => followed.tail.status().problem?.includes("importer"), "the problem");
    expect(followed.tail.status().problem).toMatch(
      /^1 row waits for a transaction that has been open for \d+ s: pid \d+, application_name importer, state idle in transaction\.$/,
    );
    await slow.end("ROLLBACK");
  });

  test("may not be read by a role without SELECT", async () => {
    await using table = await PostgresTable.create(postgres);
    await using followed = new FollowedPostgres(postgres.url(table.name, "reader"), SOON);
    await followed.waitForState("error");
    expect(followed.tail.status().advice).toContain('GRANT SELECT ON "events" TO "reader"');
    await table.sql`GRANT SELECT ON events TO reader`;
    await followed.waitForState("tailing");
  });

  test("in partitions is followed as one", async () => {
    await using table = await PostgresTable.create(
      postgres,
      `CREATE TABLE events (id bigint GENERATED BY DEFAULT AS IDENTITY, note text, part int DEFAULT 1, PRIMARY KEY (id, part)) PARTITION BY LIST (part);
      CREATE TABLE first PARTITION OF events FOR VALUES IN (1);
      CREATE TABLE second PARTITION OF events FOR VALUES IN (2)`,
    );
    await using followed = await table.follow(SOON);
    const reader = await followed.open();
    const slow = await table.sql.reserve();
    await slow`BEGIN`;
    await slow`INSERT INTO second (id, note, part) VALUES (nextval('events_id_seq'), 'slow', 2)`;
    await table.insert("fast");
    await until(() => followed.tail.polls.interval > 2, "some looks");
    expect(reader.ids).toEqual([]);
    await slow`COMMIT`;
    await slow.release();
    await until(() => reader.ids.length === 2, "both rows");
    expect(reader.ids).toEqual(["1", "2"]);
  });

  test("with a sequence that draws ids beforehand is told, and rows that come too late are counted", async () => {
    await using table = await PostgresTable.create(postgres);
    await table.sql`ALTER SEQUENCE events_id_seq CACHE 20`;
    await using followed = await table.follow(SOON);
    expect(followed.tail.status().problem).toContain("CACHE 20");
    const reader = await followed.open();
    const [one, other] = [await table.sql.reserve(), await table.sql.reserve()];
    await one`INSERT INTO events (note) VALUES ('one')`;
    await other`INSERT INTO events (note) VALUES ('other')`;
    await until(() => reader.ids.length === 2, "both rows");
    await one`INSERT INTO events (note) VALUES ('too late')`;
    await until(
      () => followed.tail.status().problem?.includes("1 row came below"),
      "the late row to be told",
    );
    expect(followed.tail.status().advice).toContain("CACHE 1");
    expect(reader.ids).toEqual(["1", "21"]);
    await one.release();
    await other.release();
  });

  test("without an integer key is told", async () => {
    await using table = await PostgresTable.create(postgres, "CREATE TABLE events (uid uuid PRIMARY KEY)");
    await using followed = new FollowedPostgres(table.url);
    await followed.waitForState("error");
    expect(followed.tail.status().problem).toContain("no integer key");
  });

  test("that is not there yet is waited for, and all of its rows are new", async () => {
    await using table = await PostgresTable.create(postgres, "");
    await using followed = new FollowedPostgres(table.url, SOON);
    await followed.waitForState("waiting-for-table");
    const reader = await followed.open();
    await table.sql.begin(async (transaction) => {
      await transaction.unsafe(EVENTS);
      await transaction`INSERT INTO events (note) VALUES ('first')`;
    });
    await until(() => reader.ids.length === 1, "the first row");
  });

  test("that somebody holds is told as locked", async () => {
    await using table = await PostgresTable.create(postgres);
    await using followed = await table.follow({ ...SOON, waits: { lockTimeoutMs: 200 } });
    const reader = await followed.open();
    const slow = await table.beginSlow("one");
    await slow.run("LOCK TABLE events IN ACCESS EXCLUSIVE MODE");
    await followed.waitForState("locked");
    await slow.end("COMMIT");
    await followed.waitForState("tailing");
    await until(() => reader.ids.length === 1, "the row");
  });

  test("is not followed at a standby, and goes on when the standby is promoted", async () => {
    await using primary = await Postgres.start();
    await using table = await PostgresTable.create(primary);
    await table.insert("one", "two");
    await using standby = await primary.standby();
    await using followed = await table.follow(SOON);
    const reader = await followed.open(0n);
    await until(() => reader.ids.length === 2, "the rows");
    await using waiting = new FollowedPostgres(standby.url(table.name), SOON);
    await waiting.waitForState("error");
    expect(waiting.tail.status().problem).toContain("hot standby");
    const late = await waiting.open(2n, reader.log);
    await until(async () => {
      const [row] =
        await standby.sql`SELECT pg_last_wal_replay_lsn() >= ${(await primary.sql`SELECT pg_current_wal_lsn()::text AS at`)[0].at}::pg_lsn AS done`;
      return row.done === true;
    }, "the standby to have all");
    await primary.stop("immediate");
    await standby.promote();
    await waiting.waitForState("tailing", 20_000);
    // Another timeline: what was delivered may have been lost.
    await until(() => late.named("reset").length === 1, "the reset");
    expect(late.named("reset")).toMatchObject([{ reason: "log-changed" }]);
    await until(() => late.ids.length === 2, "the rows once more");
  });

  test("goes on at the standby that took the primary's place, without what was lost", async () => {
    await using primary = await Postgres.start();
    await using table = await PostgresTable.create(primary);
    await table.insert("one", "two", "three");
    await using standby = await primary.standby();
    // The name of the service, which leads to the primary, and after the failover to the other.
    await using proxy = await HangingProxy.start(primary.port);
    const url = table.url.replace(String(primary.port), String(proxy.port));
    await using followed = await table.follow(SOON, url);
    const reader = await followed.open(0n);
    await until(() => reader.ids.length === 3, "the rows");
    await using atStandby = standby.connect(table.name);
    await until(async () => {
      const [row] = await atStandby`SELECT count(*)::int4 AS rows FROM events`;
      return row.rows === 3;
    }, "the standby to have all");
    // The primary commits once more, and the standby does not get it.
    await standby.stop("fast");
    await table.insert("lost");
    await until(() => reader.ids.length === 4, "the row that will be lost");
    await primary.stop("immediate");
    await standby.begin();
    await standby.promote();
    proxy.setTarget(standby.port);
    await using sql = standby.connect(table.name);
    await until(() => followed.resets.length === 1, "the reset", 20_000);
    await sql`INSERT INTO events (note) VALUES ('after')`;
    await until(() => reader.ids.length === 5, "the row after the failover");
    expect(reader.named("reset")).toMatchObject([{ reason: "rows-replaced", resumedFrom: 3 }]);
    expect(reader.rows.map(({ data }) => JSON.parse(data).note)).toEqual([
      "one",
      "two",
      "three",
      "lost",
      "after",
    ]);
  });

  test("behind a pooler in transaction mode is followed, and told that no notification comes", async () => {
    const program = await findProgram("pgbouncer");
    if (program === undefined) {
      // In CI nobody reads what was left out.
      expect(process.env["CI"]).toBeUndefined();
      return console.error("No PgBouncer: apt-get install pgbouncer");
    }
    await using table = await PostgresTable.create(postgres, `${EVENTS};${NOTIFY}`);
    await using pooler = await PgBouncer.start(program, postgres.port);
    const url = table.url.replace(String(postgres.port), String(pooler.port));
    await using followed = await table.follow({ ...SOON, waits: { testDeadlineMs: 200 } }, url);
    const reader = await followed.open();
    await table.insert("one", "two");
    await until(() => reader.ids.length === 2, "the rows");
    await until(() => followed.tail.status().problem?.includes("pooler"), "the problem", 20_000);
    expect(followed.tail.status().advice).toContain("session mode");
    // Nothing of ours stays in a connection that others get.
    await using pooled = new Bun.SQL(url, { max: 1, prepare: false });
    const [shared] = await pooled`SHOW default_transaction_read_only`;
    expect(shared.default_transaction_read_only).toBe("off");
    expect(followed.resets).toEqual([]);
  });

  test("never shows the password", async () => {
    await using own = await Postgres.start({
      access: ["host all postgres 127.0.0.1/32 trust", "host all all 127.0.0.1/32 scram-sha-256"],
    });
    await own.sql.unsafe("CREATE ROLE guarded LOGIN PASSWORD 'se/cr:et word'");
    await using table = await PostgresTable.create(own);
    await table.sql`GRANT SELECT ON events TO guarded`;
    await using followed = new FollowedPostgres(own.url(table.name, "guarded", "se/cr:et word"), SOON);
    await followed.waitForState("tailing");
    await using refused = new FollowedPostgres(own.url(table.name, "guarded", "wr/ong word"), SOON);
    await refused.waitForState("error");
    const shown = JSON.stringify([
      followed.tail.status(),
      refused.tail.status(),
      refused.errors,
      refused.problems,
    ]);
    expect(shown).not.toMatch(/et.{0,3}word|ong.{0,3}word|se%2Fcr|wr%2Fong/);
    expect(shown).toContain("does not let the role");
  });
});
