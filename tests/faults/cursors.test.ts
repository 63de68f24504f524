/** Kind B: whatever sets the server's cursor tells the client, so that no client comes back with another one. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";

import { createDatabase, schemaSql } from "../../src/db/sqlite/create.ts";
import type { EventList } from "../../src/events.ts";
import { idsFromTo } from "../support/followed.ts";
import { Scratch } from "../support/scratch.ts";
import { Server } from "../support/server.ts";
import type { StreamReader } from "../support/stream-reader.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const PLAIN = "CREATE TABLE events (id INTEGER PRIMARY KEY, note TEXT)";

class Setup implements AsyncDisposable {
  readonly #scratch = new Scratch();
  readonly path = this.#scratch.path("events.db");
  readonly writer = new Writer(this.path);
  #server: Server | undefined;

  static async create(schema: string = schemaSql("events")): Promise<Setup> {
    const setup = new Setup();
    await setup.writer.run("PRAGMA journal_mode = WAL");
    await setup.writer.run(schema);
    return setup;
  }

  async start(): Promise<Server> {
    await this.#server?.stop();
    this.#server = await Server.start([this.path]);
    return this.#server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    await this.writer[Symbol.asyncDispose]();
    this.#scratch[Symbol.dispose]();
  }
}

/** What an EventSource sends when it connects again: the last id that it saw, whatever event it came with. */
function lastEventId(reader: StreamReader): Record<string, string> {
  const id = reader.events.findLast((event) => event.id !== undefined)?.id;
  return id === undefined ? {} : { "Last-Event-ID": id };
}

describe("a client that has no row yet", () => {
  test("comes back with the cursor that hello gave it, and loses nothing", async () => {
    await using setup = await Setup.create();
    await setup.writer.insert(41);
    const server = await setup.start();
    await using first = await server.follow();
    expect(first.text).toContain(
      'event: hello\nid: 41\ndata: {"latestId":41,"oldestId":1,"resumedFrom":41,"log":',
    );
    await server.stop();
    await setup.writer.insert(3);
    const again = await setup.start();
    await using second = await again.follow("", lastEventId(first));
    await setup.writer.insert(1);
    await second.waitForRows(4);
    expect(second.ids).toEqual(idsFromTo(42, 45));
  });

  test("of a log that did not exist when it connected gets its first rows after a restart", async () => {
    await using setup = await Setup.create("CREATE TABLE other (a)");
    const server = await setup.start();
    const response = await server.fetch("/api/events/stream");
    await response.body?.cancel();
    await setup.writer.run(schemaSql("events"));
    await using reader = await server.follow();
    expect(lastEventId(reader)).toEqual({ "Last-Event-ID": "0" });
  });
});

describe("a client whose log was reset while it was connected", () => {
  test("comes back with the cursor of the new log", async () => {
    await using setup = await Setup.create();
    await setup.writer.insert(100);
    const server = await setup.start();
    {
      await using reader = await server.follow("", { "Last-Event-ID": "100" });
      await setup.writer.run("DROP TABLE events");
      await setup.writer.run(schemaSql("events"));
      await until(() => reader.named("reset").length > 0, "the reset");
      expect(reader.text).toContain("event: reset\nid: 0\ndata: ");
      await setup.writer.insert(150);
      await reader.waitForRows(150);
      expect(lastEventId(reader)).toEqual({ "Last-Event-ID": "150" });
    }
    await using replay = await server.follow("", { "Last-Event-ID": "0" });
    await replay.waitForRows(150);
    expect(replay.named("reset")).toEqual([]);
  });
});

describe("?log= and ?lastEventId=", () => {
  let setup: Setup;
  let server: Server;
  beforeAll(async () => {
    setup = await Setup.create();
    await setup.writer.insert(5);
    server = await setup.start();
  });
  afterAll(async () => await setup[Symbol.asyncDispose]());

  test.each([
    [
      "the header, not the name of the log beside it",
      "?lastEventId=1&log=zzz",
      { "Last-Event-ID": "3" },
      ["4", "5"],
    ],
    ["an empty name of a log is none", "?lastEventId=3&log=", {}, ["4", "5"]],
    ["an empty cursor is none", "?lastEventId=", {}, []],
    ["an empty cursor is none, whatever the log beside it", "?lastEventId=&log=zzz", {}, []],
    ["an empty header is none", "?lastEventId=3", { "Last-Event-ID": "" }, ["4", "5"]],
    ["a name of a log without a cursor", "?log=zzz", {}, []],
  ])("%s", async (_what, query, headers, ids) => {
    await using reader = await server.follow(query, headers);
    await reader.waitForRows(ids.length);
    expect(reader.ids).toEqual(ids);
    expect(reader.named("reset")).toEqual([]);
    expect(reader.resumedFrom).toBe(String(5 - ids.length));
  });

  test("another log in ?log= is told", async () => {
    await using reader = await server.follow("?lastEventId=3&log=zzz");
    await reader.waitForRows(5);
    expect(reader.named("reset")).toMatchObject([
      { reason: "log-changed", latestId: 5, oldestId: 1, resumedFrom: 0 },
    ]);
  });

  test.each(["12abc", "-", "5, 7", "1e3", "99999999999999999999", "9223372036854775808", " "])(
    "a Last-Event-ID %j that is no id is told by a reset",
    async (header) => {
      await using reader = await server.follow("", { "Last-Event-ID": header });
      if (header.trim() === "") return expect(reader.named("reset")).toEqual([]);
      await until(() => reader.named("reset").length > 0, "the reset");
      expect(reader.named("reset")).toMatchObject([
        { reason: "cursor-malformed", latestId: 5, resumedFrom: 5 },
      ]);
      expect(reader.ids).toEqual([]);
      expect(lastEventId(reader)).toEqual({ "Last-Event-ID": "5" });
    },
  );
});

describe("rows that were deleted at the old end", () => {
  test("past the cursor of a client that was away are told, and the stream goes on from there", async () => {
    await using setup = await Setup.create();
    await setup.writer.insert(600);
    await setup.writer.run("DELETE FROM events WHERE id <= 550");
    const server = await setup.start();
    await using reader = await server.follow("", { "Last-Event-ID": "100" });
    await reader.waitForRows(50);
    expect(reader.named("hello")).toMatchObject([{ latestId: 600, oldestId: 551, resumedFrom: 100 }]);
    expect(reader.text).toContain('event: gap\nid: 550\ndata: {"from":100,"oldestId":551}\n\n');
    expect(reader.ids).toEqual(idsFromTo(551, 600));
  });

  test("all of them, of a table that remembers its largest id", async () => {
    await using setup = await Setup.create();
    await setup.writer.insert(600);
    await setup.writer.run("DELETE FROM events");
    const server = await setup.start();
    await using reader = await server.follow("", { "Last-Event-ID": "100" });
    await until(() => reader.named("gap").length > 0, "the gap");
    expect(reader.named("gap")).toEqual([{ from: 100, oldestId: 601 }]);
    expect(lastEventId(reader)).toEqual({ "Last-Event-ID": "600" });
    await setup.writer.insert(1);
    await reader.waitForRows(1);
    expect(reader.ids).toEqual(["601"]);
  });

  test("under a client that lags are told too", async () => {
    await using setup = await Setup.create();
    await setup.writer.run(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) INSERT INTO events(event_type, summary) SELECT 'large', printf('%.*c', 60000, 'x') FROM n",
    );
    const server = await setup.start();
    let received = "";
    let isReading = false;
    using slow = await Bun.connect({
      hostname: "127.0.0.1",
      port: server.port,
      socket: {
        data(socket, data) {
          received += data.toString("latin1");
          if (!isReading) socket.pause();
        },
      },
    });
    slow.write("GET /api/events/stream?lastEventId=0 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await until(async () => (await server.metric("tailboard_subscribers_lagging")) === 1, "it to lag");
    await until(() => received !== "", "the first bytes");
    // Time for the buffers of the socket to fill up: afterwards its cursor stands still.
    let sent = -1;
    await until(async () => {
      const before = sent;
      sent = await server.metric("tailboard_events_sent_total");
      await Bun.sleep(100);
      return sent > 0 && sent === before;
    }, "the socket to be full");
    await setup.writer.run("DELETE FROM events WHERE id <= 390");
    isReading = true;
    slow.resume();
    await until(() => received.includes("\nid: 400\n"), "the last row");
    const from = [...received.matchAll(/^id: (\d+)\ndata: {"id"/gm)].map(([, id]) => Number(id));
    const lastBefore = from.findLast((id) => id <= 390) ?? 0;
    expect(received).toContain(`event: gap\nid: 390\ndata: {"from":${lastBefore},"oldestId":391}\n\n`);
  });

  test.each([
    ["a client that follows live", "5", "DELETE FROM events WHERE id <= 5", []],
    ["a client whose row is still there", "3", "DELETE FROM events WHERE id <= 2", ["4", "5"]],
    ["who asks for everything", "0", "DELETE FROM events WHERE id <= 3", ["4", "5"]],
  ])("but not to %s", async (_who, cursor, sql, ids) => {
    await using setup = await Setup.create();
    await setup.writer.insert(5);
    await setup.writer.run(sql);
    const server = await setup.start();
    await using reader = await server.follow("", { "Last-Event-ID": cursor });
    await setup.writer.insert(1);
    await reader.waitForRows(ids.length + 1);
    expect(reader.ids).toEqual([...ids, "6"]);
    expect(reader.named("gap")).toEqual([]);
  });
});

describe("the name of a log", () => {
  const nameOf = async (server: Server) => (await server.json<EventList>("/api/events")).log;

  test.each([
    [
      "DROP and CREATE",
      async (writer: Writer) => {
        await writer.run("DROP TABLE events");
        await writer.run(schemaSql("events"));
      },
    ],
    [
      "DROP and CREATE in one transaction",
      async (writer: Writer) => {
        await writer.run(["DROP TABLE events", schemaSql("events")]);
      },
    ],
  ])("after %s differs from before, and stays when the server starts again", async (_what, change) => {
    await using setup = await Setup.create();
    await setup.writer.insert(3);
    const first = await setup.start();
    const before = await nameOf(first);
    const restarted = await setup.start();
    expect(await nameOf(restarted)).toBe(before);
    await change(setup.writer);
    await setup.writer.insert(5);
    const after = await until(async () => {
      const name = await nameOf(restarted);
      return name === before ? undefined : name;
    }, "another name");
    expect(await nameOf(await setup.start())).toBe(after);
  });

  test("a cursor from before a reset is recognised after a restart, though its id is there again", async () => {
    await using setup = await Setup.create(PLAIN);
    await setup.writer.insertNotes("one", "two", "three");
    const first = await setup.start();
    const before = await nameOf(first);
    await first.stop();
    await setup.writer.run(["DROP TABLE events", PLAIN]);
    await setup.writer.insertNotes("a", "b", "c", "d");
    const second = await setup.start();
    await using reader = await second.follow(`?lastEventId=3&log=${before}`);
    await reader.waitForRows(4);
    expect(reader.named("reset")).toMatchObject([{ reason: "log-changed" }]);
  });

  test("VACUUM may give other rowids to a table without a key while the server is away: it has another name then", async () => {
    await using setup = await Setup.create("CREATE TABLE events (note TEXT)");
    await setup.writer.insertNotes(...Array.from({ length: 80 }, (_, index) => `row ${index}`));
    const first = await setup.start();
    const before = await nameOf(first);
    await first.stop();
    await setup.writer.run("DELETE FROM events WHERE rowid <= 50");
    await setup.writer.run("VACUUM");
    await setup.writer.insertNotes(...Array.from({ length: 60 }, (_, index) => `new ${index}`));
    const second = await setup.start();
    await using reader = await second.follow(`?lastEventId=80&log=${before}`);
    await reader.waitForRows(90);
    expect(reader.named("reset")).toMatchObject([{ reason: "log-changed", resumedFrom: 0 }]);
  });

  test("rows that come do not change it", async () => {
    await using setup = await Setup.create();
    const server = await setup.start();
    const empty = await nameOf(server);
    await setup.writer.insert(3);
    expect(await nameOf(server)).toBe(empty);
    await setup.writer.run("DELETE FROM events WHERE id < 3");
    expect(await nameOf(server)).toBe(empty);
    expect(await nameOf(await setup.start())).toBe(empty);
  });
});

test("a table that is created by the server has oldestId 1 and latestId 0", async () => {
  using scratch = new Scratch();
  const path = scratch.path("new.db");
  createDatabase(path, "events");
  await using server = await Server.start([path]);
  await using reader = await server.follow();
  expect(reader.named("hello")).toMatchObject([{ latestId: 0, oldestId: 1, resumedFrom: 0 }]);
});
