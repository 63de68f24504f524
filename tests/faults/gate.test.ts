/** Kind C: no reader stays behind for ever, whatever the writers of a rollback mode do. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { createDatabase, schemaSql } from "../../src/db/sqlite/create.ts";
import { Followed, idsFromTo } from "../support/followed.ts";
import { Rows } from "../support/rows.ts";
import { Scratch } from "../support/scratch.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const FILL =
  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO events(event_type, summary) SELECT 'old', 'row ' || i FROM n";
const INSERT = "INSERT INTO events(event_type, summary) VALUES ('new', 'x')";

describe("a transaction that keeps the journal hot for long", () => {
  test("does not keep a replay from rows that were committed before, nor the polls from being taken", async () => {
    await using rows = await Rows.create("PRAGMA journal_mode = DELETE", schemaSql("events"), FILL);
    const followed = rows.follow({ pollIntervalMs: 200 });
    await rows.writer.run("PRAGMA synchronous = OFF");
    await rows.writer.run("BEGIN");
    await rows.writer.run(INSERT);
    const reader = await followed.open(0n);
    await reader.waitForRows(20_000);
    const polls = followed.tail.polls.interval;
    await until(() => followed.tail.polls.interval >= polls + 2, "two more polls");
    expect(reader.ids).toEqual(idsFromTo(1, 20_000));
    await rows.writer.run("COMMIT");
    await reader.waitForRows(20_001);
  });

  test("again and again, with 100 ms each, does not starve who follows live", async () => {
    await using rows = await Rows.create("PRAGMA journal_mode = DELETE", schemaSql("events"));
    const followed = rows.follow();
    await rows.writer.run("PRAGMA synchronous = OFF");
    const reader = await followed.open();
    let isOver = false;
    const writing = (async () => {
      while (!isOver) {
        await rows.writer.run("BEGIN");
        await rows.writer.run(INSERT, { gapMs: 100 });
        await rows.writer.run("COMMIT");
      }
    })();
    await reader.waitForRows(10);
    isOver = true;
    await writing;
    expect(reader.ids.slice(0, 10)).toEqual(idsFromTo(1, 10));
  });

  test("a writer that never pauses leaves a replay a third of the time", async () => {
    await using rows = await Rows.create("PRAGMA journal_mode = DELETE", schemaSql("events"), FILL);
    const followed = rows.follow();
    const writing = rows.writer.insert(3000);
    const reader = await followed.open(0n);
    let isWriting = true;
    void writing.then(() => (isWriting = false));
    await reader.waitForRows(20_000);
    expect(isWriting).toBe(true);
    await writing;
    await reader.waitForRows(23_000);
    expect(reader.ids).toEqual(idsFromTo(1, 23_000));
  });
});

describe("one refusal at the wrong moment", () => {
  test("in WAL mode does not make the next subscriber wait for a poll", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using writer = new Writer(path);
    await writer.insert(3);
    await using followed = new Followed(path);
    const { tail } = followed;
    const read = tail.readAfter.bind(tail);
    let reads = 0;
    tail.readAfter = (...args) => (reads++ === 0 ? "later" : read(...args));
    const first = await followed.open(0n);
    await until(() => reads > 0, "the refusal");
    const second = await followed.open(0n);
    await second.waitForRows(3);
    expect(second.ids).toEqual(idsFromTo(1, 3));
    await first[Symbol.asyncDispose]();
  });
});

describe("tailboard_subscribers_lagging", () => {
  test("counts who reads nothing while rows are written", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using writer = new Writer(path);
    await using followed = new Followed(path);
    const stuck = [followed.subscribe(), followed.subscribe()];
    const reader = await followed.open();
    await writer.insert(300);
    await reader.waitForRows(300);
    expect(followed.fanOut.lagging).toBe(2);
    for (const stream of stuck) await stream.cancel();
    expect(followed.fanOut.lagging).toBe(0);
  });
});
