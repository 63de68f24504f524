/** The contract of the tables beside a log: every kind of database gives the same answers. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";

import { PostgresPanels } from "../../src/db/postgres/panel-archive.ts";
import type { EventJson } from "../../src/events.ts";
import type { PanelArchive, PanelPage } from "../../src/panels.ts";
import { parseQuestion } from "../../src/query/parse.ts";
import { Beside } from "../support/beside.ts";
import { PostgresLog } from "../support/postgres-log.ts";
import { NO_POSTGRES, Postgres, postgresPrograms } from "../support/postgres.ts";
import { describeWhere } from "../support/tools.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";
import { PAGES, type PanelCase, REFUSED, TABLES } from "./panel-cases.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const NO_SIGNAL = new AbortController().signal;

interface Subject {
  readonly panels: PanelArchive;
  write(sql: string): Promise<void>;
}

describe("SQLite", () => {
  let beside: Beside;
  beforeAll(async () => void (beside = await Beside.open(TABLES)));
  afterAll(async () => await beside?.[Symbol.asyncDispose]());
  contract(() => ({ panels: beside.panels, write: async (sql) => void beside.database.run(sql) }));
});

describeWhere((await postgresPrograms()) !== undefined, NO_POSTGRES)("PostgreSQL", () => {
  const stack = new AsyncDisposableStack();
  let subject: Subject;
  beforeAll(async () => {
    const postgres = stack.use(await Postgres.start());
    const name = await postgres.createDatabase();
    const sql = stack.use(postgres.connect(name));
    await sql.unsafe("CREATE TABLE events (id bigint PRIMARY KEY, event_type text, summary text)");
    for (const statement of TABLES) await sql.unsafe(statement);
    const log = stack.use(await PostgresLog.open(postgres, name));
    const panels = new PostgresPanels(log, log.sessions, { chosen: undefined, showsSecrets: false });
    subject = { panels, write: async (statement) => void (await sql.unsafe(statement)) };
  });
  afterAll(async () => await stack.disposeAsync());
  contract(() => subject);
});

function contract(subject: () => Subject): void {
  const page = (asked: Partial<PanelCase> & { after?: string | undefined }, rows = 2): Promise<PanelPage> =>
    subject().panels.page(
      {
        table: asked.table ?? "",
        question: parseQuestion(asked.q ?? ""),
        limits: { rows, bytes: 524_288 },
        after: asked.after,
        sort: asked.sort,
        group: asked.group,
        budgetMs: 5000,
      },
      NO_SIGNAL,
    );
  const rowsOf = ({ items }: PanelPage): EventJson[] => JSON.parse(`[${Buffer.from(items).toString()}]`);

  test("the tables are listed with what their columns are", async () => {
    const { tables, missing, omitted } = await subject().panels.tables(NO_SIGNAL);
    expect({ missing, omitted }).toEqual({ missing: [], omitted: 0 });
    expect(tables.map(({ name, kind, key, isOpen }) => ({ name, kind, key, isOpen }))).toEqual([
      { name: "agents", kind: "table", key: ["id"], isOpen: true },
      { name: "jobs", kind: "table", key: ["id"], isOpen: true },
      { name: "pairs", kind: "table", key: ["a", "b"], isOpen: true },
      { name: "empty_one", kind: "table", key: ["id"], isOpen: false },
      { name: "busy", kind: "view", key: ["name"], isOpen: true },
    ]);
    expect(tables[0]?.columns).toEqual([
      { name: "id", role: "key", isSecret: false, timeForm: null, references: null },
      { name: "name", role: "name", isSecret: false, timeForm: null, references: null },
      { name: "status", role: "status", isSecret: false, timeForm: null, references: null },
      { name: "api_key", role: null, isSecret: true, timeForm: null, references: null },
      { name: "last_seen", role: "last-seen", isSecret: false, timeForm: "text", references: null },
    ]);
    expect(tables[1]?.columns[1]?.references).toEqual({ table: "agents", column: "id" });
  });

  describe("a page", () => {
    test.each(PAGES.map((each) => [each.name, each] as const))("%s", async (_, asked) => {
      for (const rows of [2, 10]) {
        const keys: unknown[] = [];
        let after: string | undefined;
        do {
          const found = await page({ ...asked, after }, rows);
          keys.push(...rowsOf(found).map((row) => row["$key"]));
          if (asked.hasAnyOrder !== true) expect(found.sort).toBe(asked.order ?? asked.sort ?? null);
          expect(found.hasMore).toBe(found.next !== null);
          after = found.next ?? undefined;
        } while (after !== undefined && keys.length < 20);
        expect({ rows, keys }).toEqual({ rows, keys: [...asked.keys] });
      }
    });

    test.each(REFUSED.map((each) => [each.name, each] as const))(
      "%s is refused",
      async (_, { asked, error }) => {
        const reason = await page(asked).catch((thrown: unknown) => thrown);
        expect(reason).toMatchObject(error);
      },
    );

    test("masks secrets, also those that are nothing", async () => {
      const found = await page({ table: "agents" }, 10);
      expect(rowsOf(found).map((row) => row["api_key"])).toEqual(
        Array.from({ length: 4 }, () => ({ $masked: true })),
      );
      expect(Buffer.from(found.items).toString()).not.toContain("sk-");
      expect((await page({ table: "agents", q: "sk" })).count).toBe(0);
    });

    test("has groups, the most frequent first, of all that matches", async () => {
      expect((await page({ table: "agents" })).groups).toEqual([
        { value: "busy", count: 2 },
        { value: "idle", count: 1 },
        { value: null, count: 1 },
      ]);
      expect((await page({ table: "agents", q: "name:Bob" })).groups).toEqual([{ value: "busy", count: 1 }]);
      expect((await page({ table: "pairs" })).groups).toBeNull();
    });

    test("shows what references lead to", async () => {
      const rows = rowsOf(await page({ table: "jobs" }, 10));
      expect(rows.map((row) => row["$names"])).toEqual([
        { agent_id: "ann" },
        { agent_id: "Bob" },
        { agent_id: "Bob" },
        undefined,
      ]);
    });

    test("of a view has its first rows", async () => {
      const found = await page({ table: "busy" }, 10);
      expect(
        rowsOf(found)
          .map((row) => String(row["name"]))
          .toSorted((a, b) => a.localeCompare(b)),
      ).toEqual(["Bob", "bot*7"]);
      expect(found.next).toBeNull();
    });
  });

  describe("a row", () => {
    const row = async (table: string, key: string) =>
      JSON.parse(Buffer.from((await subject().panels.row(table, key, NO_SIGNAL)).item).toString());

    test("is found by its key", async () => {
      expect(await row("agents", "3")).toMatchObject({
        id: 3,
        name: "bot*7",
        $key: "3",
        api_key: { $masked: true },
      });
      expect(await row("pairs", '["x",2]')).toMatchObject({ a: "x", b: 2, $key: '["x",2]' });
      expect(await row("jobs", "10")).toMatchObject({ $names: { agent_id: "ann" } });
    });

    test.each(["5", "x", "99999999999999999999", "[1]", ""])("that is not there: %j", async (key) => {
      const error = await row("agents", key).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: "PanelError", reason: "no-row" });
    });
  });

  test("the version changes with each commit, and not without", async () => {
    const before = await subject().panels.dataVersion();
    await page({ table: "agents" });
    expect(await subject().panels.dataVersion()).toBe(before);
    await subject().write("UPDATE pairs SET note = 'other' WHERE b = 2");
    await until(async () => (await subject().panels.dataVersion()) !== before, "another version");
    const found = await page({ table: "pairs" }, 10);
    expect(rowsOf(found).map(({ note }) => note)).toEqual(["one", "other", "=three"]);
  });
}
