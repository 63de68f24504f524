/** The description of the API agrees with itself, with the routes, and with what the server answers. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";

import { Validator } from "@seriousme/openapi-schema-validator";

import manifest from "../../package.json" with { type: "json" };
import { createDatabase } from "../../src/db/sqlite/create.ts";
import { ROUTES } from "../../src/http/app.ts";
import { openApiDocument } from "../../src/http/openapi.ts";
import { Description, type OpenApi } from "../support/description.ts";
import { Scratch } from "../support/scratch.ts";
import { Server } from "../support/server.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const document: OpenApi = JSON.parse(JSON.stringify(openApiDocument(manifest.version)));
const description = new Description(document);

const STREAM = "/api/events/stream";

/** Paths that leave every parameter out of account: those of probes, and of the page, which reads its own URL. */
const WITHOUT_CHECK = ["/", "/healthz", "/readyz", "/metrics"];

const VALUES = [
  "('task_done', 'agent-1', 'job-7', 'job 7 is done', '{\"attempt\":2}')",
  "('task_failed', NULL, 'job-8', 'job 8', NULL)",
  "('blob', 'agent-2', NULL, 'bytes', x'00ff10')",
  `('large', 'agent-2', NULL, '${"x".repeat(100_000)}', NULL)`,
];

const TABLES = [
  "CREATE TABLE agents (id TEXT PRIMARY KEY, name TEXT, status TEXT, last_seen TEXT, api_key TEXT)",
  "INSERT INTO agents VALUES ('agent-1', 'Ada', 'busy', '2026-11-27T10:00:00Z', 'sk-1'), ('agent-2', NULL, 'idle', NULL, NULL)",
  "CREATE TABLE work_items (id TEXT PRIMARY KEY, title TEXT, status TEXT, claimed_by REFERENCES agents, priority INTEGER, extra)",
  "INSERT INTO work_items VALUES ('T-104', 'one', 'available', NULL, 1, x'00'), ('T-105', 'two', 'blocked', 'agent-1', 9007199254740993, 1.5)",
  "CREATE VIEW by_status AS SELECT status, count(*) AS n FROM work_items GROUP BY status",
];

/** With an id that JavaScript would round. */
const LARGE_ID = "9007199254740993";

const stack = new AsyncDisposableStack();
let writer: Writer;
let server: Server;
/** Follows a file that is not there. */
let waiting: Server;

beforeAll(async () => {
  const scratch = stack.use(new Scratch());
  const path = scratch.path("events.db");
  createDatabase(path, "events");
  writer = stack.use(new Writer(path));
  for (const sql of TABLES) await writer.run(sql);
  await writer.run([
    ...VALUES.map(
      (row) => `INSERT INTO events(event_type, actor_id, target_id, summary, metadata) VALUES ${row}`,
    ),
    `INSERT INTO events(id, event_type, summary) VALUES (${LARGE_ID}, 'late', 'a large id')`,
  ]);
  server = stack.use(await Server.start([path, "--max-connections-per-address", "1"]));
  waiting = stack.use(await Server.start([scratch.path("missing.db")]));
  await until(async () => (await server.fetch("/readyz")).ok, "the tail to follow");
});

afterAll(() => stack.disposeAsync());

/** A path with an id in it, and parameters. */
function urlOf(path: string, parameters: Readonly<Record<string, string | number>> = {}): string {
  const query = new URLSearchParams(
    Object.entries(parameters).map(([name, value]) => [name, String(value)]),
  ).toString();
  const filled = path.replace("{id}", "1").replace("{name}", "work_items").replace("{key}", "T-105");
  return filled + (query === "" ? "" : `?${query}`);
}

/** Asks, and lets the description judge the answer. A stream is left at once. @returns the status */
async function ask(path: string, url: string, from = server, init?: RequestInit): Promise<number> {
  const response = await from.fetch(url, init);
  if (path === STREAM && response.ok) {
    expect(response.headers.get("content-type")).toStartWith("text/event-stream");
    await response.body?.cancel();
    await noStream(from);
  } else expect(await description.mistakesOf(path, response)).toEqual([]);
  return response.status;
}

async function noStream(from: Server): Promise<void> {
  await until(
    async () => (await from.json<{ subscribers: number }>("/api/status")).subscribers === 0,
    "the end of the stream",
  );
}

/** The headers that say what an answer is, not how long it is or of when. */
function kindsOf(response: Response): Record<string, string> {
  const headers = Object.fromEntries(response.headers);
  for (const name of ["date", "content-length", "transfer-encoding"]) delete headers[name];
  // An export is named after its time.
  const disposition = headers["content-disposition"]?.replace(/[\d-]{10}T[\d-]{8}Z/, "TIME");
  return disposition === undefined ? headers : { ...headers, "content-disposition": disposition };
}

describe("the document", () => {
  test("is OpenAPI 3.1", async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone({ ...document }));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    expect(validator.version).toBe("3.1");
  });

  test("describes the routes, and no other", () => {
    const routes = Object.keys(ROUTES).map((route) => route.replaceAll(/:(\w+)/g, "{$1}"));
    expect(description.paths.toSorted()).toEqual(["/", ...routes].toSorted());
  });

  test("has schemas that are schemas, and agree with their examples", () => {
    for (const schema of Object.values(document.components.schemas)) {
      const { examples = [] }: { examples?: unknown[] } = schema;
      description.mistakesOfValue(schema, null);
      for (const example of examples) expect(description.mistakesOfValue(schema, example)).toEqual([]);
    }
    for (const { schema, example } of Object.values(document.components.parameters))
      expect(description.mistakesOfValue(schema, example)).toEqual([]);
  });

  test("is served", async () => {
    expect(await server.json<unknown>("/api/openapi.json")).toEqual(document);
    expect(document.info.version).toBe(manifest.version);
  });
});

describe("every answer is as it is described", () => {
  test.each(description.paths)("%s", async (path) => {
    expect(await ask(path, urlOf(path))).toBe(200);
  });

  test.each([
    ["/api/events", "/api/events?q=job&budget=1"],
    ["/api/events", "/api/events?after=0&limit=2"],
    ["/api/events", "/api/events?at=1h&limit=2"],
    ["/api/events", "/api/events?q=nothing-like-it"],
    ["/api/events/{id}", "/api/events/3"],
    ["/api/events/{id}", "/api/events/4"],
    ["/api/events/{id}", `/api/events/${LARGE_ID}`],
    ["/api/events/export", "/api/events/export?format=csv"],
    ["/api/events/sql", "/api/events/sql?q=metadata.attempt:2+since:2h"],
    ["/api/stats", "/api/stats?window=1h&bucket=1h&q=job"],
    ["/api/stats", "/api/stats?to=2026-11-25T10:00Z"],
    ["/api/tables/{name}", "/api/tables/agents"],
    ["/api/tables/{name}", "/api/tables/by_status?sort=-n"],
    ["/api/tables/{name}", "/api/tables/work_items?limit=1&q=status:blocked"],
    ["/api/tables/{name}/{key}", "/api/tables/agents/agent-1"],
  ])("%s: %s", async (path, url) => {
    expect(await ask(path, url)).toBe(200);
  });

  test.each([
    ["/api/events", "Bad parameter", "limit", ["0", "501", "x", "1.5"]],
    ["/api/events", "Bad parameter", "before", ["x", "1e3", "9223372036854775808"]],
    ["/api/events", "Bad parameter", "after", ["x", "-"]],
    ["/api/events", "Bad parameter", "at", ["yesterday", "2026-13-01"]],
    ["/api/events", "Bad parameter", "budget", ["0", "5001", "1s"]],
    ["/api/events", "Bad question", "q", ['"open', "a OR b", "nothing:x", "x".repeat(4097)]],
    ["/api/events", "Bad question", "type", ["a,", '"open', "1..2,3"]],
    ["/api/events", "Bad question", "actor", ["a,"]],
    ["/api/events", "Bad question", "target", [">"]],
    ["/api/events", "Bad question", "since", ["yesterday"]],
    ["/api/events", "Bad question", "until", ["soon"]],
    ["/api/stats", "Bad parameter", "window", ["15", "0s", "367d", "2026-11-25"]],
    ["/api/stats", "Bad parameter", "bucket", ["x", "0s"]],
    ["/api/stats", "Bad parameter", "to", ["yesterday"]],
    ["/api/stats", "Bad parameter", "budget", ["-1"]],
    ["/api/stats", "Bad question", "q", ["nothing:x"]],
    ["/api/events/export", "Bad parameter", "format", ["xml"]],
    ["/api/events/export", "Bad question", "q", ["nothing:x"]],
    ["/api/events/sql", "Bad question", "q", ["nothing:x"]],
    ["/api/tables/{name}", "Bad parameter", "limit", ["0", "501", "x"]],
    ["/api/tables/{name}", "Bad parameter", "after", ["x", "WyJpZCJd", "1"]],
    ["/api/tables/{name}", "Bad parameter", "sort", ["nothing", "--id"]],
    ["/api/tables/{name}", "Bad question", "q", ['"open', "nothing:x", "since:2h"]],
    [STREAM, "Bad parameter", "changes", ["2", "yes"]],
    [STREAM, "Bad parameter", "lastEventId", ["x"]],
    [STREAM, "Bad question", "q", ["nothing:x"]],
    [STREAM, "Bad question", "since", ["soon"]],
  ] as const)("%s: %s for %s", async (path, title, name, values) => {
    for (const value of values) {
      const response = await server.fetch(urlOf(path, { [name]: value }));
      expect(response.status).toBe(400);
      expect(await response.clone().json()).toMatchObject({ title, status: 400 });
      expect(await description.mistakesOf(path, response)).toEqual([]);
    }
  });

  test("a question that can't be read says where, and why without where", async () => {
    const response = await server.fetch(urlOf("/api/events", { q: "deploy nothing:x" }));
    const { detail, ...place } = await response.json();
    expect(place).toMatchObject({ parameter: "q", position: 7 });
    expect(place.reason).toStartWith('There is no field "nothing".');
    expect(detail).toBe(`In the parameter q, character 8, at "nothing:x": ${place.reason}`);
  });

  test("statistics begin with a whole bucket, and end with the beginning of a day or now", async () => {
    const of = (query: string) => server.json<{ from: string; to: string }>(`/api/stats?${query}`);
    expect(await of("window=1h&bucket=2h&to=2026-11-25T20:30Z")).toMatchObject({
      from: "2026-11-25T18:00:00.000Z",
      to: "2026-11-25T20:30:00.000Z",
    });
    expect((await of("to=2026-11-25")).to).toBe("2026-11-25T00:00:00.000Z");
    const before = Date.now();
    const ahead = Date.parse((await of("to=2999-01-01")).to);
    expect([before <= ahead, ahead <= Date.now()]).toEqual([true, true]);
  });

  test("parameters that contradict each other are refused", async () => {
    expect(await ask("/api/events", "/api/events?at=1h&before=5")).toBe(400);
    expect(await ask("/api/stats", "/api/stats?window=366d&bucket=1s")).toBe(400);
  });

  test("an id that is none, an event that is not there, and a path that is not there", async () => {
    expect(await ask("/api/events/{id}", "/api/events/x")).toBe(400);
    expect(await ask("/api/events/{id}", "/api/events/99")).toBe(404);
    expect(await ask("/", "/nothing")).toBe(404);
    expect(await ask("/api/tables/{name}", "/api/tables/nothing")).toBe(404);
    expect(await ask("/api/tables/{name}", "/api/tables/events")).toBe(404);
    expect(await ask("/api/tables/{name}", "/api/tables/%ff")).toBe(400);
    expect(await ask("/api/tables/{name}/{key}", "/api/tables/work_items/T-1")).toBe(404);
  });

  test.each(description.paths)("405 with what is allowed, 403 for another host: %s", async (path) => {
    for (const method of ["POST", "PUT", "DELETE"])
      expect(await ask(path, urlOf(path), server, { method })).toBe(405);
    expect(await ask(path, urlOf(path), server, { headers: { Host: "example.com" } })).toBe(403);
  });

  test("503 where the file is missing, with when to ask again", async () => {
    const reading = description.paths.filter((path) => path.startsWith("/api/tables"));
    for (const path of [
      ...reading,
      "/api/events",
      "/api/events/export",
      "/api/events/sql",
      "/api/events/{id}",
      "/api/stats",
      "/readyz",
    ])
      expect(await ask(path, urlOf(path), waiting)).toBe(503);
    for (const path of ["/", "/api/status", "/api/openapi.json", "/healthz", "/metrics", STREAM])
      expect(await ask(path, urlOf(path), waiting)).toBe(200);
  });

  test.each([
    ...description.paths.map((path) => urlOf(path)),
    "/api/events/export?q=id:1&format=csv",
    "/api/events/none",
    "/api/events/77",
    "/api/events/export?q=nope:x",
    "/api/events?q=nope:x",
    `${STREAM}?q=nope:x`,
    `${STREAM}?q=since:nope`,
    `${STREAM}?lastEventId=x`,
  ])("HEAD has the status and the headers of GET: %s", async (url) => {
    // What is compressed on the way is longer when it has arrived.
    const headers = { "Accept-Encoding": "identity" };
    const get = await server.fetch(url, { headers });
    const bytes = get.headers.get("content-type")?.startsWith("text/event-stream")
      ? await get.body?.cancel()
      : await get.bytes();
    await noStream(server);
    const head = await server.fetch(url, { method: "HEAD", headers });
    expect(await head.text()).toBe("");
    expect(head.status).toBe(get.status);
    expect(kindsOf(head)).toEqual(kindsOf(get));
    // Where the length is not known before the body is made, none is told.
    expect([null, String(bytes?.length)]).toContain(head.headers.get("content-length"));
    await noStream(server);
  });

  test("the events of a stream, and 429 for one too many", async () => {
    const schemas = description.streamEvents(STREAM);
    await using reader = await server.follow("?lastEventId=0&log=another&changes=1");
    await reader.waitForRows(VALUES.length + 1);
    await writer.run("UPDATE agents SET status = 'gone' WHERE id = 'agent-2'");
    await until(() => reader.named("change").length > 0, "the change");
    const names = new Set(reader.events.map(({ event }) => event));
    expect([...names]).toEqual(["hello", "reset", undefined, "change"]);
    for (const { event = "message", data } of reader.events)
      expect([event, description.mistakesOfValue(schemas[event] ?? {}, JSON.parse(data))]).toEqual([
        event,
        [],
      ]);
    expect(await ask(STREAM, STREAM)).toBe(429);
    expect((await server.fetch(STREAM, { method: "HEAD" })).status).toBe(429);
  });
});

describe("the parameters", () => {
  const parameters = description.paths.flatMap((path) =>
    description.queryParametersOf(path).map(({ name, example }) => ({ path, name, example })),
  );

  test.each(parameters)("$path accepts $name, with its example", async ({ path, name, example }) => {
    expect(await ask(path, urlOf(path, { [name]: example }))).toBe(200);
  });

  test.each(description.paths.filter((path) => !WITHOUT_CHECK.includes(path)))(
    "%s refuses one that is not described, and says so",
    async (path) => {
      for (const name of ["nothing", "Limit", ...Object.keys(document.components.parameters)]) {
        if (description.queryParametersOf(path).some((known) => known.name === name)) continue;
        const response = await server.fetch(urlOf(path, { [name]: "1" }));
        expect([name, response.status]).toEqual([name, 400]);
        expect(await description.mistakesOf(path, response)).toEqual([]);
      }
    },
  );

  test("a parameter is given once", async () => {
    for (const { path, name, example } of parameters) {
      const url = `${urlOf(path, { [name]: example })}&${name}=1`;
      expect([url, await ask(path, url)]).toEqual([url, 400]);
    }
  });

  test.each([
    ["limit", 0, 501, 1.5],
    ["budget", 0, 5001],
    ["before", "x", "1e3"],
    ["after", "-"],
    ["id", "x"],
    ["lastEventId", "5, 7"],
    ["window", "15", "2026-11-25"],
    ["bucket", "x"],
    ["format", "xml"],
    ["q", "x".repeat(4097)],
  ] as const)("the schema of %s refuses what the server refuses", (name, ...values) => {
    const schema = document.components.parameters[name]?.schema ?? {};
    for (const value of values) expect(description.mistakesOfValue(schema, value)).not.toEqual([]);
  });
});
