/** The tables beside the log: what is the case now. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { agoText } from "../../src/web/panels/ago.ts";
import { readChoice, writeChoice } from "../../src/web/panels/choice.ts";
import type { PanelColumn, PanelTable, RowJson } from "../../src/web/panels/contract.ts";
import { compareRows, type Marks, withGone } from "../../src/web/panels/difference.ts";
import { describeTable, describeValue, readRow } from "../../src/web/panels/panel-row.ts";
import { lateOnes } from "../../src/web/panels/quiet.ts";
import { axe } from "../support/axe.ts";
import { Board, insertSql } from "../support/board.ts";
import { describeInBrowser, Tab, type TabOptions } from "../support/browser.ts";
import { FakeServer, row } from "../support/fake-server.ts";
import { PAGE_STATES } from "../support/page-states.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

function column(name: string, rest: Partial<PanelColumn> = {}): PanelColumn {
  return { name, role: null, isSecret: false, timeForm: null, references: null, ...rest };
}

const AGENTS: PanelTable = {
  name: "agents",
  kind: "table",
  isOpen: true,
  key: ["id"],
  columns: [
    column("id", { role: "key" }),
    column("name", { role: "name" }),
    column("status", { role: "status" }),
    column("last_seen", { role: "last-seen", timeForm: "text" }),
    column("api_key", { isSecret: true }),
  ],
};

const WORK_ITEMS: PanelTable = {
  name: "work_items",
  kind: "table",
  isOpen: true,
  key: ["id"],
  columns: [
    column("id", { role: "key" }),
    column("title", { role: "name" }),
    column("state", { role: "status" }),
    column("agent_id", { references: { table: "agents", column: "id" } }),
    column("notes"),
  ],
};

const SETTINGS: PanelTable = {
  name: "settings",
  kind: "view",
  isOpen: false,
  key: ["rowid"],
  columns: [column("name", { role: "name" }), column("value")],
};

describe("times", () => {
  test("are told as how long ago they were, in one unit", () => {
    const ages = [0, 4999, 12_000, 119_000, 3_600_000, 172_800_000, -90_000];
    expect(ages.map(agoText)).toEqual([
      "just now",
      "just now",
      "12 s ago",
      "1 min ago",
      "1 h ago",
      "2 d ago",
      "in 1 min",
    ]);
  });
});

describe("a row that is quiet", () => {
  test("is late past three times what its siblings keep, and past a minute", () => {
    expect(lateOnes([200_000, 1000, 60_000, 70_000])).toEqual([true, false, false, false]);
    expect(lateOnes([170_000, 1000, 60_000, 70_000])).toEqual([false, false, false, false]);
    expect(lateOnes([1000, 1000, 59_000])).toEqual([false, false, false]);
    expect(lateOnes([1000, 1000, 61_000])).toEqual([false, false, true]);
    // Nobody says what is usual.
    expect(lateOnes([900_000])).toEqual([false]);
  });
});

describe("rows", () => {
  const rowOf = (key: string, json: RowJson) => readRow({ $key: key, ...json });

  test("are compared by their key: cells that changed, rows that came, and rows that went where they stood", () => {
    const before = [
      rowOf("a", { state: "x", at: 1 }),
      rowOf("b", { state: "x" }),
      rowOf("c", { state: "x" }),
    ];
    const after = [rowOf("a", { state: "y", at: 1 }), rowOf("c", { state: "x" }), rowOf("d", { state: "x" })];
    const marks: Marks = compareRows(before, after);
    expect(marks.changed).toEqual(new Map([["a", new Set(["state"])]]));
    expect([...marks.appeared]).toEqual(["d"]);
    expect(withGone(after, marks).map(({ key }) => key)).toEqual(["a", "b", "c", "d"]);
  });

  test("without a difference leave nothing to mark", () => {
    const rows = [rowOf("a", { json: { deep: [1] } })];
    const marks = compareRows(rows, [rowOf("a", { json: { deep: [1] } })]);
    expect([marks.changed.size, marks.appeared.size, marks.gone.length]).toEqual([0, 0, 0]);
  });

  test("have a name, a status, who they lead to and their times; the rest is behind the row", () => {
    expect(describeTable(AGENTS)).toEqual({
      name: "name",
      status: "status",
      reference: undefined,
      times: ["last_seen"],
      lastSeen: "last_seen",
    });
    expect(describeTable(WORK_ITEMS)).toMatchObject({ name: "title", reference: "agent_id", times: [] });
    // What was not written to for long is no sign of life that is missing.
    const updated = column("updated_at", { role: "last-seen" });
    expect(describeTable({ ...WORK_ITEMS, columns: [...WORK_ITEMS.columns, updated] })).toMatchObject({
      times: ["updated_at"],
      lastSeen: undefined,
    });
    expect(describeTable({ ...WORK_ITEMS, columns: [column("id", { role: "key" })] }).name).toBe("id");
  });

  test("say what is masked, what is empty, and the name beside a reference", () => {
    const json = {
      $key: "1",
      token: { $masked: true },
      none: null,
      agent_id: "a1",
      $names: { agent_id: "Ann" },
    };
    expect(describeValue(json, "token")).toBe("•••• masked");
    expect(describeValue(json, "none")).toBe("");
    expect(describeValue(json, "agent_id")).toBe("Ann");
  });
});

describe("the reader's choice", () => {
  test("goes before what the server proposes, and what can't be read is none", () => {
    const choice = readChoice(writeChoice({ open: { agents: false }, collapsed: { work_items: true } }));
    expect(choice).toEqual({ open: { agents: false }, collapsed: { work_items: true } });
    for (const text of [undefined, "", "null", "[", '{"open":[1]}', '{"open":{"a":1}}'])
      expect(readChoice(text)).toEqual({ open: {}, collapsed: {} });
  });
});

const agent = (id: string, status: string, secondsAgo = 2): RowJson => ({
  $key: id,
  id,
  name: `Agent ${id}`,
  status,
  last_seen: new Date(Date.now() - secondsAgo * 1000).toISOString(),
  api_key: { $masked: true },
});

const item = (id: string, state: string, agentId: string | null = null): RowJson => ({
  $key: id,
  id,
  title: `Work ${id}`,
  state,
  agent_id: agentId,
  notes: '<img src=x onerror="window.pwned=1">',
  ...(agentId === null ? {} : { $names: { agent_id: `Agent ${agentId}` } }),
});

async function startServer(): Promise<FakeServer> {
  const server = await FakeServer.start();
  server.commit(
    row(1, { event_type: "task_claimed", actor_id: "a1", target_id: "T-1" }),
    row(2, { event_type: "note", actor_id: "somebody", target_id: "T-9" }),
  );
  server.tables.push(
    { table: AGENTS, rows: [agent("a1", "working"), agent("a2", "idle")] },
    {
      table: WORK_ITEMS,
      rows: [item("T-1", "claimed", "a1"), item("T-2", "available"), item("T-3", "available")],
    },
    { table: SETTINGS, rows: [{ $key: "1", name: "retries", value: 3 }] },
  );
  return server;
}

async function openTab(server: FakeServer, options?: TabOptions, query = ""): Promise<Tab> {
  const tab = await Tab.open(server.url + query, options);
  await tab.untilText("#connection-status", "Connected");
  return tab;
}

const keysOf = (tab: Tab, table: string) =>
  tab.evaluate<string[]>(
    `[...document.querySelectorAll("[data-panel='${table}'] [data-row-key]:not(.gone)")].map((row) => row.dataset.rowKey)`,
  );

const untilKeys = (tab: Tab, table: string, keys: readonly string[]) =>
  until(
    async () => (await keysOf(tab, table)).join(" ") === keys.join(" "),
    `rows ${keys.join(" ")} of ${table}`,
  );

const isThere = (tab: Tab, selector: string) =>
  tab.evaluate<boolean>(`document.querySelector(${JSON.stringify(selector)}) !== null`);

describeInBrowser("panels", () => {
  test("show the tables that look like a state: names, statuses as badges, times that go on, groups", async () => {
    await using server = await startServer();
    await using tab = await openTab(server);
    await untilKeys(tab, "agents", ["a1", "a2"]);
    await untilKeys(tab, "work_items", ["T-1", "T-2", "T-3"]);
    expect(await isThere(tab, "[data-panel='settings']")).toBe(false);
    const first = "[data-panel='agents'] [data-row-key='a1']";
    expect(await tab.text(`${first} .row-name`)).toBe("Agent a1");
    expect(await tab.evaluate(`document.querySelector("${first} .badge").className`)).toBe("badge active");
    await tab.untilText(`${first} .ago`, /^\d+ s ago$/);
    expect(
      await tab.evaluate(
        `[...document.querySelectorAll("[data-panel='work_items'] .group")].map((tab) => tab.textContent)`,
      ),
    ).toEqual(["All 3", "claimed 1", "available 2"]);
    await tab.click("[data-panel='work_items'] .group:nth-child(3)");
    await untilKeys(tab, "work_items", ["T-2", "T-3"]);
    expect(await axe(tab)).toEqual([]);
    expect(tab.errors).toEqual([]);
  });

  test("change within a moment of a commit, and what changed flashes once", async () => {
    await using server = await startServer();
    await using tab = await openTab(server);
    await untilKeys(tab, "work_items", ["T-1", "T-2", "T-3"]);
    expect(server.streamRequests.at(-1)).toContain("&changes=1");
    const work = server.tables[1];
    if (work === undefined) throw new Error("no work items");
    await tab.evaluate(`(() => {
      window.flashed = [];
      document.addEventListener("animationstart", ({ target, animationName }) => {
        const row = target.closest("[data-row-key]");
        if (row !== null) flashed.push(row.dataset.rowKey + " " + animationName);
      });
    })()`);
    work.rows.splice(0, 2, item("T-1", "done", "a1"));
    work.rows.push(item("T-4", "available"));
    server.change();
    await untilKeys(tab, "work_items", ["T-1", "T-3", "T-4"]);
    await tab.untilText("[data-panel='work_items'] [data-row-key='T-1'] .badge", "done");
    await until(
      async () =>
        (await tab.evaluate<string[]>("flashed.toSorted()")).join() === "T-1 flash,T-2 leave,T-4 arrive",
      "what changed to be seen to",
    );
    await until(async () => !(await isThere(tab, ".gone")), "the row that went to be gone");
    expect(tab.errors).toEqual([]);
  });

  test("are asked for one request at a time, and only while they are in sight", async () => {
    await using server = await startServer();
    await using tab = await openTab(server);
    await untilKeys(tab, "agents", ["a1", "a2"]);
    await tab.click("[data-panel='agents'] .collapse");
    await until(async () => !(await isThere(tab, "[data-panel='agents'] table")), "the panel to close");
    server.tableRequests.length = 0;
    server.holdTables();
    for (let times = 0; times < 5; times++) server.change();
    // What comes after them on the stream is shown: so all of them were heard.
    server.commit(row(3));
    await tab.untilRows([3, 2, 1]);
    await until(() => server.tableRequests.length > 0, "a request");
    expect(server.tableRequests).toEqual(["/api/tables/work_items?limit=100"]);
    server.releaseTables();
    await until(() => server.tableRequests.length === 2, "one more request for all that came meanwhile");
    expect(server.tableRequests.every((path) => path.startsWith("/api/tables/work_items?"))).toBe(true);
    await tab.reload();
    await untilKeys(tab, "work_items", ["T-1", "T-2", "T-3"]);
    expect(await tab.evaluate(`document.querySelector("[data-panel='agents'] .collapse").ariaExpanded`)).toBe(
      "false",
    );
    await tab.click("[data-panel='agents'] .collapse");
    await untilKeys(tab, "agents", ["a1", "a2"]);
    expect(tab.errors).toEqual([]);
  });

  test("reach the other tabs of the browser through the stream that they share", async () => {
    await using server = await startServer();
    await using one = await openTab(server);
    await using other = await openTab(server);
    await untilKeys(other, "agents", ["a1", "a2"]);
    expect(server.streams).toBe(1);
    server.tables[0]?.rows.push(agent("a3", "idle"));
    server.change();
    for (const tab of [one, other]) await untilKeys(tab, "agents", ["a1", "a2", "a3"]);
  });

  test("are polled while there is no stream", async () => {
    await using server = await startServer();
    await using tab = await Tab.open(server.url, { before: "delete window.EventSource" });
    await untilKeys(tab, "agents", ["a1", "a2"]);
    server.tables[0]?.rows.push(agent("a3", "idle"));
    await untilKeys(tab, "agents", ["a1", "a2", "a3"]);
    expect(tab.errors).toEqual([]);
  });

  test("stay as they were while the server can't be reached, which the page says once", async () => {
    await using board = await Board.openCrew();
    const countLost = `window.lost = 0; { const real = fetch; window.fetch = (url, ...rest) => real(url, ...rest).catch((error) => {
      if (String(url).includes("api/tables/")) lost++;
      throw error;
    }); }`;
    await using tab = await Tab.open(board.server.url, { before: countLost });
    await until(async () => (await keysOf(tab, "agents")).length === 4, "the agents");
    await PAGE_STATES["problem"]?.enter?.(tab, board);
    await until(() => tab.evaluate<boolean>("lost >= 2"), "a look at the tables that fails", 20_000);
    expect(await keysOf(tab, "agents")).toHaveLength(4);
    expect(await isThere(tab, ".panel-failure")).toBe(false);
    expect(await tab.text("main")).not.toContain("api/");
  });

  test("are chosen by the reader, and the browser remembers it", async () => {
    await using server = await startServer();
    await using tab = await openTab(server);
    await untilKeys(tab, "agents", ["a1", "a2"]);
    await tab.click(".panel-chooser summary");
    await tab.click(".panel-chooser input[value='settings']");
    await untilKeys(tab, "settings", ["1"]);
    await tab.click(".panel-chooser input[value='agents']");
    await until(async () => !(await isThere(tab, "[data-panel='agents']")), "the panel to go");
    expect(await axe(tab)).toEqual([]);
    await tab.reload();
    await untilKeys(tab, "settings", ["1"]);
    expect(await isThere(tab, "[data-panel='agents']")).toBe(false);
    expect(tab.errors).toEqual([]);
  });

  test("tell of a row that is quiet, in amber past the time that its siblings keep", async () => {
    await using server = await startServer();
    server.tables[0]?.rows.push(agent("a3", "idle", 12 * 60 + 1));
    await using tab = await openTab(server);
    await tab.untilText("[data-row-key='a3'] .quiet.late", "Quiet for 12 min");
    expect(await isThere(tab, "[data-row-key='a1'] .quiet")).toBe(false);
    expect(await axe(tab)).toEqual([]);
  });

  test("take no room where the server offers none", async () => {
    await using server = await FakeServer.start();
    server.commitMany(1);
    await using tab = await openTab(server);
    await until(() => server.tableRequests.length > 0, "the page to ask");
    await tab.untilRows([1]);
    expect(await isThere(tab, "#panels")).toBe(false);
    expect(server.streamRequests.at(-1)).not.toContain("changes");
    expect(tab.errors).toEqual([]);
  });
});

describeInBrowser("a row of a panel", () => {
  test("opens beside the list: its columns, what they lead to, and the story of its key", async () => {
    await using server = await startServer();
    await using tab = await openTab(server);
    await untilKeys(tab, "work_items", ["T-1", "T-2", "T-3"]);
    await tab.click("[data-panel='work_items'] [data-row-key='T-1'] button");
    await tab.untilText("#story h2", "Work T-1");
    // This server answers every question with all of its rows.
    await tab.untilText("#story .story-count", "2");
    expect(await tab.text("#story [data-field='notes'] dd")).toBe('<img src=x onerror="window.pwned=1">');
    expect(await tab.evaluate("window.pwned")).toBeUndefined();
    expect(await tab.evaluate("location.search")).toBe("?story=T-1&of=work_items");
    expect(await axe(tab)).toEqual([]);

    await tab.click("#story [data-field='agent_id'] .leads-to");
    await tab.untilText("#story h2", "Agent a1");
    expect(await tab.text("#story [data-field='api_key'] dd")).toBe("•••• masked");
    server.tables[0]?.rows.splice(0, 1, agent("a1", "failed"));
    server.change();
    await tab.untilText("#story [data-field='status'] dd", "failed");
    server.tables[0]?.rows.splice(0, 1);
    server.change();
    await tab.untilText("#story .row-gone", /^There is no row/);
    await tab.evaluate("history.back()");
    await tab.untilText("#story h2", "Work T-1");
  });

  test("is where an actor or target in the log leads to, with its status", async () => {
    await using server = await startServer();
    await using tab = await openTab(server);
    const link = "[data-event-id='1'] .target .row-link";
    await tab.untilText(link, /^T-1/);
    expect(await tab.evaluate(`document.querySelector("${link} .row-status").className`)).toBe(
      "row-status active",
    );
    expect(await isThere(tab, "[data-event-id='2'] .row-link")).toBe(false);
    await tab.click(link);
    await tab.untilText("#story h2", "Work T-1");
    // The click was for the row of the panel alone.
    expect(await isThere(tab, "tr.detail")).toBe(false);
    expect(tab.errors).toEqual([]);
  });

  test("is reached and left by the keyboard", async () => {
    await using server = await startServer();
    await using tab = await openTab(server);
    await untilKeys(tab, "work_items", ["T-1", "T-2", "T-3"]);
    const press = (key: string) =>
      tab.evaluate(
        `document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "${key}", bubbles: true, cancelable: true }))`,
      );
    await tab.evaluate(`document.querySelector("[data-panel='work_items'] [data-row-key] button").focus()`);
    await press("ArrowDown");
    const focused = `document.activeElement.closest("[data-row-key]")?.dataset.rowKey`;
    await until(async () => (await tab.evaluate(focused)) === "T-2", "the focus to go on");
    await tab.evaluate("document.activeElement.click()");
    await tab.untilText("#story h2", "Work T-2");
    await press("Escape");
    await until(async () => !(await isThere(tab, "#story")), "the row to close");
    expect(await tab.evaluate(focused)).toBe("T-2");
  });
});

describeInBrowser("panels on a phone", () => {
  test("stand in one column, closed until they are opened, and fit", async () => {
    await using server = await startServer();
    await using tab = await openTab(server, { width: 360, height: 740, scheme: "dark", reducedMotion: true });
    await until(() => isThere(tab, "[data-panel='agents']"), "the panels");
    expect(await keysOf(tab, "agents")).toEqual([]);
    await tab.click("[data-panel='agents'] .collapse");
    await untilKeys(tab, "agents", ["a1", "a2"]);
    expect(await tab.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
    expect(await axe(tab)).toEqual([]);
    server.tables[0]?.rows.splice(1, 1, agent("a2", "failed"));
    server.change();
    await until(() => isThere(tab, "[data-row-key='a2'] .flash"), "the change to be marked");
    expect(await tab.evaluate("document.getAnimations().length")).toBe(0);
    expect(tab.errors).toEqual([]);
  });
});

const SCHEMA = [
  "CREATE TABLE agents (id TEXT PRIMARY KEY, name TEXT, status TEXT, last_seen TEXT, api_key TEXT)",
  "CREATE TABLE work_items (id TEXT PRIMARY KEY, title TEXT, status TEXT, claimed_by TEXT REFERENCES agents(id))",
  "INSERT INTO agents VALUES ('ag-1', 'Ada', 'working', datetime('now', '-3 seconds'), 'hunter2')",
  "INSERT INTO work_items VALUES ('T-1', 'Dig', 'claimed', 'ag-1'), ('T-2', 'Fill', 'available', NULL)",
];

describeInBrowser("panels of a real database", () => {
  test("are live, read again only what has changed, and tell the story of a row", async () => {
    await using board = await Board.open();
    await board.writer.run(SCHEMA);
    await board.writer.run(insertSql({ event_type: "task_claimed", actor_id: "ag-1", target_id: "T-1" }));
    const tab = await board.openConnectedTab();
    await untilKeys(tab, "work_items", ["T-1", "T-2"]);
    await untilKeys(tab, "agents", ["ag-1"]);
    expect(tab.requests.filter(({ type }) => type === "EventSource").map(({ url }) => url)).toEqual([
      expect.stringMatching(/&changes=1$/),
    ]);
    await board.writer.run("UPDATE work_items SET status = 'blocked' WHERE id = 'T-2'");
    await tab.untilText("[data-panel='work_items'] [data-row-key='T-2'] .badge", "blocked");
    await board.writer.run("INSERT INTO work_items VALUES ('T-3', 'Rest', 'available', NULL)");
    await untilKeys(tab, "work_items", ["T-1", "T-2", "T-3"]);

    await tab.click("[data-event-id='1'] .target .row-link");
    await tab.untilText("#story h2", "Dig");
    await tab.untilText("#story .story-count", "1");
    await tab.click("#story [data-field='claimed_by'] .leads-to");
    await tab.untilText("#story h2", "Ada");
    await tab.untilText("#story [data-field='api_key'] dd", "•••• masked");
    expect(await tab.evaluate("document.body.innerHTML.includes('hunter2')")).toBe(false);
    await tab.untilText("#story .story-count", "1");
    expect(await axe(tab)).toEqual([]);

    // Nothing was written since: the panel comes into sight again, and its rows are not sent again.
    const answers = `performance.getEntriesByType("resource")
      .filter(({ name }) => name.includes("api/tables/agents?")).map(({ responseStatus }) => responseStatus)`;
    const before = (await tab.evaluate<number[]>(answers)).length;
    await tab.evaluate("tailboard.startEventSource()");
    await until(async () => (await tab.evaluate<number[]>(answers)).length > before, "another answer");
    expect((await tab.evaluate<number[]>(answers)).at(-1)).toBe(304);
    expect(tab.errors).toEqual([]);
  });

  test("are turned off by the operator, without an error in the console", async () => {
    await using board = await Board.open(undefined, ["--panels", "none"]);
    await board.writer.run(SCHEMA);
    await board.writer.run(insertSql({}));
    const tab = await board.openConnectedTab();
    await tab.untilRows([1]);
    expect(await isThere(tab, "#panels")).toBe(false);
    expect(tab.requested("/api/tables")).toEqual([]);
    expect(tab.errors).toEqual([]);
  });
});
