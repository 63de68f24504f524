import { describe, expect, test } from "bun:test";

import type { EventId, ResetReason } from "../../src/events.ts";
import {
  FanOut,
  type FanOutObserver,
  MAX_COMEBACK_MS,
  SMALL_PAGE_BYTES,
  type Timing,
} from "../../src/sse/fanout.ts";
import { PAGE_LIMIT_BYTES, PAGE_LIMIT_ROWS } from "../../src/sse/pages.ts";
import { SLICE_SUBSCRIBERS } from "../../src/sse/rounds.ts";
import type { StartCursor } from "../../src/sse/start-cursor.ts";
import { MemoryLog } from "../support/memory-log.ts";
import { StreamReader } from "../support/stream-reader.ts";
import { until } from "../support/until.ts";

class Observer implements FanOutObserver {
  readonly errors: { operation: string; lastSentId: EventId | undefined; error: unknown }[] = [];
  readonly resets: ResetReason[] = [];
  deliveries = 0;

  onError(operation: string, lastSentId: EventId | undefined, error: unknown): void {
    this.errors.push({ operation, lastSentId, error });
  }
  onReset(reason: ResetReason): void {
    this.resets.push(reason);
  }
  onDelivery(): void {
    this.deliveries++;
  }
}

class Streams implements Disposable {
  readonly log = new MemoryLog();
  readonly observer = new Observer();
  readonly fanOut: FanOut;

  constructor(timing: Partial<Timing> = {}) {
    this.fanOut = new FanOut(this.log, this.observer, timing);
  }

  /** @param lastEventId the cursor of the subscriber */
  open(
    lastEventId?: number,
    more: Partial<StartCursor> = {},
    signal = new AbortController().signal,
  ): StreamReader {
    const start = {
      lastEventId: lastEventId === undefined ? undefined : BigInt(lastEventId),
      log: undefined,
      ...more,
    };
    return new StreamReader(this.fanOut.subscribe(start, signal));
  }

  [Symbol.dispose](): void {
    this.fanOut.close();
  }
}

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe("a stream", () => {
  test("without a cursor starts at the newest event, and says so first", async () => {
    using streams = new Streams();
    streams.log.commit(1, 2);
    await using reader = streams.open();
    await until(() => reader.named("hello").length > 0, "hello");
    streams.log.commit(3);
    await reader.waitForRows(1);
    expect(reader.text).toBe(
      'retry: 5000\n\nevent: hello\nid: 2\ndata: {"latestId":2,"oldestId":1,"resumedFrom":2,"log":"log-1"}\n\nid: 3\ndata: {"id":3,"note":"row 3"}\n\n',
    );
  });

  test("with a cursor replays what came after it, then follows, across many pages", async () => {
    using streams = new Streams();
    const count = PAGE_LIMIT_ROWS * 3 + 7;
    streams.log.commit(...numbers(1, count));
    await using reader = streams.open(5);
    await reader.waitForRows(1);
    streams.log.commit(count + 1);
    await reader.waitForRows(count - 4);
    expect(reader.ids).toEqual(numbers(6, count + 1).map(String));
    expect(reader.named("hello")).toEqual([{ latestId: count, oldestId: 1, resumedFrom: 5, log: "log-1" }]);
  });

  test("sends a cursor ahead of the log back to the start, and says so", async () => {
    using streams = new Streams();
    streams.log.commit(4, 5);
    await using reader = streams.open(9);
    await reader.waitForRows(2);
    expect(reader.named("reset")).toEqual([
      { reason: "cursor-ahead", latestId: 5, oldestId: 4, resumedFrom: 3, log: "log-1" },
    ]);
    expect(reader.ids).toEqual(["4", "5"]);
    expect(streams.observer.resets).toEqual(["cursor-ahead"]);
  });

  test("sends a cursor of another log back to the start", async () => {
    using streams = new Streams();
    streams.log.commit(1, 2);
    await using reader = streams.open(1, { log: "log-0" });
    await using same = streams.open(1, { log: "log-1" });
    await reader.waitForRows(2);
    await same.waitForRows(1);
    expect(reader.named("reset")).toEqual([
      { reason: "log-changed", latestId: 2, oldestId: 1, resumedFrom: 0, log: "log-1" },
    ]);
    expect(reader.ids).toEqual(["1", "2"]);
    expect(same.named("reset")).toEqual([]);
    expect(same.ids).toEqual(["2"]);
  });

  test("that is open at a reset is told the reason, and gets the new log from its start", async () => {
    using streams = new Streams();
    streams.log.commit(1, 2, 3);
    await using reader = streams.open();
    await until(() => reader.named("hello").length > 0, "hello");
    streams.log.rows = [];
    streams.log.name = "log-2";
    streams.log.commit(1);
    streams.log.emitReset("file-replaced");
    await reader.waitForRows(1);
    expect(reader.named("reset")).toEqual([
      { reason: "file-replaced", latestId: 1, oldestId: 1, resumedFrom: 0, log: "log-2" },
    ]);
    expect(reader.ids).toEqual(["1"]);
  });

  test("opened before the log exists gets every row of it", async () => {
    using streams = new Streams();
    streams.log.isOpen = false;
    await using reader = streams.open();
    await until(() => reader.text !== "", "the first bytes");
    expect(reader.text).toBe("retry: 5000\n\n");
    streams.log.commit(1, 2);
    streams.log.isOpen = true;
    streams.log.emitOpened(true);
    await reader.waitForRows(2);
    expect(reader.named("hello")).toEqual([{ latestId: 2, oldestId: 1, resumedFrom: 0, log: "log-1" }]);
  });

  test("opened while an old log can't be read starts at its newest event", async () => {
    using streams = new Streams();
    streams.log.isOpen = false;
    await using reader = streams.open();
    streams.log.commit(1, 2);
    streams.log.isOpen = true;
    streams.log.emitOpened(false);
    streams.log.commit(3);
    await reader.waitForRows(1);
    expect(reader.ids).toEqual(["3"]);
  });

  test("is kept alive by a comment and a ping while nothing happens", async () => {
    using streams = new Streams({ keepAliveMs: 20 });
    await using reader = streams.open();
    await until(() => reader.comments.length >= 2, "two keep-alives");
    expect(reader.named("ping").slice(0, 2)).toEqual([{}, {}]);
    expect(reader.parseErrors).toEqual([]);
  });
});

describe("many streams", () => {
  test("at one cursor share one read of each page", async () => {
    using streams = new Streams();
    await using readers = new AsyncDisposableStack();
    const all = numbers(1, 50).map(() => readers.use(streams.open()));
    for (const reader of all) await until(() => reader.named("hello").length > 0, "hello");
    await until(() => streams.log.reads > 0, "the first look");
    const before = streams.log.reads;
    streams.log.commit(1, 2, 3);
    for (const reader of all) await reader.waitForRows(3);
    // The page with the rows: that there is none behind it is known.
    expect(streams.log.reads - before).toBe(1);
    for (const reader of all) expect(reader.ids).toEqual(["1", "2", "3"]);
    expect(streams.fanOut.eventsSent).toBe(150);
    expect(streams.fanOut.bytesSent).toBeGreaterThan(150 * 10);
    expect(streams.observer.deliveries).toBe(1);
  });

  test("a reader that reads nothing holds one chunk, and no one else up", async () => {
    using streams = new Streams();
    const stuck = streams.fanOut.subscribe({ lastEventId: 0n, log: undefined }, new AbortController().signal);
    await using live = streams.open(0);
    for (let id = 1; id <= 1000; id++) streams.log.commit(id);
    await live.waitForRows(1000);
    // Whatever the commits, the reader that comes back late gets every row once.
    await using late = new StreamReader(stuck);
    await late.waitForRows(1000);
    expect(late.ids).toEqual(numbers(1, 1000).map(String));
  });

  test("is lagging while rows wait that can't be read just now, and gets them when they can", async () => {
    using streams = new Streams();
    streams.log.commit(1, 2);
    streams.log.isBusy = true;
    await using reader = streams.open(0);
    await until(() => reader.named("hello").length > 0, "hello");
    await until(() => streams.fanOut.lagging === 1, "it to lag");
    streams.log.isBusy = false;
    streams.log.emitCommit();
    await reader.waitForRows(2);
    expect(reader.ids).toEqual(["1", "2"]);
    expect(streams.fanOut.lagging).toBe(0);
  });

  test("are served in slices, between which the event loop is free", async () => {
    using streams = new Streams();
    await using readers = new AsyncDisposableStack();
    const count = SLICE_SUBSCRIBERS * 2 + 10;
    const all = Array.from({ length: count }, () => readers.use(streams.open()));
    for (const reader of all) await until(() => reader.named("hello").length > 0, "hello");
    await until(() => streams.log.reads > 0, "the first look");
    streams.log.commit(1);
    expect(streams.fanOut.eventsSent).toBe(SLICE_SUBSCRIBERS);
    // A commit that comes in between is not lost on those who were served already.
    streams.log.commit(2);
    for (const reader of all) await reader.waitForRows(2);
    for (const reader of all) expect(reader.ids).toEqual(["1", "2"]);
    expect(streams.fanOut.eventsSent).toBe(count * 2);
  });

  test("an error of the log is reported with the cursor, ends the stream, and leaves nothing behind", async () => {
    using streams = new Streams();
    streams.log.commit(1, 2);
    await using reader = streams.open(1);
    await reader.waitForRows(1);
    streams.log.failure = new Error("disk on fire");
    streams.log.emitCommit();
    await reader.waitForEnd();
    expect(streams.observer.errors).toEqual([
      { operation: "sending events", lastSentId: 2n, error: streams.log.failure },
    ]);
    expect(streams.fanOut.size).toBe(0);
  });
});

describe("a log that answers later", () => {
  test("has its pages sent when they come, once and in order", async () => {
    using streams = new Streams();
    streams.log.isSlow = true;
    streams.log.commit(1, 2);
    await using reader = streams.open(0);
    await until(() => streams.log.isAsked, "the page to be asked for");
    // Told while the page is on its way: the page is out of date as the end of the log.
    streams.log.commit(3);
    streams.log.answer();
    await reader.waitForRows(2);
    await until(() => {
      streams.log.answer();
      return reader.rows.length === 3;
    }, "the third row");
    expect(reader.ids).toEqual(["1", "2", "3"]);
  });

  test("has a page dropped that was asked for before a reset", async () => {
    using streams = new Streams();
    streams.log.isSlow = true;
    streams.log.commit(1, 2, 3);
    await using reader = streams.open(0);
    await until(() => streams.log.isAsked, "the page to be asked for");
    streams.log.rows = [];
    streams.log.name = "log-2";
    streams.log.commit(1);
    streams.log.emitReset("file-replaced");
    await until(() => {
      streams.log.answer();
      return reader.rows.length > 0;
    }, "the row of the new log");
    expect(reader.ids).toEqual(["1"]);
    expect(reader.events.map(({ event }) => event)).toEqual(["hello", "reset", undefined]);
  });
});

test("a stream that began after a reset is not reset once more when the reset is told", async () => {
  using streams = new Streams();
  streams.log.commit(1, 2);
  await using before = streams.open(0);
  await before.waitForRows(2);
  streams.log.name = "log-2";
  await using after = streams.open(0);
  streams.log.emitReset("file-replaced");
  await after.waitForRows(2);
  await before.waitForRows(4);
  streams.log.commit(3);
  await after.waitForRows(3);
  expect(after.ids).toEqual(["1", "2", "3"]);
  expect(after.named("reset")).toEqual([]);
});

describe("a partial reset", () => {
  test("sends who is beyond it back to it, and leaves who is behind alone", async () => {
    using streams = new Streams();
    streams.log.commit(1, 2, 3);
    const behind = streams.fanOut.subscribe(
      { lastEventId: 1n, log: undefined },
      new AbortController().signal,
    );
    await using reader = streams.open(0);
    await reader.waitForRows(3);
    streams.log.name = "log-2";
    streams.log.emitReset("rows-replaced", 2n);
    await reader.waitForRows(4);
    expect(reader.ids).toEqual(["1", "2", "3", "3"]);
    expect(reader.named("reset")).toMatchObject([{ reason: "rows-replaced", resumedFrom: 2, log: "log-2" }]);
    await using late = new StreamReader(behind);
    await late.waitForRows(2);
    expect(late.ids).toEqual(["2", "3"]);
    expect(late.named("reset")).toEqual([]);
    expect(streams.observer.resets).toEqual(["rows-replaced"]);
  });
});

describe("what slow clients hold", () => {
  test("is counted, makes pages small, and is given back when they leave", async () => {
    using streams = new Streams();
    const note = "x".repeat(1000);
    for (let id = 1; id <= 2000; id++)
      streams.log.rows.push({ id: BigInt(id), values: [BigInt(id), note], truncated: [] });
    const stuck = Array.from({ length: 200 }, (_, index) =>
      streams.fanOut.subscribe({ lastEventId: BigInt(index), log: undefined }, new AbortController().signal),
    );
    // A chunk of each is read, so that the next one is asked for and held.
    const readers = stuck.map((stream) => stream.getReader());
    for (const reader of readers) await reader.read();
    await until(() => streams.log.reads >= 200, "a page for each");
    expect(streams.fanOut.heldBytes).toBeGreaterThan(16_000_000);
    const sizes = streams.log.limits.map(({ bytes }) => bytes);
    expect(sizes[0]).toBe(PAGE_LIMIT_BYTES);
    expect(sizes.at(-1)).toBe(SMALL_PAGE_BYTES);
    for (const reader of readers) await reader.cancel();
    expect(streams.fanOut.heldBytes).toBe(0);
  });
});

describe("replays", () => {
  test("take turns of a few pages, between which the event loop comes to others", async () => {
    using streams = new Streams();
    await using readers = new AsyncDisposableStack();
    const rows = PAGE_LIMIT_ROWS * 4;
    streams.log.rows = numbers(1, rows + 40).map((id) => ({
      id: BigInt(id),
      values: [BigInt(id), ""],
      truncated: [],
    }));
    let inThisTurn = 0;
    let most = 0;
    let isOver = false;
    const nextTurn = (): void => {
      inThisTurn = 0;
      if (!isOver) setImmediate(nextTurn);
    };
    nextTurn();
    streams.log.onRead = () => {
      most = Math.max(most, ++inThisTurn);
      // As long as a page takes that is not in the cache of the system.
      const endsAtMs = performance.now() + 1;
      while (performance.now() < endsAtMs);
    };
    const all = numbers(0, 39).map((cursor) => readers.use(streams.open(cursor)));
    // The first page of each is served when its stream is opened. The others come in turns of 2 ms.
    await until(() => streams.log.reads >= all.length, "the first pages");
    most = 0;
    for (const reader of all) await reader.waitForRows(rows);
    isOver = true;
    expect(most).toBeLessThanOrEqual(5);
    expect(streams.log.reads).toBeGreaterThan(100);
  });
});

describe("a stream that takes nothing", () => {
  test("gets no keep-alives", async () => {
    using streams = new Streams({ keepAliveMs: 5 });
    const stream = streams.fanOut.subscribe(
      { lastEventId: 0n, log: undefined },
      new AbortController().signal,
    );
    await using other = streams.open();
    await until(() => other.comments.length >= 5, "five keep-alives elsewhere");
    await using late = new StreamReader(stream);
    await until(() => late.comments.length > 0, "a keep-alive once it is read");
    expect(late.comments.length).toBeLessThan(3);
  });

  test("is not ended when it grows old: its rows are not cut off", async () => {
    using streams = new Streams({ keepAliveMs: 5, maxAgeMs: 20 });
    streams.log.commit(1);
    const stream = streams.fanOut.subscribe(
      { lastEventId: 0n, log: undefined },
      new AbortController().signal,
    );
    await using other = streams.open();
    // Another stream of the same age is ended meanwhile.
    await other.waitForEnd();
    const sentBefore = streams.fanOut.bytesSent;
    await using again = new Streams({ keepAliveMs: 5 }).open();
    await until(() => again.comments.length >= 5, "five keep-alives elsewhere");
    expect(streams.fanOut.size).toBe(1);
    expect(streams.fanOut.bytesSent).toBe(sentBefore);
    await using late = new StreamReader(stream);
    await late.waitForEnd();
    expect(late.ids).toEqual(["1"]);
  });
});

describe("a stream that grows old", () => {
  test("ends, and asks its client to come back soon, at a time of its own", async () => {
    using streams = new Streams({ keepAliveMs: 10, maxAgeMs: 200 });
    streams.log.commit(1);
    await using reader = streams.open(0);
    await reader.waitForRows(1);
    await reader.waitForEnd();
    expect(reader.parseErrors).toEqual([]);
    expect(reader.retryMs).toBeLessThanOrEqual(MAX_COMEBACK_MS);
    // A script in a page can't read the reconnection time.
    expect(reader.named("bye")).toEqual([{ comeBackInMs: reader.retryMs }]);
    expect(streams.fanOut.size).toBe(0);
  });
});

describe("a stream that ends", () => {
  test("by cancel, by the request's abort, or by close leaves no subscriber", async () => {
    using streams = new Streams();
    const abort = new AbortController();
    const cancelled = streams.open();
    streams.open(undefined, {}, abort.signal);
    await using closed = streams.open();
    expect(streams.fanOut.size).toBe(3);
    await cancelled[Symbol.asyncDispose]();
    expect(streams.fanOut.size).toBe(2);
    abort.abort();
    expect(streams.fanOut.size).toBe(1);
    streams.fanOut.close();
    await closed.waitForEnd();
    expect(streams.fanOut.size).toBe(0);
    streams.log.commit(1);
    expect(streams.fanOut.eventsSent).toBe(0);
  });

  test("before it began is not counted", () => {
    using streams = new Streams();
    streams.open(undefined, {}, AbortSignal.abort());
    expect(streams.fanOut.size).toBe(0);
  });
});
