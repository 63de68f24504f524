/** Kind D: no answer and no stream takes more than its budget, whatever is in the table. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import type { EventList, Status } from "../../src/events.ts";
import { MAX_EVENT_BYTES } from "../../src/http/events.ts";
import { PAGE_LIMIT_BYTES } from "../../src/sse/pages.ts";
import { idsFromTo } from "../support/followed.ts";
import { Rows } from "../support/rows.ts";
import { Server } from "../support/server.ts";
import { TEST_TIMEOUT_MS } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const MEGABYTE = 1_048_576;

/** A table whose columns all hold text of one length. */
function wideTable(columns: number, rows: number, length: number): string[] {
  const names = Array.from({ length: columns }, (_, index) => `c${index}`);
  return [
    `CREATE TABLE events (id INTEGER PRIMARY KEY, ${names.join(", ")})`,
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows}) INSERT INTO events SELECT i, ${names.map(() => `printf('%.*c', ${length}, 'x')`).join(", ")} FROM n`,
  ];
}

describe("a list", () => {
  test.each([
    ["four columns of 64 KB", 4, 40, 65_000],
    ["twenty columns of 60 KB", 20, 6, 60_000],
    ["five hundred narrow columns", 500, 500, 3],
    ["one column of 1 KB", 1, 2000, 1000],
  ])("of %s ends early, and next goes on to the last row", async (_what, columns, rows, length) => {
    await using table = await Rows.create(...wideTable(columns, rows, length));
    await using server = await Server.start([table.path]);
    const ids: unknown[] = [];
    let next: EventList["next"] = null;
    let answers = 0;
    do {
      const before: string = next === null ? "" : `&before=${next}`;
      const text = await (await server.fetch(`/api/events?limit=500${before}`)).text();
      // 512 KiB, and the row that reached it: 1 MiB at most.
      expect(text.length).toBeLessThan(2.5 * MEGABYTE);
      const list: EventList = JSON.parse(text);
      expect(list.items.length).toBeGreaterThan(0);
      ids.push(...list.items.map((item) => item["id"]));
      next = list.next;
      answers++;
    } while (next !== null);
    expect(ids.map(String)).toEqual(idsFromTo(1, rows).toReversed());
    expect(answers).toBeGreaterThan(1);
  });

  test("has a row of a megabyte with its largest values left out, and named", async () => {
    await using table = await Rows.create(...wideTable(40, 1, 60_000));
    await table.writer.run("UPDATE events SET c7 = printf('%.*c', 65000, 'y'), c8 = 'short'");
    await using server = await Server.start([table.path]);
    const { items } = await server.json<EventList>("/api/events");
    const [item] = items;
    expect(item?.["c8"]).toBe("short");
    expect(item?.["c7"]).toBeNull();
    expect(item?.["$truncated"]).toContain("c7");
    expect(JSON.stringify(item).length).toBeLessThan(1.1 * MEGABYTE);
  });

  test("oldest first goes on after its last row", async () => {
    await using table = await Rows.create(...wideTable(4, 10, 65_000));
    await using server = await Server.start([table.path]);
    const first = await server.json<EventList>("/api/events?after=0&limit=500");
    expect(first.count).toBeLessThan(10);
    expect(first.next).toBe(first.count);
    const second = await server.json<EventList>(`/api/events?after=${first.next}`);
    expect(second.items[0]?.["id"]).toBe(first.count + 1);
  });
});

describe("a page of a stream", () => {
  test("ends within its budget, the first one too", async () => {
    await using table = await Rows.create(...wideTable(4, 300, 65_000));
    const followed = table.follow();
    const sizes: number[] = [];
    let rows = 0;
    for await (const chunk of followed.subscribe(0n)) {
      sizes.push(chunk.byteLength);
      rows += (
        Buffer.from(chunk)
          .toString("latin1")
          .match(/^id: \d+\ndata: {"id"/gm) ?? []
      ).length;
      if (rows === 300) break;
    }
    // The row that reaches the budget may be 260 KB.
    expect(Math.max(...sizes)).toBeLessThan(PAGE_LIMIT_BYTES + 300_000);
  });
});

describe("one event", () => {
  test("is whole, up to the limit that is documented", async () => {
    await using table = await Rows.create("CREATE TABLE events (id INTEGER PRIMARY KEY, a, b)");
    await table.writer.run(
      "INSERT INTO events VALUES (1, printf('%.*c', 1000000, '\u{1F600}'), zeroblob(1000000)), (2, 'x', NULL)",
    );
    await using server = await Server.start([table.path]);
    const one = await server.json<{ id: number; a: string; b: { $base64: string } }>("/api/events/1");
    expect(one.id).toBe(1);
    // Each character is two in JavaScript's way of counting.
    expect(one.a.length).toBe(2_000_000);
    expect(one.a.isWellFormed()).toBe(true);
    expect(Buffer.from(one.b.$base64, "base64").length).toBe(1_000_000);
    expect(await server.json<object>("/api/events/2")).toEqual({ id: 2, a: "x", b: null });
  });

  test.each(["GET", "HEAD"])("that is larger is refused, with how to get it (%s)", async (method) => {
    await using table = await Rows.create("CREATE TABLE events (id INTEGER PRIMARY KEY, a, b)");
    await table.writer.run(`INSERT INTO events VALUES (1, 'x', zeroblob(${MAX_EVENT_BYTES + 1}))`);
    await using server = await Server.start([table.path]);
    const response = await server.fetch("/api/events/1", { method });
    expect(response.status).toBe(413);
    if (method === "HEAD") return;
    const problem = await response.text();
    expect(problem).toContain(`${MAX_EVENT_BYTES + 1} of them in the column`);
    expect(problem).toContain('SELECT \\"b\\" FROM \\"events\\" WHERE \\"id\\" = 1');
  });
});

describe("a damaged page of the file", () => {
  test("is a 503 with the words of SQLite at each request, and the tail goes on", async () => {
    await using table = await Rows.create(
      "PRAGMA page_size = 4096",
      "PRAGMA journal_mode = DELETE",
      ...wideTable(1, 2000, 1000),
    );
    await table.writer.close();
    const file = Bun.file(table.path);
    const bytes = new Uint8Array(await file.arrayBuffer());
    // In the middle: neither the schema nor the newest rows.
    bytes.fill(0xee, 4096 * 100, 4096 * 110);
    await Bun.write(table.path, bytes);
    await using server = await Server.start([table.path]);
    for (const _ of [1, 2, 3]) {
      const response = await server.fetch("/api/events?after=0&limit=500");
      expect([200, 503]).toContain(response.status);
      const damaged = await server.fetch("/api/events?after=250&limit=500");
      expect(damaged.status).toBe(503);
      expect(await damaged.text()).toContain("malformed");
    }
    expect((await server.json<Status>("/api/status")).state).toBe("tailing");
    expect(server.log.filter((line) => line.message === "state changed")).toHaveLength(1);
  });
});
