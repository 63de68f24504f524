/** What is asked of a PostgreSQL table beside its streams: watermark, types, budgets, limits, and a server that goes away. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";

import { LogBusyError, LogUnavailableError } from "../../../src/archive.ts";
import { PostgresArchive } from "../../../src/db/postgres/archive.ts";
import { ReadSessions } from "../../../src/db/postgres/session.ts";
import { parseQuestion } from "../../../src/query/parse.ts";
import { sql as sqlPiece } from "../../../src/query/sql.ts";
import { HangingProxy } from "../../support/hanging-proxy.ts";
import { pageThrough, readPage } from "../../support/listing.ts";
import { PgBouncer } from "../../support/pgbouncer.ts";
import { PostgresLog, type PostgresLogOptions } from "../../support/postgres-log.ts";
import { NO_POSTGRES, Postgres, postgresPrograms } from "../../support/postgres.ts";
import { describeWhere, findProgram } from "../../support/tools.ts";
import { TEST_TIMEOUT_MS, until } from "../../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const NO_SIGNAL = new AbortController().signal;
const NEWEST = { kind: "before", before: undefined } as const;
const TABLE = "CREATE TABLE events (id bigint PRIMARY KEY, at timestamptz, event_type text, summary text)";

describeWhere((await postgresPrograms()) !== undefined, NO_POSTGRES)("an archive of PostgreSQL", () => {
  let postgres: Postgres;
  beforeAll(async () => void (postgres = await Postgres.start()));
  afterAll(async () => await postgres?.[Symbol.asyncDispose]());

  async function withLog(
    statements: readonly string[],
    use: (log: PostgresLog, sql: Bun.SQL, database: string) => Promise<void>,
    options: PostgresLogOptions = {},
  ): Promise<void> {
    const database = await postgres.createDatabase();
    await using sql = postgres.connect(database);
    for (const statement of statements) await sql.unsafe(statement);
    await using log = await PostgresLog.open(postgres, database, options);
    await use(log, sql, database);
  }

  const fill = (count: number): string =>
    `INSERT INTO events SELECT n, now() - interval '1 hour' + n * interval '10 ms', 'kind ' || n % 3, 'row number ' || n
      FROM generate_series(1, ${count}) AS n`;

  test("gives no row above the watermark", async () => {
    await withLog([TABLE, fill(20)], async (log) => {
      log.at = { log: "a", startId: 0n, latestId: 10n };
      const question = parseQuestion("row");
      expect((await readPage(log.archive, parseQuestion(""), NEWEST, { rows: 3 })).ids).toEqual([
        10n,
        9n,
        8n,
      ]);
      expect((await readPage(log.archive, question, NEWEST, { rows: 3 })).ids).toEqual([10n, 9n, 8n]);
      const after = { kind: "after", after: 8n, before: undefined } as const;
      expect((await readPage(log.archive, question, after, { rows: 9 })).ids).toEqual([9n, 10n]);
      expect(await log.archive.event(11n, 10_000, NO_SIGNAL)).toBeUndefined();
      expect(await log.archive.event(10n, 10_000, NO_SIGNAL)).toBeDefined();
      const text = await new Response(await log.archive.export(question, "ndjson", NO_SIGNAL)).text();
      expect(text.trimEnd().split("\n")).toHaveLength(10);
      const stats = { question, windowMs: 86_400_000, bucketMs: 3_600_000, budgetMs: 5000 };
      expect(await log.archive.stats(stats, NO_SIGNAL)).toMatchObject({ total: 10, latestId: 10n });
    });
  });

  test("gives every type as JSON without loss", async () => {
    const types: readonly (readonly [type: string, value: string, json: string])[] = [
      ["bigint", "9007199254740993", '"9007199254740993"'],
      ["bigint", "-5", "-5"],
      ["numeric", "12.50", "12.50"],
      ["numeric", "12345678901234567.25", '"12345678901234567.25"'],
      ["numeric", "9007199254740993", '"9007199254740993"'],
      ["numeric", "'NaN'", '"NaN"'],
      ["real", "0.1", "0.1"],
      ["float8", "1e300", "1e+300"],
      ["float8", "'-Infinity'", '"-Infinity"'],
      ["boolean", "true", "true"],
      ["jsonb", `'{"a": [1, 12345678901234567890, "x"]}'`, '{"a": [1, 12345678901234567890, "x"]}'],
      ["json", `E'{\\n"b": 1.10}'`, '{ "b": 1.10}'],
      ["bytea", String.raw`'\xdeadbeef'`, '{"$base64":"3q2+7w=="}'],
      ["text[]", `'{a,"b c",NULL}'`, '["a", "b c", null]'],
      ["bigint[]", "'{1,9007199254740993}'", '["1", "9007199254740993"]'],
      ["int[]", "'{1,2}'", "[1, 2]"],
      ["timestamptz", "'2026-03-04 10:00:00+01'", '"2026-03-04T09:00:00.000Z"'],
      ["timestamptz", "'2026-03-04 10:00:00.123456Z'", '"2026-03-04T10:00:00.123456Z"'],
      ["timestamptz", "'infinity'", '"infinity"'],
      ["timestamp", "'2026-03-04 10:00:00.5'", '"2026-03-04T10:00:00.500"'],
      ["date", "'2026-03-04'", '"2026-03-04"'],
      ["uuid", "'550E8400-e29b-41d4-a716-446655440000'", '"550e8400-e29b-41d4-a716-446655440000"'],
      ["mood", "'sad'", '"sad"'],
      ["positive", "7", "7"],
      ["inet", "'10.0.0.1'", '"10.0.0.1/32"'],
      ["interval", "'1 day 2 hours'", '"1 day 02:00:00"'],
      ["point2", "'(1,2)'", '{"x": 1, "y": 2}'],
      ["varchar(3)", "'abc'", '"abc"'],
      ["char(3)", "'a'", '"a"'],
      ["text", "NULL", "null"],
    ];
    const columns = types.map(([type], at) => `c${at} ${type}`).join(", ");
    await withLog(
      [
        "CREATE TYPE mood AS ENUM ('happy', 'sad')",
        "CREATE DOMAIN positive AS integer CHECK (VALUE > 0)",
        "CREATE TYPE point2 AS (x int, y int)",
        `CREATE TABLE events (id bigint PRIMARY KEY, ${columns})`,
        `INSERT INTO events VALUES (1, ${types.map(([, value]) => value).join(", ")})`,
      ],
      async (unset, sql, database) => {
        // However the server is set.
        await sql.unsafe(`ALTER DATABASE ${database} SET DateStyle = 'German'`);
        await sql.unsafe(`ALTER DATABASE ${database} SET extra_float_digits = -3`);
        await unset.sessions[Symbol.asyncDispose]();
        await using log = await PostgresLog.open(postgres, database);
        const { answer } = await readPage(log.archive, parseQuestion(""), NEWEST, { rows: 1 });
        const expected = types.map(([, , json], at) => `"c${at}":${json}`).join(",");
        expect(Buffer.from(answer.items).toString()).toBe(`{"id":1,${expected}}`);
        const whole = await new Response(await log.archive.event(1n, 100_000, NO_SIGNAL)).text();
        expect(whole).toBe(`{"id":1,${expected}}\n`);
        // Every column can be asked for a word, and for its text, without an error.
        for (const [at] of types.entries())
          for (const q of [`c${at}:x`, `c${at}:x*`, `c${at}:""`, `c${at}:>5`, `c${at}.a:1`, `-c${at}:5`])
            await readPage(log.archive, parseQuestion(q), NEWEST, { rows: 1 }).catch((error: unknown) => {
              expect({ q, error }).toMatchObject({ error: { name: "QuestionError" } });
            });
        const found = async (q: string) =>
          (await readPage(log.archive, parseQuestion(q), NEWEST, { rows: 1 })).ids;
        for (const q of [
          "c10.a[0]:1",
          "c11.b:1.1",
          'c13[1]:"b c"',
          "c22:sad",
          "sad",
          "c9:true",
          "c2:12.5",
          "550e8400",
        ])
          expect({ q, ids: await found(q) }).toEqual({ q, ids: [1n] });
        // NaN is no number.
        for (const q of ["c5:>5", "c5:<5", "c5:..5"])
          expect({ q, ids: await found(q) }).toEqual({ q, ids: [] });
        // Bytes are no text.
        for (const q of ["deadbeef", "3q2", "c12:x*"])
          expect({ q, ids: await found(q) }).toEqual({ q, ids: [] });
      },
    );
  });

  test("says how far it looked where the budget ends a search, and goes on from there", async () => {
    await withLog([TABLE, fill(60_000)], async (log) => {
      const question = parseQuestion('"number 7" -type:x*');
      const pages = await pageThrough(log.archive, question, { limits: [100_000], budgetMs: 1 });
      const whole = await pageThrough(log.archive, question, { limits: [100_000], budgetMs: 60_000 });
      expect(pages.length).toBeGreaterThan(1);
      expect(pages[0]?.answer.scannedTo).toBe(pages[0]?.answer.next ?? null);
      expect(whole).toHaveLength(1);
      expect(pages.flatMap(({ ids }) => ids)).toEqual(whole.flatMap(({ ids }) => ids));
      const request = { question, windowMs: 86_400_000, bucketMs: 60_000 };
      const cut = await log.archive.stats({ ...request, budgetMs: 1 }, NO_SIGNAL);
      expect(cut.completeFromMs).toBeGreaterThan(cut.fromMs);
      const rest = await log.archive.stats({ ...request, budgetMs: 60_000 }, NO_SIGNAL);
      expect(rest).toMatchObject({ total: whole[0]?.ids.length ?? -1, completeFromMs: rest.fromMs });
    });
  });

  test("ends the statement of a client that has left", async () => {
    await withLog([TABLE, fill(10)], async (log, sql) => {
      const running = async (): Promise<number> => {
        const [row] = await sql`SELECT count(*)::int AS n FROM pg_stat_activity
          WHERE application_name = 'tailboard' AND state = 'active' AND query LIKE '%ILIKE%'`;
        return row.n;
      };
      await readPage(log.archive, parseQuestion("row"), NEWEST, { rows: 1 });
      using locker = await sql.reserve();
      // Whatever reads the table waits from now on.
      await locker.unsafe("BEGIN");
      await locker.unsafe("LOCK TABLE events IN ACCESS EXCLUSIVE MODE");
      const leave = new AbortController();
      const limits = { rows: 10, bytes: 1e6 };
      const request = { question: parseQuestion("row"), start: NEWEST, limits, budgetMs: 60_000 };
      const answer = log.archive.list(request, leave.signal).catch((error: unknown) => error);
      await until(async () => (await running()) > 0, "the statement to run");
      leave.abort();
      expect(await answer).toBeInstanceOf(Error);
      await until(async () => (await running()) === 0, "the statement to end");
      await locker.unsafe("ROLLBACK");
      expect((await readPage(log.archive, parseQuestion("row"), NEWEST, { rows: 1 })).ids).toEqual([10n]);
    });
  });

  test("refuses what is too much at once, and answers again after it", async () => {
    await withLog([TABLE, fill(20_000)], async (log) => {
      const ask = () =>
        readPage(log.archive, parseQuestion("nothing like it"), NEWEST, { rows: 1 }).then(
          () => "answered",
          (error: unknown) => (error instanceof LogBusyError ? "busy" : error),
        );
      const all = await Promise.all(Array.from({ length: 100 }, ask));
      expect(new Set(all)).toEqual(new Set(["answered", "busy"]));
      expect(await ask()).toBe("answered");
    });
  });

  test("has a command that finds the same, without the password", async () => {
    await withLog([TABLE, fill(30)], async (log, _, database) => {
      const url = `${postgres.url(database)}?sslmode=disable`.replace("postgres@", "postgres:secret%20word@");
      const archive = new PostgresArchive(log, log.sessions, url);
      for (const q of [
        "",
        'type:"kind 1" since:2h',
        "it's -number",
        "summary:row*7",
        "at:>=1d id:3..20",
        "ünt",
      ]) {
        const { sql, command } = await archive.sql(parseQuestion(q), NO_SIGNAL);
        expect(command).not.toContain("secret");
        expect(sql).not.toContain("\n");
        const child = Bun.spawn(["sh", "-c", `${command} -X -A -t -q`], { stderr: "pipe", stdout: "pipe" });
        const ids = (await new Response(child.stdout).text())
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => BigInt(line.split("|")[0] ?? ""));
        expect(await new Response(child.stderr).text()).toBe("");
        const page = await readPage(archive, parseQuestion(q), NEWEST, { rows: 50 });
        expect({ q, ids }).toEqual({ q, ids: page.ids });
      }
    });
  });

  test("reads large values whole where one row is asked for, and leaves them out of a list", async () => {
    await withLog([TABLE, "INSERT INTO events VALUES (1, now(), 'a', repeat('x', 200000))"], async (log) => {
      const { rows } = await readPage(log.archive, parseQuestion(""), NEWEST, { rows: 1 });
      expect(rows[0]).toMatchObject({ id: 1, summary: null, $truncated: ["summary"] });
      const whole = await new Response(await log.archive.event(1n, 1_000_000, NO_SIGNAL)).json();
      expect(whole.summary).toHaveLength(200_000);
      const error = await log.archive.event(1n, 1000, NO_SIGNAL).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: "RowTooLargeError", column: "summary", bytes: 200_000 });
      const text = await new Response(
        await log.archive.export(parseQuestion(""), "ndjson", NO_SIGNAL),
      ).text();
      expect(JSON.parse(text).summary).toHaveLength(200_000);
    });
  });

  test("sees a column that was added", async () => {
    await withLog([TABLE, fill(2)], async (log, sql) => {
      await readPage(log.archive, parseQuestion(""), NEWEST, { rows: 1 });
      await sql.unsafe("ALTER TABLE events RENAME COLUMN summary TO words");
      const { rows } = await readPage(log.archive, parseQuestion(""), NEWEST, { rows: 1 });
      expect(rows[0]).toMatchObject({ words: "row number 2" });
    });
  });

  test("needs nothing but SELECT, and never writes", async () => {
    await withLog([TABLE, fill(3)], async (_, sql, database) => {
      await sql.unsafe(`CREATE ROLE reader_${database} LOGIN`);
      await sql.unsafe(`GRANT SELECT ON events TO reader_${database}`);
      await using log = await PostgresLog.open(postgres, database, { role: `reader_${database}` });
      expect((await readPage(log.archive, parseQuestion("row"), NEWEST, { rows: 5 })).ids).toHaveLength(3);
      await using owner = await PostgresLog.open(postgres, database);
      const written = owner.sessions.read(NO_SIGNAL, 1000, (ask) => ask(sqlPiece`DELETE FROM events`));
      expect(await written.catch((error: unknown) => String(error))).toContain("read-only");
      await sql.unsafe(`REVOKE SELECT ON events FROM reader_${database}`);
      await sql.unsafe(`GRANT SELECT (id, summary) ON events TO reader_${database}`);
      await using some = await PostgresLog.open(postgres, database, { role: `reader_${database}` });
      const { rows } = await readPage(some.archive, parseQuestion("row"), NEWEST, { rows: 1 });
      expect(rows).toEqual([{ id: 3, summary: "row number 3" }]);
      await sql.unsafe(`REVOKE SELECT (id, summary) ON events FROM reader_${database}`);
      const refused = await readPage(log.archive, parseQuestion(""), NEWEST, { rows: 5 }).catch(
        (e: unknown) => e,
      );
      expect(refused).toBeInstanceOf(LogUnavailableError);
    });
  });

  test("is unavailable while the log is not open, and while the server is away", async () => {
    await withLog([TABLE, fill(3)], async (log, _, database) => {
      const read = () =>
        readPage(log.archive, parseQuestion("row"), NEWEST, { rows: 5 }).then(
          ({ ids }) => ids.length,
          (error: unknown) => error,
        );
      const { at } = log;
      log.at = undefined;
      expect(await read()).toBeInstanceOf(LogUnavailableError);
      log.at = at;
      expect(await read()).toBe(3);
      await postgres.stop();
      try {
        expect(await read()).toBeInstanceOf(LogUnavailableError);
        const url = postgres.url(database).replace("postgres@", "postgres:hidden@");
        await using sessions = new ReadSessions(url);
        const error = await sessions
          .read(NO_SIGNAL, 1000, async () => undefined)
          .catch((reason: unknown) => Bun.inspect(reason));
        expect(error).not.toContain("hidden");
      } finally {
        await postgres.begin();
      }
      await until(async () => (await read()) === 3, "an answer");
    });
  });

  test("asks through a pooler that shares its connections, too", async () => {
    const program = await findProgram("pgbouncer");
    if (program === undefined) return expect(process.env["CI"]).toBeUndefined();
    await withLog([TABLE, fill(3000)], async (log, _, database) => {
      await using pooler = await PgBouncer.start(program, postgres.port);
      const url = `postgres://postgres@127.0.0.1:${pooler.port}/${database}`;
      await using sessions = new ReadSessions(url);
      const archive = new PostgresArchive(log, sessions, url);
      for (let turn = 0; turn < 3; turn++)
        expect((await readPage(archive, parseQuestion("row"), NEWEST, { rows: 2 })).ids).toEqual([
          3000n,
          2999n,
        ]);
      const written = sessions.read(NO_SIGNAL, 1000, (ask) => ask(sqlPiece`DELETE FROM events`));
      expect(await written.catch((error: unknown) => String(error))).toContain("read-only");
    });
  });

  test("finds words in both cases whatever the language of the database", async () => {
    const name = "turkish";
    await postgres.sql.unsafe(
      `CREATE DATABASE ${name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'tr' LOCALE 'C.UTF-8'`,
    );
    await using sql = postgres.connect(name);
    await sql.unsafe(TABLE);
    await sql.unsafe(
      "INSERT INTO events VALUES (1, now(), 'a', 'IMPORTANT FILE'), (2, now(), 'a', 'ÜBER'), (3, now(), 'a', 'ış')",
    );
    await using log = await PostgresLog.open(postgres, name);
    for (const [q, ids] of [
      ["file", [1n]],
      ["important", [1n]],
      ["über", [2n]],
      ["ÜBER", [2n]],
      ["summary:IMPORTANT*", [1n]],
    ] as const)
      expect({ q, ids: (await readPage(log.archive, parseQuestion(q), NEWEST, { rows: 9 })).ids }).toEqual({
        q,
        ids: [...ids],
      });
  });

  test("takes local times by their zone, also in an hour that occurs twice", async () => {
    const table = "CREATE TABLE events (id bigint PRIMARY KEY, at timestamp, day date)";
    const rows =
      "INSERT INTO events VALUES (1, '2025-10-26 01:30', '2025-10-25'), (2, '2025-10-26 02:30', '2025-10-26'), (3, '2025-10-26 03:30', '2025-10-27')";
    const zone = "Europe/Berlin";
    await withLog(
      [table, rows],
      async (log) => {
        for (const [q, ids] of [
          ["at:2025-10-26", [3n, 2n, 1n]],
          // 2:30 is the first one, an hour before the clocks are put back.
          ["at:2025-10-26T00:30Z", [2n]],
          ["at:>=2025-10-26T02:00Z", [3n]],
          ["at:2025-10-25T23:30Z", [1n]],
          ["day:2025-10-26", [2n]],
          ["day:>2025-10-26", [3n]],
        ] as const)
          expect({
            q,
            ids: (await readPage(log.archive, parseQuestion(q), NEWEST, { rows: 9 })).ids,
          }).toEqual({ q, ids: [...ids] });
        const request = {
          question: parseQuestion(""),
          windowMs: 86_400_000 * 365,
          bucketMs: 3_600_000,
          budgetMs: 5000,
        };
        const stats = await log.archive.stats(
          { ...request, toMs: Date.parse("2025-10-27T00:00Z") },
          NO_SIGNAL,
        );
        expect(stats.buckets.map(({ atMs }) => new Date(atMs).toISOString())).toEqual([
          "2025-10-25T23:00:00.000Z",
          "2025-10-26T00:00:00.000Z",
          "2025-10-26T02:00:00.000Z",
        ]);
      },
      { zone },
    );
  });

  test("does not wait for a network that hangs, and answers when it is back", async () => {
    const database = await postgres.createDatabase();
    await using proxy = await HangingProxy.start(postgres.port);
    await using sessions = new ReadSessions(`postgres://postgres@127.0.0.1:${proxy.port}/${database}`, 200);
    const one = () =>
      sessions
        .read(NO_SIGNAL, 1000, (ask) => ask(sqlPiece`SELECT 1`))
        .then(
          ([found]) => found,
          (error: unknown) => error,
        );
    expect(await one()).toEqual([1]);
    proxy.setHanging(true);
    expect(await one()).toBeInstanceOf(LogUnavailableError);
    proxy.setHanging(false);
    expect(await one()).toEqual([1]);
  });
});
