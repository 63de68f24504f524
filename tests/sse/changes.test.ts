/** The named event `change`: who asked is told of commits to whatever table, and nobody else is. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { parseQuestion } from "../../src/query/parse.ts";
import { CHANGE_PAUSE_MS } from "../../src/sse/change-notices.ts";
import { FanOut } from "../../src/sse/fanout.ts";
import { MemoryLog } from "../support/memory-log.ts";
import { Rows } from "../support/rows.ts";
import { StreamReader } from "../support/stream-reader.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

class Streams implements Disposable {
  readonly log = new MemoryLog();
  readonly fanOut = new FanOut(this.log, {
    onError: (operation, _, error) => {
      throw new Error(operation, { cause: error });
    },
    onReset: () => {},
    onDelivery: () => {},
  });
  #count = 0;

  open(changes: boolean): StreamReader {
    const start = { lastEventId: undefined, log: undefined };
    const { signal } = new AbortController();
    return new StreamReader(this.fanOut.subscribe(start, signal, undefined, undefined, changes));
  }

  touch(): string {
    const dataVersion = `v${++this.#count}`;
    this.log.emit({ kind: "touched", dataVersion });
    return dataVersion;
  }

  [Symbol.dispose](): void {
    this.fanOut.close();
  }
}

const versionsOf = (reader: StreamReader): unknown[] => reader.named("change");

describe("a stream that asked for changes", () => {
  test("is told at once, without an id, and after its hello", async () => {
    using streams = new Streams();
    streams.log.commit(1);
    await using reader = streams.open(true);
    await using other = streams.open(false);
    await until(() => reader.named("hello").length > 0, "hello");
    streams.touch();
    await until(() => versionsOf(reader).length > 0, "the change");
    expect(reader.text).toEndWith('event: change\ndata: {"dataVersion":"v1"}\n\n');
    streams.log.commit(2);
    await other.waitForRows(1);
    expect(versionsOf(other)).toEqual([]);
    expect(other.text).not.toContain("change");
  });

  test("is told of many at most four times a second, and of the last one always", async () => {
    using streams = new Streams();
    await using reader = streams.open(true);
    await until(() => reader.named("hello").length > 0, "hello");
    const startedAtMs = performance.now();
    let last = "";
    while (performance.now() - startedAtMs < 3 * CHANGE_PAUSE_MS) {
      last = streams.touch();
      await Bun.sleep(5);
    }
    await until(() => Bun.deepEquals(versionsOf(reader).at(-1), { dataVersion: last }), "the last change");
    const tookMs = performance.now() - startedAtMs;
    expect(versionsOf(reader).length).toBeLessThanOrEqual(1 + Math.ceil(tookMs / CHANGE_PAUSE_MS));
    const times = reader.events.filter(({ event }) => event === "change").map(({ receivedAt }) => receivedAt);
    expect(times.length).toBeGreaterThan(2);
  });

  test("that is not read is told of the newest alone", async () => {
    using streams = new Streams();
    const start = { lastEventId: undefined, log: undefined };
    const stream = streams.fanOut.subscribe(start, new AbortController().signal, undefined, undefined, true);
    for (let count = 0; count < 3; count++) {
      streams.touch();
      await Bun.sleep(CHANGE_PAUSE_MS + 20);
    }
    await using reader = new StreamReader(stream);
    await until(() => versionsOf(reader).length > 0, "a change");
    streams.log.commit(1);
    await reader.waitForRows(1);
    expect(versionsOf(reader)).toEqual([{ dataVersion: "v3" }]);
  });

  test("that has left is told nothing, and the next one is", async () => {
    using streams = new Streams();
    const gone = streams.open(true);
    await until(() => gone.named("hello").length > 0, "hello");
    streams.touch();
    streams.touch();
    await gone[Symbol.asyncDispose]();
    await using reader = streams.open(true);
    await until(() => reader.named("hello").length > 0, "hello");
    const last = streams.touch();
    await until(() => versionsOf(reader).length > 0, "the change");
    expect(versionsOf(reader)).toEqual([{ dataVersion: last }]);
  });

  test("before the log is open is told after its hello", async () => {
    using streams = new Streams();
    streams.log.isOpen = false;
    await using reader = streams.open(true);
    await until(() => reader.text !== "", "the first bytes");
    streams.touch();
    expect(reader.events).toEqual([]);
    streams.log.isOpen = true;
    streams.log.emitOpened(true);
    await until(() => versionsOf(reader).length > 0, "the change");
    expect(reader.events.map(({ event }) => event)).toEqual(["hello", "change"]);
  });
});

describe("a file", () => {
  const EVENTS = "CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT)";
  const AGENTS = "CREATE TABLE agents (id TEXT PRIMARY KEY, status TEXT)";

  /** @param mode the journal mode */
  async function commitsIn(mode: string): Promise<void> {
    await using rows = await Rows.create(EVENTS, AGENTS, `PRAGMA journal_mode = ${mode}`);
    const followed = rows.follow();
    const start = { lastEventId: undefined, log: undefined };
    const open = (question: string): StreamReader =>
      new StreamReader(
        followed.fanOut.subscribe(
          start,
          new AbortController().signal,
          undefined,
          parseQuestion(question),
          true,
        ),
      );
    await using all = open("");
    await using asked = open("note:nothing");
    const readers = [all, asked];
    for (const reader of readers) await until(() => reader.named("hello").length > 0, "hello");
    const told = async (sql: string): Promise<void> => {
      const before = readers.map((reader) => versionsOf(reader).length);
      const version = followed.tail.dataVersion;
      await rows.writer.run(sql);
      for (const [at, reader] of readers.entries())
        await until(() => versionsOf(reader).length > (before[at] ?? 0), `the change of ${sql}`);
      expect(followed.tail.dataVersion).not.toBe(version);
      await until(
        () =>
          readers.every((reader) =>
            Bun.deepEquals(versionsOf(reader).at(-1), { dataVersion: followed.tail.dataVersion }),
          ),
        "the last version",
      );
    };
    await told("INSERT INTO agents VALUES ('a', 'idle')");
    await told("UPDATE agents SET status = 'busy'");
    await told("INSERT INTO events(note) VALUES ('x')");
    await told("ALTER TABLE agents ADD COLUMN name TEXT");
    await told("DELETE FROM agents");
  }

  test.each(["WAL", "DELETE"])("in mode %s tells of a commit to any table", commitsIn);

  test("tells nothing of nothing: no poll, no read, no checkpoint", async () => {
    await using rows = await Rows.create(EVENTS, AGENTS);
    const followed = rows.follow({ pollIntervalMs: 20 });
    // The opening is one, too.
    await until(() => followed.tail.polls.interval > 1, "some polls");
    await using reader = new StreamReader(
      followed.fanOut.subscribe(
        { lastEventId: undefined, log: undefined },
        new AbortController().signal,
        undefined,
        undefined,
        true,
      ),
    );
    await until(() => reader.named("hello").length > 0, "hello");
    const version = followed.tail.dataVersion;
    const polls = followed.tail.polls.interval;
    await followed.list();
    await rows.writer.run("SELECT * FROM agents");
    await rows.writer.run("PRAGMA wal_checkpoint(PASSIVE)");
    await until(() => followed.tail.polls.interval > polls + 20, "some polls");
    expect(versionsOf(reader)).toEqual([]);
    expect(followed.tail.dataVersion).toBe(version);
  });
});
