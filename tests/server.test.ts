/**
 * The server as its users meet it: a process of its own, on a real SQLite file that yet another process writes.
 * The names of the groups are those of the specification.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { connect } from "node:net";

import { createDatabase } from "../src/db/sqlite/create.ts";
import type { EventList, Status } from "../src/events.ts";
import { DOCUMENTED_ROLES } from "./support/rows.ts";
import { Scratch } from "./support/scratch.ts";
import { runToEnd, Server } from "./support/server.ts";
import { TEST_TIMEOUT_MS, until } from "./support/until.ts";
import { Writer } from "./support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** A database with a writer, and a server that follows it. */
class Setup implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly path: string;
  readonly writer: Writer;
  server: Server;

  private constructor(stack: AsyncDisposableStack, path: string, writer: Writer, server: Server) {
    this.#stack = stack;
    this.path = path;
    this.writer = writer;
    this.server = server;
  }

  static async create(...args: string[]): Promise<Setup> {
    await using stack = new AsyncDisposableStack();
    const scratch = stack.use(new Scratch());
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    const writer = stack.use(new Writer(path));
    const server = stack.use(await Server.start([path, ...args]));
    return new Setup(stack.move(), path, writer, server);
  }

  /** Kills the server with SIGKILL and starts another on the same port. */
  async restart(whileDown: () => Promise<unknown> = () => Promise.resolve()): Promise<void> {
    const port = String(this.server.port);
    await this.server.stop("SIGKILL");
    await whileDown();
    this.server = this.#stack.use(await Server.start([this.path, "--port", port]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

const idsFrom = (first: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => String(first + index));

describe("contract of the message format", () => {
  test("status, headers and bytes are those of the specification", async () => {
    await using setup = await Setup.create();
    await setup.writer.insert(2);
    const response = await setup.server.fetch("/api/events/stream");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("cache-control")).toContain("no-cache");
    expect(response.headers.get("connection")).toBe("keep-alive");
    expect(response.headers.get("x-accel-buffering")).toBe("no");
    expect(response.headers.get("content-encoding")).toBeNull();
    await response.body?.cancel();

    await using reader = await setup.server.follow("?lastEventId=1");
    await reader.waitForRows(1);
    const [row] = reader.rows;
    expect(row).toMatchObject({ id: "2", event: undefined });
    expect(reader.retryMs).toBe(5000);
    const hello =
      /^retry: 5000\n\nevent: hello\nid: 1\ndata: (\{"latestId":2,"oldestId":1,"resumedFrom":1,"log":"\w+"\})\n\n/;
    expect(reader.text).toMatch(hello);
    expect(reader.text.replace(hello, "")).toBe(`id: 2\ndata: ${row?.data}\n\n`);
    expect(JSON.parse(row?.data ?? "")).toEqual({
      id: 2,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      event_type: "test",
      actor_id: null,
      target_id: null,
      target_type: null,
      summary: "written by another process",
      metadata: null,
    });
    expect(reader.parseErrors).toEqual([]);
  });

  test("the Last-Event-ID header wins over the parameter; a malformed one is told and logged", async () => {
    await using setup = await Setup.create();
    await setup.writer.insert(5);
    await using header = await setup.server.follow("?lastEventId=1", { "Last-Event-ID": "4" });
    await header.waitForRows(1);
    expect(header.ids).toEqual(["5"]);
    for (const text of ["☃", "5, 7", "1e3", "-"]) {
      await using odd = await setup.server.follow("?lastEventId=3", { "Last-Event-ID": encodeHeader(text) });
      await until(() => odd.named("reset").length > 0, "the reset");
      expect(odd.named("reset")).toMatchObject([{ reason: "cursor-malformed", resumedFrom: 5 }]);
    }
    await until(
      () => setup.server.log.some((line) => line.level === "warn" && line["header"] === "â\x98\x83"),
      "the log",
    );
  });

  test("a cursor ahead of the log is told so, and gets the log from its start", async () => {
    await using setup = await Setup.create();
    await setup.writer.insert(2);
    await using reader = await setup.server.follow("?lastEventId=99");
    await reader.waitForRows(2);
    expect(reader.named("reset")).toEqual([
      {
        reason: "cursor-ahead",
        latestId: 2,
        oldestId: 1,
        resumedFrom: 0,
        log: expect.stringMatching(/^\w+$/),
      },
    ]);
    expect(reader.ids).toEqual(["1", "2"]);
    expect(await setup.server.metric('tailboard_resets_total{reason="cursor-ahead"}')).toBe(1);
  });

  test("a cursor that is newer than the last poll is not ahead of the log", async () => {
    await using setup = await Setup.create();
    for (let id = 1; id <= 20; id++) {
      await setup.writer.insert();
      await using reader = await setup.server.follow(`?lastEventId=${id}`);
      expect(reader.named("reset")).toEqual([]);
    }
  });

  test("hello names the log, and another log's cursor is refused by name", async () => {
    await using setup = await Setup.create();
    await setup.writer.insert(3);
    await using first = await setup.server.follow();
    const [hello] = first.named("hello");
    expect(hello).toMatchObject({ latestId: 3, resumedFrom: 3 });
    const log = /"log":"(\w+)"/.exec(JSON.stringify(hello))?.[1] ?? "";
    await using same = await setup.server.follow(`?lastEventId=2&log=${log}`);
    expect(same.named("reset")).toEqual([]);
    await using other = await setup.server.follow("?lastEventId=2&log=another");
    expect(other.named("reset")).toMatchObject([{ reason: "log-changed" }]);
  });

  test("HEAD answers with the headers and does not subscribe", async () => {
    await using setup = await Setup.create();
    const response = await setup.server.fetch("/api/events/stream", { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(await response.text()).toBe("");
    expect(await setup.server.metric("tailboard_subscribers")).toBe(0);
  });
});

describe("streaming behaviour", () => {
  test("rows of another process arrive at every client, once, in order", async () => {
    await using setup = await Setup.create();
    await using clients = new AsyncDisposableStack();
    const readers = await Promise.all(
      Array.from({ length: 10 }, async () => clients.use(await setup.server.follow())),
    );
    await setup.writer.insert(200, 2);
    for (const reader of readers) await reader.waitForRows(200);
    for (const reader of readers) {
      expect(reader.ids).toEqual(idsFrom(1, 200));
      expect(reader.parseErrors).toEqual([]);
    }
    expect(await setup.server.metric("tailboard_events_sent_total")).toBe(2000);
  });

  test("a replay is followed by what is live, without a gap", async () => {
    await using setup = await Setup.create();
    await setup.writer.insert(1500);
    const inserting = setup.writer.insert(300, 1);
    await using reader = await setup.server.follow("?lastEventId=0");
    await inserting;
    await reader.waitForRows(1800);
    expect(reader.ids).toEqual(idsFrom(1, 1800));
  });

  test("a long replay gives way: what else is asked is answered in between", async () => {
    await using setup = await Setup.create();
    const rows = 400_000;
    await setup.writer.run(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
       INSERT INTO events(event_type, summary) SELECT 'replayed', 'row ' || i FROM n`,
    );
    let received = 0;
    using socket = await Bun.connect({
      hostname: "127.0.0.1",
      port: setup.server.port,
      socket: {
        data: (_socket, data) => void (received += data.toString("latin1").split("\nid: ").length - 1),
      },
    });
    socket.write("GET /api/events/stream?lastEventId=0 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await until(() => received > 0, "the first rows");
    let answers = 0;
    // Some ids lie on the border of two reads and are not counted here.
    while (received < rows * 0.99) {
      expect((await setup.server.fetch("/healthz")).status).toBe(200);
      answers++;
    }
    // Where a replay takes its pages in one go, two or three get in between.
    expect(answers).toBeGreaterThan(20);
  });

  test("the table is polled at every poll interval, commits or not, and the metrics say so", async () => {
    await using setup = await Setup.create("--poll-interval", "50");
    expect(await setup.server.metric("tailboard_poll_interval_seconds")).toBe(0.05);
    await until(
      async () => (await setup.server.metric('tailboard_polls_total{cause="interval"}')) >= 5,
      "five polls",
    );
    await setup.writer.insert();
    await until(
      async () => (await setup.server.metric('tailboard_polls_total{cause="commit"}')) >= 1,
      "a commit noticed",
    );
  });

  test("the default interval is two seconds", async () => {
    await using setup = await Setup.create();
    expect(await setup.server.metric("tailboard_poll_interval_seconds")).toBe(2);
    expect((await setup.server.json<Status>("/api/status")).pollIntervalMs).toBe(2000);
  });

  test("a quiet stream is kept alive beyond the 10 s after which Bun cuts one, and delivers the next row", async () => {
    await using setup = await Setup.create();
    await using reader = await setup.server.follow();
    await until(() => reader.comments.length > 0, "a keep-alive", 25_000);
    expect(reader.comments).toEqual(["keep-alive"]);
    expect(reader.named("ping")).toEqual([{}]);
    await setup.writer.insert();
    await reader.waitForRows(1);
    expect(reader.ids).toEqual(["1"]);
  });

  test("a client that leaves is cleaned up: the count goes back to zero", async () => {
    await using setup = await Setup.create();
    const readers = await Promise.all(Array.from({ length: 20 }, () => setup.server.follow()));
    expect(await setup.server.metric("tailboard_subscribers")).toBe(20);
    await Promise.all(readers.map((reader) => reader[Symbol.asyncDispose]()));
    await until(async () => (await setup.server.metric("tailboard_subscribers")) === 0, "no subscriber");
    // A client that goes without a word.
    const child = Bun.spawn(
      ["bun", "-e", `await fetch("${setup.server.url}api/events/stream"); await Bun.sleep(1e6)`],
      {
        env: process.env,
      },
    );
    await until(async () => (await setup.server.metric("tailboard_subscribers")) === 1, "one subscriber");
    child.kill("SIGKILL");
    await until(async () => (await setup.server.metric("tailboard_subscribers")) === 0, "no subscriber");
  });

  test("a table that goes is logged as a change, with the time; the server heals", async () => {
    await using setup = await Setup.create("--poll-interval", "50");
    await setup.writer.insert(3);
    await using reader = await setup.server.follow("?lastEventId=0");
    await reader.waitForRows(3);
    await setup.writer.run(["DROP TABLE events"]);
    await until(
      () => setup.server.log.some((line) => line["state"] === "waiting-for-table"),
      "the loss to be logged",
    );
    const loss = setup.server.log.find((line) => line["state"] === "waiting-for-table");
    expect(loss).toMatchObject({
      level: "warn",
      problem: expect.stringContaining("no table"),
      time: expect.stringMatching(/Z$/),
    });
    expect(setup.server.log.filter((line) => line.level === "error")).toEqual([]);
    expect((await setup.server.fetch("/readyz")).status).toBe(503);
    createDatabase(setup.path, "events");
    await until(
      async () => (await setup.server.fetch("/readyz")).status === 200,
      "the server to be ready again",
    );
  });

  test("an error is logged with operation, ids and time", async () => {
    await using setup = await Setup.create("--poll-interval", "50");
    await setup.writer.insert(3);
    await using reader = await setup.server.follow("?lastEventId=0");
    await reader.waitForRows(3);
    await setup.writer.run(["DROP TABLE events", "CREATE VIEW events AS SELECT 1 AS n"]);
    const failed = await until(
      () => setup.server.log.find((line) => line.level === "error"),
      "the error to be logged",
    );
    expect(failed).toMatchObject({
      message: expect.stringContaining("failed"),
      latestId: "3",
      reason: expect.any(String),
      time: expect.stringMatching(/Z$/),
    });
  });

  test("a server that is killed and started again: a client with its cursor has every row once", async () => {
    await using setup = await Setup.create();
    await setup.writer.insert(10);
    const before = await setup.server.follow("?lastEventId=0");
    await before.waitForRows(10);
    await setup.restart(() => setup.writer.insert(10));
    await before.waitForEnd();
    await using after = await setup.server.follow("", { "Last-Event-ID": before.ids.at(-1) ?? "" });
    await setup.writer.insert(5);
    await after.waitForRows(15);
    expect([...before.ids, ...after.ids]).toEqual(idsFrom(1, 25));
    expect(after.named("reset")).toEqual([]);
  });
});

describe("GET /api/events", () => {
  test("newest first by pages, and oldest first after a cursor", async () => {
    await using setup = await Setup.create();
    await setup.writer.insert(120);
    const ids = (list: EventList) => list.items.map((item) => item["id"]);
    const first = await setup.server.json<EventList>("/api/events");
    expect(first).toMatchObject({ count: 50, latestId: 120, next: 71, scannedTo: null });
    await using reader = await setup.server.follow();
    expect(reader.named("hello")).toContainEqual(expect.objectContaining({ log: first.log }));
    expect(ids(first)).toEqual(idsFrom(71, 50).map(Number).toReversed());
    const last = await setup.server.json<EventList>("/api/events?limit=500&before=3");
    expect(last).toMatchObject({ count: 2, next: null });
    expect(ids(last)).toEqual([2, 1]);
    const after = await setup.server.json<EventList>("/api/events?after=100&limit=5");
    expect(after).toMatchObject({ count: 5, latestId: 120, next: 105 });
    expect(ids(after)).toEqual([101, 102, 103, 104, 105]);
    expect(ids(await setup.server.json<EventList>("/api/events?after=100&before=103"))).toEqual([101, 102]);
    expect(ids(await setup.server.json<EventList>("/api/events?after=120"))).toEqual([]);
    expect(ids(await setup.server.json<EventList>("/api/events?before=-9223372036854775808"))).toEqual([]);
  });

  test("one event, whole, where lists and the stream cut large values", async () => {
    await using setup = await Setup.create();
    await setup.writer.run(
      "INSERT INTO events(event_type, summary, metadata) VALUES ('big', 's', printf('%.*c', 100000, 'x'))",
    );
    const list = await setup.server.json<EventList>("/api/events");
    expect(list.items[0]).toMatchObject({ id: 1, metadata: null, $truncated: ["metadata"] });
    await using reader = await setup.server.follow("?lastEventId=0");
    await reader.waitForRows(1);
    expect(JSON.parse(reader.rows[0]?.data ?? "")).toEqual(list.items[0]);
    const one = await setup.server.json<{ metadata: string }>("/api/events/1");
    expect(one.metadata).toHaveLength(100_000);
  });

  test("an empty table has no items", async () => {
    await using setup = await Setup.create();
    expect(await setup.server.json<EventList>("/api/events")).toEqual({
      items: [],
      count: 0,
      latestId: 0,
      log: expect.any(String),
      next: null,
      scannedTo: null,
    });
  });

  test("a snapshot while rows come in goes on in the stream without a gap or a duplicate", async () => {
    await using setup = await Setup.create();
    await setup.writer.insert(60);
    const inserting = setup.writer.insert(200, 1);
    const snapshot = await setup.server.json<EventList>("/api/events?limit=500");
    await using reader = await setup.server.follow(`?lastEventId=${snapshot.latestId}`);
    await inserting;
    await until(() => reader.ids.at(-1) === "260", "the last row");
    expect([...snapshot.items.map((item) => String(item["id"])).toReversed(), ...reader.ids]).toEqual(
      idsFrom(1, 260),
    );
  });
});

describe("GET /api/status, /healthz, /readyz", () => {
  test("say how it is going", async () => {
    await using setup = await Setup.create();
    await setup.writer.insert(3);
    await using reader = await setup.server.follow("?lastEventId=2");
    await reader.waitForRows(1);
    expect(await setup.server.json<Status>("/api/status")).toEqual({
      state: "tailing",
      problem: null,
      advice: null,
      database: { path: setup.path, sizeBytes: expect.any(Number), journalMode: "wal" },
      table: "events",
      columns: DOCUMENTED_ROLES,
      latestId: 3,
      roles: expect.objectContaining({
        time: {
          column: "timestamp",
          form: "text",
          why: "the column of the documented table",
        },
        type: { column: "event_type", why: "the column of the documented table" },
      }),
      timeZone: "UTC",
      labels: {},
      eventsPerSecond: 0.3,
      subscribers: 1,
      pollIntervalMs: 2000,
      panels: true,
      needsToken: false,
      uptimeSeconds: expect.any(Number),
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    });
    expect(await (await setup.server.fetch("/healthz")).text()).toBe("ok\n");
    expect((await setup.server.fetch("/readyz")).status).toBe(200);
  });
});

describe("bad input gets a clear answer, and the server stays up", () => {
  test.each([
    ["/api/events?limit=abc", 400, 'The parameter limit is "abc", but takes a whole number from 1 to 500.'],
    ["/api/events?limit=0", 400, "from 1 to 500"],
    ["/api/events?limit=501", 400, "from 1 to 500"],
    ["/api/events?before=x", 400, "parameter before"],
    ["/api/events?after=9223372036854775808", 400, "parameter after"],
    ["/api/events?colour=red", 400, 'no parameter "colour": the parameters are limit, before, after'],
    ["/api/events?limit=1&limit=2", 400, "more than once"],
    ["/api/events/stream?lastEventId=☃", 400, "parameter lastEventId"],
    ["/api/events/seven", 400, '"seven"'],
    ["/api/events/7", 404, "no event with the id 7"],
    ["/api/events/1/2", 404, "/api/events/stream"],
    ["/api/events/:id", 400, '":id"'],
    ["/api/nothing", 404, "nothing at /api/nothing"],
    ["/dashboard.html", 404, "the dashboard is at /"],
    ["/constructor", 404, "nothing at"],
  ])("%s", async (path, status, detail) => {
    const response = await shared.fetch(path);
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await response.json()).toMatchObject({
      type: "about:blank",
      status,
      detail: expect.stringContaining(detail),
    });
    expect((await shared.fetch("/healthz")).status).toBe(200);
  });

  test.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])("%s to the stream", async (method) => {
    const response = await shared.fetch("/api/events/stream", { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET, HEAD");
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("a foreign Host header, as DNS rebinding brings it", async () => {
    for (const host of [
      "evil.example",
      "evil.example:3000",
      "127.0.0.1.evil.example",
      "localhost.evil.example",
      "10.0.0.1",
    ]) {
      const response = await shared.fetch("/api/events", { headers: { Host: host } });
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ detail: expect.stringContaining("DNS rebinding") });
    }
    for (const host of ["localhost", "LOCALHOST:1", "127.0.0.1:3000", "[::1]:3000"]) {
      expect((await shared.fetch("/api/events", { headers: { Host: host } })).status).toBe(200);
    }
  });

  test("a Host header that is no host", async () => {
    for (const host of ["localhost:99999", "127.999.1.1"]) {
      const answer = await raw(shared.port, `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 40[03] /);
    }
  });

  test("HEAD says how long the body of GET is", async () => {
    for (const path of ["/", "/api/events"]) {
      // What is compressed on the way is longer when it has arrived.
      const headers = { "Accept-Encoding": "identity" };
      const get = await shared.fetch(path, { headers });
      const head = await shared.fetch(path, { headers, method: "HEAD" });
      expect(head.status).toBe(200);
      expect(head.headers.get("content-length")).toBe(String((await get.bytes()).length));
      expect(await head.text()).toBe("");
    }
  });

  test("HTTP/1.0 without Host", async () => {
    expect(await raw(shared.port, "GET /api/events/stream HTTP/1.0\r\n\r\n")).toMatch(
      /^HTTP\/1\.[01] 400 [^]*Host header/,
    );
    expect(await raw(shared.port, "GET /api/events HTTP/1.0\r\nHost: localhost\r\n\r\n")).toMatch(
      /^HTTP\/1\.[01] 200 /,
    );
  });

  test("garbage on the socket", async () => {
    await raw(shared.port, "\u0000\u0001\u0002 garbage\r\n\r\n");
    await raw(shared.port, `GET /${"x".repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    expect((await shared.fetch("/healthz")).status).toBe(200);
  });

  test.each([
    ["a missing file", "missing.db", undefined, "waiting-for-file", "--create"],
    ["a text file", "text.db", "dear diary, ".repeat(1000), "error", "path of the database"],
    ["a directory", ".", undefined, "error", "SQLite file in it"],
    ["a path through a file", "text.db/x.db", undefined, "waiting-for-file", "--create"],
    ["a name that is too long", "x".repeat(300), undefined, "error", "shorter path"],
    ["an empty file", "empty.db", "", "waiting-for-table", "--table"],
  ])("%s as the database", async (_what, name, content, state, advice) => {
    using scratch = new Scratch();
    const path = scratch.path(name);
    if (content !== undefined) await Bun.write(path, content);
    await using server = await Server.start([path]);
    const status = await server.json<Status>("/api/status");
    expect(status).toMatchObject({ state, latestId: null, advice: expect.stringContaining(advice) });
    for (const query of ["/api/events", "/api/events/1", "/readyz"]) {
      const response = await server.fetch(query);
      expect(response.status).toBe(503);
      expect(response.headers.get("retry-after")).toBe("2");
      expect(await response.json()).toMatchObject({
        detail: expect.stringContaining(String(status.problem)),
      });
    }
    expect(server.log).toContainEqual(
      expect.objectContaining({ level: "warn", state, problem: status.problem, advice: status.advice }),
    );
    expect((await server.fetch("/")).status).toBe(200);
    // The stream opens all the same, so that an EventSource goes on by itself.
    const stream = await server.fetch("/api/events/stream");
    expect(stream.status).toBe(200);
    await stream.body?.cancel();
  });
});

describe("limits", () => {
  test("--max-connections: a further stream gets 503 with Retry-After, and finds a place when one has left", async () => {
    await using setup = await Setup.create("--max-connections", "2");
    const first = await setup.server.follow();
    await using second = await setup.server.follow();
    const refused = await setup.server.fetch("/api/events/stream");
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("5");
    expect(await refused.json()).toMatchObject({ detail: expect.stringContaining("--max-connections") });
    // Everything else is answered as before.
    expect((await setup.server.fetch("/api/events")).status).toBe(200);
    await first[Symbol.asyncDispose]();
    await until(async () => (await setup.server.metric("tailboard_subscribers")) === 1, "a free place");
    await using third = await setup.server.follow();
    await setup.writer.insert();
    for (const reader of [second, third]) await reader.waitForRows(1);
  });

  test("--max-connections-per-address: a further stream of that address gets 429, others are let in", async () => {
    await using setup = await Setup.create("--max-connections-per-address", "2");
    const first = await setup.server.follow();
    await using second = await setup.server.follow();
    const refused = await setup.server.fetch("/api/events/stream");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("5");
    expect(await refused.json()).toMatchObject({
      detail: expect.stringContaining("127.0.0.1"),
    });
    expect(await statusFrom("127.0.0.2", setup.server, "/api/events/stream")).toBe(200);
    expect(await statusFrom("127.0.0.1", setup.server, "/api/events/stream")).toBe(429);
    await first[Symbol.asyncDispose]();
    await until(async () => (await setup.server.metric("tailboard_subscribers")) === 1, "a free place");
    await using third = await setup.server.follow();
    await setup.writer.insert();
    for (const reader of [second, third]) await reader.waitForRows(1);
  });
});

/** The status of an answer to a client at another address of the loopback network. The connection is closed then. */
async function statusFrom(localAddress: string, server: Server, path: string): Promise<number> {
  const socket = connect({ host: "127.0.0.1", port: server.port, localAddress });
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  for await (const data of socket) {
    socket.destroy();
    return Number(/^HTTP\/1\.1 (\d+)/.exec(String(data))?.[1]);
  }
  throw new Error("there was no answer");
}

describe("start and stop", () => {
  test("the default database is created in an empty directory; a path that was given is not", async () => {
    using scratch = new Scratch();
    await using server = await Server.start([], { cwd: scratch.directory });
    await using writer = new Writer(scratch.path("events.db"));
    await writer.insert();
    await until(async () => (await server.json<Status>("/api/status")).latestId === 1, "the row");

    await using other = await Server.start(["given.db"], { cwd: scratch.directory });
    expect((await other.json<Status>("/api/status")).state).toBe("waiting-for-file");
    expect(await Bun.file(scratch.path("given.db")).exists()).toBe(false);
    await using created = await Server.start(["given.db", "--create"], { cwd: scratch.directory });
    expect((await created.json<Status>("/api/status")).state).toBe("tailing");
    await until(
      async () => (await other.json<Status>("/api/status")).state === "tailing",
      "the other to open it",
    );
  });

  test("a pipe as the database is refused, and holds nothing up", async () => {
    using scratch = new Scratch();
    const path = scratch.path("pipe.db");
    expect(await Bun.spawn(["mkfifo", path]).exited).toBe(0);
    await using server = await Server.start([path]);
    expect(await server.json<Status>("/api/status")).toMatchObject({
      state: "error",
      problem: expect.stringContaining("no regular file"),
    });
    expect(await server.stop()).toBe(0);
  });

  test("--create leaves the journal mode of a database that is there alone", async () => {
    using scratch = new Scratch();
    const path = scratch.path("old.db");
    await using writer = new Writer(path);
    await writer.run("CREATE TABLE other (a)");
    await using server = await Server.start([path, "--create"]);
    expect((await server.json<Status>("/api/status")).database.journalMode).toBe("delete");
  });

  test("a WAL database without its table is waited for quietly", async () => {
    using scratch = new Scratch();
    const path = scratch.path("early.db");
    await using writer = new Writer(path);
    await writer.run("PRAGMA journal_mode = WAL");
    await writer.run("CREATE TABLE other (a)");
    await using server = await Server.start([path]);
    const polls = async () =>
      (await server.metric('tailboard_polls_total{cause="commit"}')) +
      (await server.metric('tailboard_polls_total{cause="recheck"}'));
    const before = await polls();
    // Time is the subject: as root every try to open touches the log, which is a notification.
    await Bun.sleep(1000);
    expect((await polls()) - before).toBeLessThan(200);
  });

  test("another table by --table", async () => {
    using scratch = new Scratch();
    const path = scratch.path("a.db");
    await using writer = new Writer(path);
    await writer.run("CREATE TABLE audit (seq INTEGER PRIMARY KEY, kind TEXT, message TEXT)");
    await writer.run("INSERT INTO audit(kind, message) VALUES ('login', 'hello')");
    await using server = await Server.start([path, "--table", "audit"]);
    expect((await server.json<Status>("/api/status")).columns).toEqual({
      id: "seq",
      type: "kind",
      summary: "message",
    });
    expect((await server.json<EventList>("/api/events")).items).toEqual([
      { seq: 1, kind: "login", message: "hello" },
    ]);
  });

  test("a wrong option is one line and exit status 2", async () => {
    const { stdout, stderr, status } = await runToEnd(["--port", "http"]);
    expect({ stdout, stderr, status }).toEqual({
      stdout: "",
      stderr: 'tailboard: --port takes a whole number from 0 to 65535: got "http"\n',
      status: 2,
    });
    expect(await runToEnd([], { env: { TAILBOARD_HOST: "0.0.0.0" } })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("a token is needed"),
    });
  });

  test("--help and --version print and end with status 0", async () => {
    expect(await runToEnd(["--help"])).toMatchObject({
      status: 0,
      stderr: "",
      stdout: expect.stringContaining("--poll-interval"),
    });
    expect(await runToEnd(["--version"])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });

  test("a taken port: which, and how to take another", async () => {
    const { stderr, status } = await runToEnd(["--port", String(shared.port), "none.db"]);
    expect(stderr).toBe(
      `tailboard: port ${shared.port} on 127.0.0.1 is taken by another program; take another with --port N, or --port 0 for a free one\n`,
    );
    expect(status).toBe(1);
  });

  test.each(["SIGTERM", "SIGINT"] as const)(
    "%s ends the streams cleanly and exits with 0 within 3 s",
    async (signal) => {
      await using setup = await Setup.create();
      await setup.writer.insert();
      await using reader = await setup.server.follow("?lastEventId=0");
      await reader.waitForRows(1);
      const startedAtMs = performance.now();
      expect(await setup.server.stop(signal)).toBe(0);
      expect(performance.now() - startedAtMs).toBeLessThan(3000);
      await reader.waitForEnd();
      // A complete response: the reader saw the end, not a broken connection.
      expect(reader.parseErrors).toEqual([]);
    },
  );

  test("--demo shows the product alive, and leaves nothing behind", async () => {
    await using server = await Server.start(["--demo"]);
    await using reader = await server.follow("?lastEventId=0");
    await reader.waitForRows(32);
    const types = new Set(reader.rows.map((row): unknown => JSON.parse(row.data).event_type));
    for (const type of ["agent_registered", "task_created", "task_claimed", "task_completed"])
      expect(types).toContain(type);
    const { database } = await server.json<Status>("/api/status");
    expect(await server.stop()).toBe(0);
    expect(await Bun.file(database.path).exists()).toBe(false);
  });
});

/** A server for the tests that change nothing. */
const stack = new AsyncDisposableStack();
const scratch = stack.use(new Scratch());
createDatabase(scratch.path("shared.db"), "events");
const shared = stack.use(await Server.start([scratch.path("shared.db")]));
afterAll(() => stack.disposeAsync());

/** A header's value as its bytes, since fetch takes Latin-1 only. */
function encodeHeader(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

/** Sends bytes as they are. @returns what came back until the server closed, or said enough */
async function raw(port: number, request: string): Promise<string> {
  let answer = "";
  let closed = false;
  using socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      data: (_socket, data) => void (answer += data.toString()),
      close: () => void (closed = true),
      error: () => void (closed = true),
    },
  });
  socket.write(request);
  await until(() => closed || answer.includes("\r\n\r\n"), "an answer");
  return answer;
}
