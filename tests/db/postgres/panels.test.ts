/** Tables beside a followed PostgreSQL table: large ones, odd names and types, and what a role may not read. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";

import { PostgresPanels } from "../../../src/db/postgres/panel-archive.ts";
import type { EventJson } from "../../../src/events.ts";
import type { PanelChoice, PanelPageRequest } from "../../../src/panels.ts";
import { parseQuestion } from "../../../src/query/parse.ts";
import { PostgresLog } from "../../support/postgres-log.ts";
import { NO_POSTGRES, Postgres, postgresPrograms } from "../../support/postgres.ts";
import { describeWhere } from "../../support/tools.ts";
import { TEST_TIMEOUT_MS } from "../../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const NO_SIGNAL = new AbortController().signal;
const LOG = "CREATE TABLE events (id bigint PRIMARY KEY, event_type text)";

type Asked = Partial<Omit<PanelPageRequest, "question">> & { readonly q?: string; readonly rows?: number };

async function readPage(panels: PostgresPanels, table: string, { q = "", rows = 100, ...asked }: Asked = {}) {
  const page = await panels.page(
    {
      table,
      question: parseQuestion(q),
      limits: { rows, bytes: 1e7 },
      after: undefined,
      sort: undefined,
      group: undefined,
      budgetMs: 10_000,
      ...asked,
    },
    NO_SIGNAL,
  );
  const items: EventJson[] = JSON.parse(`[${Buffer.from(page.items).toString()}]`);
  return { ...page, rows: items, keys: items.map((row) => String(row["$key"])) };
}

async function allKeys(panels: PostgresPanels, table: string, asked: Asked): Promise<string[]> {
  const keys: string[] = [];
  for (let after: string | undefined; ;) {
    const page = await readPage(panels, table, { ...asked, after });
    keys.push(...page.keys);
    if (page.next === null) return keys;
    after = page.next;
  }
}

describeWhere((await postgresPrograms()) !== undefined, NO_POSTGRES)("panels of PostgreSQL", () => {
  let postgres: Postgres;
  beforeAll(async () => void (postgres = await Postgres.start()));
  afterAll(async () => await postgres?.[Symbol.asyncDispose]());

  async function withPanels(
    statements: readonly string[],
    use: (panels: PostgresPanels, sql: Bun.SQL) => Promise<void>,
    { role, ...choice }: Partial<PanelChoice> & { readonly role?: string } = {},
  ): Promise<void> {
    const database = await postgres.createDatabase();
    await using sql = postgres.connect(database);
    for (const statement of [LOG, ...statements]) await sql.unsafe(statement);
    await using log = await PostgresLog.open(postgres, database, role === undefined ? {} : { role });
    await use(
      new PostgresPanels(log, log.sessions, { chosen: undefined, showsSecrets: false, ...choice }),
      sql,
    );
  }

  test("a large table is read from the newest key on, and sorted by what has an index", async () => {
    await withPanels(
      [
        "CREATE TABLE jobs (id int PRIMARY KEY, status text, rank int, free int)",
        "INSERT INTO jobs SELECT n, CASE n % 3 WHEN 0 THEN 'open' ELSE 'done' END, CASE WHEN n % 50 = 0 THEN NULL ELSE n % 100 END, n FROM generate_series(1, 12000) n",
        "CREATE INDEX ON jobs (rank)",
      ],
      async (panels) => {
        const page = await readPage(panels, "jobs", { rows: 3 });
        expect(page).toMatchObject({ keys: ["12000", "11999", "11998"], sort: "-id", hasMore: true });
        expect(page.groups).toEqual([
          { value: "done", count: 8000 },
          { value: "open", count: 4000 },
        ]);
        const sorted = await allKeys(panels, "jobs", { rows: 5000, sort: "rank" });
        const expected = Array.from({ length: 12_000 }, (_, at) => at + 1).toSorted(
          (a, b) => (a % 50 === 0 ? -1 : a % 100) - (b % 50 === 0 ? -1 : b % 100) || a - b,
        );
        expect(sorted).toEqual(expected.map(String));
        expect(await allKeys(panels, "jobs", { rows: 7000, sort: "-rank" })).toEqual(sorted.toReversed());
        const error = await readPage(panels, "jobs", { sort: "free" }).catch((reason: unknown) => reason);
        expect(error).toMatchObject({ name: "PanelError", reason: "parameter" });
        // What matches is rare: several windows are looked through.
        expect(await allKeys(panels, "jobs", { q: "free:5,11990", rows: 1 })).toEqual(["11990", "5"]);
        expect(await allKeys(panels, "jobs", { q: "free:5,11990", rows: 1, sort: "rank" })).toEqual([
          "5",
          "11990",
        ]);
        expect((await readPage(panels, "jobs", { group: "open", rows: 2 })).keys).toEqual(["12000", "11997"]);
      },
    );
  });

  test("keys of every type find their row again", async () => {
    const keys: readonly (readonly [type: string, value: string])[] = [
      ["uuid", "'550e8400-e29b-41d4-a716-446655440000'"],
      ["text", "'it''s \"x\"'"],
      ["timestamptz", "'2026-03-04 10:00:00.123456Z'"],
      ["bigint", "9007199254740993"],
      ["numeric", "12.50"],
      ["bytea", String.raw`'\xdead'`],
      ["boolean", "true"],
      ["date", "'2026-03-04'"],
    ];
    await withPanels(
      keys.flatMap(([type, value], at) => [
        `CREATE TABLE k${at} (key ${type} PRIMARY KEY, note text)`,
        `INSERT INTO k${at} VALUES (${value}, 'found')`,
        `CREATE TABLE p${at} (key ${type}, other int, note text, PRIMARY KEY (key, other))`,
        `INSERT INTO p${at} VALUES (${value}, 7, 'found'), (${value}, 8, 'more')`,
      ]),
      async (panels) => {
        for (const [at, [type]] of keys.entries()) {
          for (const table of [`k${at}`, `p${at}`]) {
            const [key = ""] = (await readPage(panels, table, {})).keys;
            const { item } = await panels.row(table, key, NO_SIGNAL);
            expect({ type, row: JSON.parse(Buffer.from(item).toString()) }).toMatchObject({
              type,
              row: { note: "found", $key: key },
            });
          }
          expect(await allKeys(panels, `p${at}`, { rows: 1 })).toHaveLength(2);
          expect(await allKeys(panels, `p${at}`, { rows: 1, sort: "-note" })).toHaveLength(2);
        }
      },
    );
  });

  test.each(['quo"te', "two words", "select", "a.b", "?", "$1", "x') OR 1=1 --", "ünï \u{1f600}", "UPPER"])(
    "%j is nothing but a name",
    async (name) => {
      const quoted = `"${name.replaceAll('"', '""')}"`;
      await withPanels(
        [
          `CREATE TABLE ${quoted} (${quoted} text PRIMARY KEY, status text)`,
          `INSERT INTO ${quoted} VALUES ('it''s', 'on'), ('x'' OR ''1''=''1', 'off')`,
        ],
        async (panels) => {
          const { tables } = await panels.tables(NO_SIGNAL);
          expect(tables.map((table) => [table.name, table.key])).toEqual([[name, [name]]]);
          expect(await allKeys(panels, name, { rows: 1, sort: `-${name}` })).toEqual([
            "x' OR '1'='1",
            "it's",
          ]);
          expect((await readPage(panels, name, { group: "off" })).keys).toEqual(["x' OR '1'='1"]);
          const field = `"${name.replaceAll(/["\\]/g, "\\$&")}":"it's"`;
          expect((await readPage(panels, name, { q: field })).keys).toEqual(["it's"]);
          expect((await panels.row(name, "it's", NO_SIGNAL)).table).toBe(name);
        },
      );
    },
  );

  test("what the role may not read, parts of tables and other schemas are not offered", async () => {
    await postgres.sql.unsafe("CREATE ROLE looker LOGIN");
    await withPanels(
      [
        "CREATE TABLE open_one (id int PRIMARY KEY)",
        "CREATE TABLE closed_one (id int PRIMARY KEY)",
        "CREATE TABLE parted (id int, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)",
        "CREATE TABLE part_1 PARTITION OF parted FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
        "CREATE SCHEMA other",
        "CREATE TABLE other.elsewhere (id int PRIMARY KEY)",
        "CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM open_one",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO looker",
        "REVOKE SELECT ON closed_one FROM looker",
      ],
      async (panels) => {
        const { tables } = await panels.tables(NO_SIGNAL);
        expect(tables.map(({ name, kind }) => [name, kind])).toEqual([
          ["open_one", "table"],
          ["parted", "table"],
          ["counted", "view"],
        ]);
      },
      { role: "looker" },
    );
  });

  test("the chosen ones are offered in their order, and secrets are shown where that was chosen", async () => {
    await withPanels(
      [
        "CREATE TABLE a (id int PRIMARY KEY, password text)",
        "CREATE TABLE b (id int PRIMARY KEY)",
        "INSERT INTO a VALUES (1, 'hidden')",
      ],
      async (panels) => {
        const { tables, missing } = await panels.tables(NO_SIGNAL);
        expect(tables.map(({ name }) => name)).toEqual(["b", "a"]);
        expect(missing).toEqual(["c"]);
        expect((await readPage(panels, "a", { q: "hidden" })).rows[0]).toMatchObject({ password: "hidden" });
      },
      { chosen: ["B", "c", "a"], showsSecrets: true },
    );
  });
});
