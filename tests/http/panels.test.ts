/** The routes of tables beside the log, at the real server. */
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { renameSync } from "node:fs";

import { createDatabase } from "../../src/db/sqlite/create.ts";
import { panelPageRoute, panelsRoute } from "../../src/http/panels.ts";
import type { PanelArchive, PanelList } from "../../src/panels.ts";
import { Scratch } from "../support/scratch.ts";
import { Server } from "../support/server.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const AGENTS = [
  "CREATE TABLE agents (id TEXT PRIMARY KEY, status TEXT, token TEXT)",
  "INSERT INTO agents VALUES ('agent-1', 'busy', 'hush'), ('a/b c%', 'idle', 'hush')",
];

const stack = new AsyncDisposableStack();
const scratch = stack.use(new Scratch());

/** A database with agents, in WAL mode. */
function create(name: string): { path: string; database: Database } {
  const path = scratch.path(name);
  createDatabase(path, "events");
  const database = stack.adopt(new Database(path), (open) => open.close());
  database.run("PRAGMA journal_mode = WAL");
  for (const sql of AGENTS) database.run(sql);
  return { path, database };
}

async function start(path: string, ...args: string[]): Promise<Server> {
  const server = stack.use(await Server.start([path, ...args]));
  await until(async () => (await server.fetch("/readyz")).ok, "the tail to follow");
  return server;
}

let server: Server;
let database: Database;
let path: string;
beforeAll(async () => {
  ({ path, database } = create("events.db"));
  server = await start(path);
});
afterAll(() => stack.disposeAsync());

const ROUTES = ["/api/tables", "/api/tables/agents?sort=-status&q=status:busy", "/api/tables/agents/agent-1"];

describe("the tag of the state", () => {
  test.each(ROUTES)("of %s gives 304 until the next commit, to whatever table", async (route) => {
    const first = await server.fetch(route);
    const tag = first.headers.get("etag") ?? "";
    expect(first.status).toBe(200);
    expect(tag).toBe(`"${(await first.json()).dataVersion}"`);
    const ask = async (value: string): Promise<Response> =>
      server.fetch(route, { headers: { "If-None-Match": value } });
    for (const value of [tag, `W/${tag}`, `"other", ${tag}`, "*"]) {
      const same = await ask(value);
      expect([value, same.status, await same.text()]).toEqual([value, 304, ""]);
      expect(same.headers.get("etag")).toBe(tag);
    }
    expect((await ask('"other"')).status).toBe(200);
    for (const sql of [
      "INSERT INTO events(event_type, summary) VALUES ('x', 'y')",
      "UPDATE agents SET token = token || 1",
      "CREATE TABLE IF NOT EXISTS more (id INTEGER PRIMARY KEY)",
      "DROP TABLE more",
    ]) {
      const before = (await ask("none")).headers.get("etag") ?? "";
      expect((await ask(before)).status).toBe(304);
      database.run(sql);
      const after = await ask(before);
      expect([sql, after.status]).toEqual([sql, 200]);
      expect(after.headers.get("etag")).not.toBe(before);
    }
  });

  test("is another one of another file in the place, and after a restart", async () => {
    const moved = create("moved.db");
    const following = await start(moved.path, "--poll-interval", "20");
    const tag = (await following.fetch("/api/tables")).headers.get("etag") ?? "";
    const next = create("next.db");
    next.database.run("PRAGMA wal_checkpoint(TRUNCATE)");
    next.database.run("PRAGMA journal_mode = DELETE");
    renameSync(next.path, moved.path);
    const ask = async (from: Server): Promise<number> =>
      (await from.fetch("/api/tables", { headers: { "If-None-Match": tag } })).status;
    await until(async () => (await ask(following)) === 200, "the new file");
    const again = await start(moved.path);
    expect(await ask(again)).toBe(200);
  });

  test("is missing where the answer changes by itself", async () => {
    const table = "CREATE TABLE IF NOT EXISTS runs (id INTEGER PRIMARY KEY, started_at TEXT)";
    database.run(table);
    database.run("INSERT INTO runs(started_at) VALUES (strftime('%Y-%m-%dT%H:%M:%fZ','now'))");
    for (const [q, isTagged] of [
      ["started_at:>2h", false],
      ["since:2h", false],
      ["-started_at:1d..2h", false],
      ["started_at:>2026-01-01", true],
    ] as const) {
      const response = await server.fetch(`/api/tables/runs?q=${encodeURIComponent(q)}`);
      expect([q, response.status, response.headers.has("etag")]).toEqual([q, 200, isTagged]);
    }
    const response = await server.fetch("/api/tables/runs?q=since:2h", { headers: { "If-None-Match": "*" } });
    expect(response.status).toBe(200);
  });

  test("is looked up without a read", async () => {
    let reads = 0;
    const read = (): Promise<never> => {
      reads++;
      return Promise.reject(new Error("it was read"));
    };
    const panels: PanelArchive = { dataVersion: () => "v1", tables: read, page: read, row: read };
    const exchange = (url: string) => ({
      request: new Request(url, { headers: { "If-None-Match": '"v1"' } }),
      url: new URL(url),
      id: "agents",
      key: "",
      client: { address: "", user: undefined, isSecure: false, isSignedIn: true, setIdleTimeout: () => {} },
    });
    for (const [route, url] of [
      [panelsRoute, "http://localhost/api/tables"],
      [panelPageRoute, "http://localhost/api/tables/agents?q=x"],
    ] as const)
      expect((await route({ panels }, exchange(url))).status).toBe(304);
    expect(reads).toBe(0);
  });
});

test("a key and a name may have any characters", async () => {
  const key = encodeURIComponent("a/b c%");
  expect(await server.json<object>(`/api/tables/agents/${key}`)).toMatchObject({
    table: "agents",
    item: { id: "a/b c%", token: { $masked: true } },
  });
  expect((await server.fetch(`/api/tables/AGENTS/${key}`)).status).toBe(200);
  expect((await server.fetch("/api/tables/agents/")).status).toBe(404);
});

describe("options", () => {
  test("--panels none turns the routes off", async () => {
    const off = await start(path, "--panels", "none");
    for (const route of ROUTES) {
      const response = await off.fetch(route);
      expect([route, response.status]).toEqual([route, 404]);
      expect(await response.json()).toMatchObject({ title: "No panels" });
    }
  });

  test("--panels LIST chooses and orders, and a name that is not there is one line", async () => {
    database.run('CREATE TABLE IF NOT EXISTS "odd, but a name" (id INTEGER PRIMARY KEY)');
    const some = await start(path, "--panels", 'nothing,"odd, but a name",agents', "--show-secrets");
    const { tables, missing } = await some.json<PanelList>("/api/tables");
    expect(tables.map(({ name }) => name)).toEqual(["odd, but a name", "agents"]);
    expect(missing).toEqual(["nothing"]);
    const warnings = (): unknown[] =>
      some.log.filter(({ level }) => level === "warn").map(({ table }) => table);
    await until(() => warnings().length > 0, "the line");
    expect(warnings()).toEqual(["nothing"]);
    expect(JSON.stringify(await some.json("/api/tables/agents"))).toContain('"token":"hush');
  });
});
