/** Tables beside the log: which are offered, their keys, their order, their groups, and what bounds them. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { PANEL_SORTED_ROWS, PanelError } from "../../../../src/panels.ts";
import { Beside } from "../../../support/beside.ts";
import { TEST_TIMEOUT_MS } from "../../../support/until.ts";
import { Writer } from "../../../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const errorOf = async (asked: Promise<unknown>): Promise<unknown> => asked.catch((error: unknown) => error);

const BLACKBOARD = [
  "CREATE TABLE agents (id TEXT PRIMARY KEY, name TEXT, status TEXT, last_seen TEXT)",
  "INSERT INTO agents VALUES ('agent-1', 'Ada', 'busy', '2026-11-27T10:00:00Z'), ('agent-2', 'Bob', 'idle', '2026-11-27T09:00:00Z')",
  "CREATE TABLE work_items (id TEXT PRIMARY KEY, title TEXT, status TEXT, claimed_by REFERENCES agents, parent REFERENCES work_items(id))",
  "INSERT INTO work_items VALUES ('T-1', 'one', 'claimed', 'agent-1', NULL), ('T-2', 'two', 'available', NULL, 'T-1'), ('T-3', 'three', 'available', NULL, 'T-1')",
];

const fill = (table: string, count: number, values: string): string =>
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) INSERT INTO ${table} SELECT ${values} FROM n`;

describe("which are offered", () => {
  const SQL = [
    ...BLACKBOARD,
    "CREATE VIEW idle AS SELECT id, name FROM agents WHERE status = 'idle'",
    "CREATE VIEW broken AS SELECT * FROM nowhere",
    "CREATE VIRTUAL TABLE found USING fts5(title)",
    "CREATE VIRTUAL TABLE areas USING rtree(id, low, high)",
  ];

  test("all but the log, the tables of SQLite and of virtual tables, and what can't be read", async () => {
    await using beside = await Beside.open(SQL);
    const { tables, missing, omitted } = await beside.list();
    expect(tables.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      "table agents",
      "table work_items",
      "view idle",
    ]);
    expect({ missing, omitted }).toEqual({ missing: [], omitted: 0 });
    for (const name of ["events", "sqlite_schema", "sqlite_sequence", "found_data", "broken", "nowhere", ""])
      expect(await errorOf(beside.page(name))).toBeInstanceOf(PanelError);
  });

  test("those of --panels in their order, virtual ones too, and which are missing", async () => {
    await using beside = await Beside.open(SQL, {
      chosen: ["found", "Work_Items", "jobs", "events", "found_data", "agents"],
    });
    const { tables, missing } = await beside.list();
    expect(tables.map(({ name }) => name)).toEqual(["found", "work_items", "agents"]);
    expect(missing).toEqual(["jobs", "events", "found_data"]);
    expect(await errorOf(beside.page("idle"))).toBeInstanceOf(PanelError);
    beside.database.run("CREATE TABLE jobs (id INTEGER PRIMARY KEY)");
    expect((await beside.list()).missing).not.toContain("jobs");
    expect((await beside.page("JOBS")).table).toBe("jobs");
  });

  test("with their columns, and what those lead to", async () => {
    await using beside = await Beside.open(BLACKBOARD);
    const [agents, items] = (await beside.list()).tables;
    expect(agents?.isOpen).toBe(true);
    expect(agents?.columns.map(({ name, role }) => [name, role])).toEqual([
      ["id", "key"],
      ["name", "name"],
      ["status", "status"],
      ["last_seen", "last-seen"],
    ]);
    expect(items?.columns.map(({ references }) => references)).toEqual([
      null,
      null,
      null,
      { table: "agents", column: "id" },
      { table: "work_items", column: "id" },
    ]);
  });
});

describe("rows", () => {
  test("have their names, and counts by status of what matches", async () => {
    await using beside = await Beside.open(BLACKBOARD);
    const page = await beside.page("work_items", { q: "-title:three" });
    expect(page.rows[0]).toEqual({
      id: "T-1",
      title: "one",
      status: "claimed",
      claimed_by: "agent-1",
      parent: null,
      $key: "T-1",
      $names: { claimed_by: "Ada" },
    });
    expect(page.groups).toEqual([
      { value: "available", count: 1 },
      { value: "claimed", count: 1 },
    ]);
    const group = await beside.page("work_items", { group: "available", limit: 1 });
    expect([group.keys, group.hasMore]).toEqual([["T-2"], true]);
    expect(group.groups).toEqual([
      { value: "available", count: 2 },
      { value: "claimed", count: 1 },
    ]);
    expect((await beside.page("work_items", { q: "claimed_by:Ada" })).keys).toEqual(["T-1"]);
    expect((await beside.page("work_items", { q: "t-3" })).keys).toEqual(["T-3"]);
  });

  test("have the name that another table has for them now, not some time ago", async () => {
    await using beside = await Beside.open(BLACKBOARD);
    await beside.page("work_items");
    beside.database.run("UPDATE agents SET name = 'Eve' WHERE id = 'agent-1'");
    expect(await beside.row("work_items", "T-1")).toMatchObject({ $names: { claimed_by: "Eve" } });
    expect((await beside.page("work_items")).rows[0]).toMatchObject({ $names: { claimed_by: "Eve" } });
  });

  test("are known by the key that their table declares, or by the rowid", async () => {
    await using beside = await Beside.open([
      "CREATE TABLE wide (a INTEGER, b BLOB, c, PRIMARY KEY (a, b)) WITHOUT ROWID",
      "INSERT INTO wide VALUES (9007199254740993, x'00ff', 'one'), (1, 'text', 'two')",
      "CREATE TABLE none (x)",
      "INSERT INTO none VALUES ('one'), ('two')",
      "CREATE TABLE loose (k TEXT PRIMARY KEY, x)",
      "INSERT INTO loose VALUES (NULL, 'one'), (NULL, 'two'), ('k', 'three')",
      "CREATE TABLE hidden (rowid TEXT, _rowid_ TEXT, oid TEXT)",
      "INSERT INTO hidden VALUES ('a', 'b', 'c')",
      "CREATE TABLE real (k REAL PRIMARY KEY)",
      "INSERT INTO real VALUES (1.5), (2)",
      "CREATE TABLE made (id INTEGER PRIMARY KEY, a INT, twice INT AS (a * 2) STORED, half AS (a / 2))",
      "INSERT INTO made(a) VALUES (4)",
    ]);
    const keysOf = async (table: string): Promise<readonly string[]> => (await beside.page(table)).keys;
    expect(await keysOf("wide")).toEqual(['[1,"text"]', `["9007199254740993","x'00ff'"]`]);
    expect(await beside.row("wide", `["9007199254740993","x'00ff'"]`)).toMatchObject({ c: "one" });
    expect(await keysOf("none")).toEqual(["1", "2"]);
    expect(await beside.row("none", "2")).toMatchObject({ x: "two" });
    expect((await beside.list()).tables.map(({ name, key }) => [name, key])).toEqual([
      ["wide", ["a", "b"]],
      ["none", ["rowid"]],
      ["loose", ["k"]],
      ["hidden", []],
      ["real", ["k"]],
      ["made", ["id"]],
    ]);
    expect(await keysOf("loose")).toEqual(["rowid:1", "rowid:2", "k"]);
    expect(await beside.row("loose", "rowid:2")).toMatchObject({ x: "two" });
    expect(await keysOf("hidden")).toEqual(["#1"]);
    expect(await errorOf(beside.row("hidden", "#1"))).toBeInstanceOf(PanelError);
    for (const key of await keysOf("real"))
      expect(await beside.row("real", key)).toMatchObject({ $key: key });
    expect((await beside.page("made")).rows).toEqual([{ id: 1, a: 4, twice: 8, half: 2, $key: "1" }]);
  });

  test("of a view come in one page; a column that differs is its key, as far as can be seen", async () => {
    await using beside = await Beside.open([
      ...BLACKBOARD,
      "CREATE VIEW by_status AS SELECT status, count(*) AS n FROM work_items GROUP BY status",
      "CREATE VIEW doubled AS SELECT status FROM work_items",
    ]);
    const page = await beside.page("by_status", { sort: "-n" });
    expect([page.keys, page.next, page.hasMore]).toEqual([["available", "claimed"], null, false]);
    expect(await beside.row("by_status", "claimed")).toMatchObject({ n: 1 });
    const cut = await beside.page("doubled", { limit: 2 });
    expect([cut.keys, cut.next, cut.hasMore]).toEqual([["#1", "#2"], null, true]);
    expect(cut.groups).toEqual([
      { value: "available", count: 2 },
      { value: "claimed", count: 1 },
    ]);
    expect((await beside.page("by_status", { q: "n:>=2" })).keys).toEqual(["available"]);
    expect(await errorOf(beside.page("doubled", { after: "WyIiXQ" }))).toBeInstanceOf(PanelError);
  });

  test("with large values lack them in a page, and have them alone", async () => {
    await using beside = await Beside.open([
      "CREATE TABLE docs (id INTEGER PRIMARY KEY, body TEXT, title TEXT)",
      "INSERT INTO docs VALUES (1, printf('%.*c', 70000, 'x'), 'large'), (2, printf('%.*c', 60000, 'y'), 'small'), (3, 'z', 'z')",
    ]);
    const page = await beside.page("docs", { limit: 3, bytes: 50_000 });
    expect(page.rows.map(({ $truncated, title }) => [title, $truncated])).toEqual([
      ["large", ["body"]],
      ["small", undefined],
    ]);
    expect((await beside.page("docs", { after: page.next ?? "" })).keys).toEqual(["3"]);
    expect(String((await beside.row("docs", "1"))["body"]).length).toBe(70_000);
  });

  test("of a table with many columns stay small together", async () => {
    const columns = Array.from({ length: 200 }, (_, at) => `c${at}`);
    await using beside = await Beside.open([
      `CREATE TABLE wide (id INTEGER PRIMARY KEY, ${columns.join(", ")})`,
      `INSERT INTO wide VALUES (1, ${columns.map(() => "printf('%.*c', 60000, 'x')").join(", ")})`,
    ]);
    const page = await beside.page("wide");
    expect(page.items.length).toBeLessThan(1_100_000);
    expect(page.rows[0]?.["$truncated"]).toEqual(columns);
  });

  test("are not there, and the key is told", async () => {
    await using beside = await Beside.open(BLACKBOARD);
    expect(String(await errorOf(beside.row("agents", "agent-9")))).toContain("the key is id");
  });
});

describe("a large table", () => {
  const LARGE = 120_000;
  const SQL = [
    "CREATE TABLE jobs (id INTEGER PRIMARY KEY, status TEXT, queue TEXT, note TEXT)",
    fill(
      "jobs",
      LARGE,
      "i, CASE WHEN i % 10000 = 0 THEN 'failed' ELSE 'done' END, 'q' || (i % 7), 'note ' || i",
    ),
    "CREATE INDEX jobs_queue ON jobs(queue)",
  ];

  test("has the newest rows first, looks like state by its status, and is not counted", async () => {
    await using beside = await Beside.open(SQL);
    const [table] = (await beside.list()).tables;
    expect(table?.isOpen).toBe(true);
    const page = await beside.page("jobs", { limit: 2 });
    expect([page.keys, page.sort, page.groups]).toEqual([[String(LARGE), String(LARGE - 1)], "-id", null]);
    expect((await beside.page("jobs", { limit: 1, after: page.next ?? "" })).keys).toEqual([
      String(LARGE - 2),
    ]);
  });

  test("is sorted by its key and by an index, and by nothing else", async () => {
    await using beside = await Beside.open(SQL);
    expect((await beside.page("jobs", { sort: "id", limit: 2 })).keys).toEqual(["1", "2"]);
    expect((await beside.page("jobs", { sort: "queue", limit: 2 })).keys).toEqual(["7", "14"]);
    expect((await beside.page("jobs", { sort: "-queue", limit: 1 })).keys).toEqual([String(LARGE)]);
    const error = await errorOf(beside.page("jobs", { sort: "note" }));
    expect(error).toBeInstanceOf(PanelError);
    expect(String(error)).toContain(`more than ${PANEL_SORTED_ROWS} rows`);
  });

  test("is searched in slices, within a budget, and the pages go on to the end", async () => {
    await using beside = await Beside.open(SQL);
    const asked = { group: "failed", limit: 5, budgetMs: 1 };
    const keys: string[] = [];
    let pages = 0;
    for await (const page of beside.pages("jobs", asked)) {
      keys.push(...page.keys);
      pages++;
    }
    expect(keys).toEqual(Array.from({ length: 12 }, (_, at) => String(LARGE - at * 10_000)));
    expect(pages).toBeGreaterThan(3);
  });

  test("keeps the order of its pages when it becomes large in between", async () => {
    await using beside = await Beside.open([
      "CREATE TABLE jobs (id INTEGER PRIMARY KEY)",
      fill("jobs", PANEL_SORTED_ROWS - 1, "i"),
    ]);
    const page = await beside.page("jobs", { limit: 2 });
    beside.database.run(fill("jobs", 100, `i + ${PANEL_SORTED_ROWS}`));
    expect((await beside.page("jobs", { limit: 2, after: page.next ?? "" })).keys).toEqual(["3", "4"]);
  });

  test("is left when its reader leaves", async () => {
    await using beside = await Beside.open(SQL);
    const abort = new AbortController();
    const question = { terms: [{ kind: "text", isNegated: false, at: 0, text: ["nowhere"] }] } as const;
    const asked = beside.panels.page(
      {
        table: "jobs",
        question,
        limits: { rows: 10, bytes: 1000 },
        after: undefined,
        sort: undefined,
        group: undefined,
        budgetMs: 60_000,
      },
      abort.signal,
    );
    abort.abort();
    expect(await errorOf(asked)).toBeInstanceOf(Error);
    expect(beside.followed.longReads.size).toBe(0);
  });
});

test("a view that takes long is not read all the time, and says so", async () => {
  await using beside = await Beside.open([
    ...BLACKBOARD,
    "CREATE VIEW slow AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT count(*) AS n FROM n",
  ]);
  expect((await beside.page("slow")).rows).toEqual([{ n: 1_000_000, $key: "#1" }]);
  const error = await errorOf(beside.page("slow"));
  expect(error).toMatchObject({ reason: "slow" });
  expect((await beside.list()).tables.map(({ name }) => name)).toContain("slow");
  expect((await beside.page("agents")).count).toBe(2);
});

describe("the name of the state", () => {
  test("changes with each commit, and with nothing else", async () => {
    await using beside = await Beside.open(BLACKBOARD);
    const names = new Set<string>([beside.panels.dataVersion()]);
    await beside.list();
    await beside.page("agents");
    expect(beside.panels.dataVersion()).toBe([...names][0] ?? "");
    const sql = [
      "UPDATE agents SET status = 'x'",
      "ALTER TABLE agents ADD note",
      "DROP TABLE work_items",
      "VACUUM",
    ];
    for (const [at, statement] of sql.entries()) {
      beside.database.run(statement);
      names.add(beside.panels.dataVersion());
      expect(names.size).toBe(at + 2);
    }
  });
});

test("in a rollback mode pages are no reason for a writer without patience to be refused more often", async () => {
  await using beside = await Beside.open(["PRAGMA journal_mode = DELETE", ...BLACKBOARD]);
  await using writer = new Writer(beside.rows.path, 0);
  await beside.followed.open();
  const WRITES = 60;
  await writer.insertStubbornly(20, 15);
  const alone = await writer.insertStubbornly(WRITES, 15);
  let isOver = false;
  let pages = 0;
  const reading = (async () => {
    for (; !isOver; pages++) await beside.page("work_items");
  })();
  const { refused } = await writer.insertStubbornly(WRITES, 15);
  isOver = true;
  await reading;
  expect(pages).toBeGreaterThan(0);
  expect(refused).toBeLessThanOrEqual(alone.refused + WRITES / 3);
});
