import { expect, test } from "bun:test";

import type { EventJson, EventList } from "../../../src/events.ts";
import { FIRST_READING } from "../../../src/web/event/reading.ts";
import { Backlog } from "../../../src/web/feed/backlog.ts";
import { Rows } from "../../../src/web/feed/rows.ts";
import { createState } from "../../../src/web/state.ts";

const row = (id: number, columns: EventJson = {}): EventJson => ({ id, text: `Row ${id}`, ...columns });
const newestFirst = (from: number, to: number) =>
  Array.from({ length: from - to + 1 }, (_, at) => row(from - at));

function list(items: readonly EventJson[], rest: Partial<EventList> = {}): EventList {
  const latestId = Math.max(0, ...items.map(({ id }) => Number(id)));
  return { items, count: items.length, latestId, log: "log-1", next: null, scannedTo: null, ...rest };
}

/** A backlog whose answers come when the test gives them. */
function createBacklog() {
  const state = createState();
  const rows = new Rows(state, {
    isSeen: () => true,
    onShort: () => undefined,
    onInvalid: () => undefined,
    nextFrame: (draw) => draw(),
  });
  const asked: string[] = [];
  const answers: ((answer: EventList) => void)[] = [];
  const unreadable: unknown[] = [];
  const backlog = new Backlog({
    rows,
    reading: () => FIRST_READING,
    hasQuestion: () => false,
    fetchEvents: (query) => {
      asked.push(query);
      return new Promise((resolve) => answers.push(resolve));
    },
    onUnreadable: (error) => unreadable.push(error),
  });
  /** Answers the oldest request, and lets the backlog work on the answer. */
  const answer = async (with_: EventList) => {
    answers.shift()?.(with_);
    await Bun.sleep(0);
  };
  const load = async (items: readonly EventJson[], rest?: Partial<EventList>) => {
    const loading = backlog.loadNewest();
    await answer(list(items, rest));
    return loading;
  };
  const poll = (isWanted = () => true) => {
    const counts: (number | undefined)[] = [];
    return { counts, outcome: backlog.poll(isWanted, (count) => counts.push(count)) };
  };
  const shown = () => state.events.value?.map(({ json }) => json["text"]);
  return { backlog, asked, answer, load, poll, shown, unreadable };
}

test("the newest rows are loaded with the place where the stream goes on", async () => {
  const { backlog, load, asked, shown } = createBacklog();
  expect(await load(newestFirst(3, 1))).toEqual({ scannedTo: null, newer: 3, agrees: false });
  expect([backlog.cursor, backlog.log, backlog.isLoaded]).toEqual([3n, "log-1", true]);
  expect(asked).toEqual(["limit=50"]);
  expect(shown()).toEqual(["Row 3", "Row 2", "Row 1"]);
});

test("a load follows the pages of a list that was cut by its size", async () => {
  const { backlog, answer, asked, shown } = createBacklog();
  const loading = backlog.loadNewest();
  await answer(list([row(3)], { next: 3 }));
  await answer(list([row(2)], { next: 2, latestId: 9 }));
  await answer(list([row(1)]));
  expect(await loading).toEqual({ scannedTo: null, newer: 3, agrees: false });
  expect(asked).toEqual(["limit=50", "limit=49&before=3", "limit=48&before=2"]);
  expect(shown()).toEqual(["Row 3", "Row 2", "Row 1"]);
  expect(backlog.cursor).toBe(3n);
});

test("a load begins anew where the log changed between two of its pages", async () => {
  const { backlog, answer, shown } = createBacklog();
  const loading = backlog.loadNewest();
  await answer(list([row(3)], { next: 3 }));
  await answer(list([row(2)], { log: "log-2" }));
  await answer(list([row(1, { text: "new" })], { log: "log-2" }));
  await loading;
  expect(shown()).toEqual(["new"]);
  expect(backlog.log).toBe("log-2");
});

test("a load that a later one overtook changes nothing", async () => {
  const { backlog, answer, shown } = createBacklog();
  const first = backlog.loadNewest();
  const second = backlog.loadNewest();
  await answer(list([row(1, { text: "old" })], { log: "log-0" }));
  expect(await first).toBeUndefined();
  expect([backlog.isLoaded, shown()]).toEqual([false, undefined]);
  await answer(list([row(2)]));
  await second;
  expect([backlog.log, shown()]).toEqual(["log-1", ["Row 2"]]);
});

test.each([
  ["a whole reset", (backlog: Backlog) => backlog.invalidate()],
  ["a partial one", (backlog: Backlog) => backlog.resumeFrom({ cursor: 1n, log: "log-2" })],
])("a load that was asked for before %s changes nothing", async (_name, reset) => {
  const { backlog, answer, load, shown } = createBacklog();
  await load(newestFirst(2, 1));
  const loading = backlog.loadNewest();
  reset(backlog);
  await answer(list([row(9)]));
  expect(await loading).toBeUndefined();
  expect(shown()).toEqual(["Row 2", "Row 1"]);
  expect(backlog.cursor).not.toBe(9n);
});

test("a poll reads on from the cursor, page for page, however few rows a page has", async () => {
  const { backlog, answer, load, poll, asked, shown } = createBacklog();
  await load([row(1)]);
  const { counts, outcome } = poll();
  await answer(list([row(2)], { next: 2, latestId: 9 }));
  // A page may also end behind its last row.
  await answer(list([row(3)], { next: 7, latestId: 9 }));
  await answer(list([row(9)]));
  expect(await outcome).toBe("done");
  expect(asked.slice(1)).toEqual(["limit=100&after=1", "limit=100&after=2", "limit=100&after=7"]);
  expect(counts).toEqual([1, 1, 1]);
  expect([backlog.cursor, shown()]).toEqual([9n, ["Row 9", "Row 3", "Row 2", "Row 1"]]);
});

test("a poll that is far behind loads the newest rows instead", async () => {
  const { answer, load, poll, asked } = createBacklog();
  await load([row(1)]);
  const polled = poll();
  for (let id = 2; id <= 6; id++) await answer(list([row(id)], { next: id, latestId: 999 }));
  await answer(list(newestFirst(999, 950)));
  expect(await polled.outcome).toBe("done");
  expect(asked.at(-1)).toBe("limit=50");
  expect(polled.counts.at(-1)).toBeUndefined();
});

test.each([
  ["a whole reset", (backlog: Backlog) => backlog.invalidate()],
  ["a partial one", (backlog: Backlog) => backlog.resumeFrom({ cursor: 1n, log: "log-1" })],
])("the answer to a poll that was asked for before %s is dropped", async (_name, reset) => {
  const { backlog, answer, load, poll, shown } = createBacklog();
  await load(newestFirst(2, 1));
  const { counts, outcome } = poll();
  reset(backlog);
  await answer(list([row(3)]));
  expect(await outcome).toBe("done");
  expect([counts, shown()]).toEqual([[], ["Row 2", "Row 1"]]);
});

test("the answer to a poll is dropped where a stream brings the rows by now", async () => {
  const { backlog, answer, load, poll } = createBacklog();
  await load([row(1)]);
  let isWanted = true;
  const { counts, outcome } = poll(() => isWanted);
  isWanted = false;
  await answer(list([row(2)]));
  expect(await outcome).toBe("done");
  expect([counts, backlog.cursor]).toEqual([[], 1n]);
});

test.each([
  ["log-changed", list([row(2)], { log: "log-2" })],
  ["cursor-ahead", list([], { latestId: 0 })],
] as const)("a poll tells of another log: %s", async (expected, answered) => {
  const { answer, load, poll } = createBacklog();
  await load([row(1)]);
  const { outcome } = poll();
  await answer(answered);
  expect(await outcome).toBe(expected);
});

test("a partial reset takes the cursor back, and never forward", async () => {
  const { backlog, load } = createBacklog();
  await load(newestFirst(5, 1));
  backlog.resumeFrom({ cursor: 9n, log: "log-2" });
  expect([backlog.cursor, backlog.log]).toEqual([5n, "log-2"]);
  backlog.resumeFrom({ cursor: 3n, log: "log-3" });
  expect([backlog.cursor, backlog.log]).toEqual([3n, "log-3"]);
});

test("rows that were loaded again say whether they are the ones from before", async () => {
  const { backlog, load } = createBacklog();
  await load(newestFirst(5, 1));
  backlog.invalidate();
  expect(await load(newestFirst(6, 1), { log: "log-2" })).toMatchObject({ agrees: true });
  backlog.invalidate();
  const others = [row(2, { text: "another" }), row(1, { text: "another" })];
  expect(await load(others, { log: "log-3" })).toMatchObject({ agrees: false });
});

test("an event that somebody's script shows does not move the cursor", async () => {
  const { backlog, load, shown } = createBacklog();
  await load([row(1)]);
  expect(backlog.show(row(7))).toBe(true);
  expect(backlog.show(row(7))).toBe(false);
  expect(shown()).toEqual(["Row 7", "Row 1"]);
  expect(backlog.cursor).toBe(1n);
});

test("a row without an id is left out, and does not stop those after it", async () => {
  const { backlog, load, shown, unreadable } = createBacklog();
  await load([row(3), { text: "no id" }, row(1)]);
  expect(shown()).toEqual(["Row 3", "Row 1"]);
  expect(backlog.record({ text: "no id" })).toBe(false);
  expect(unreadable).toHaveLength(2);
});

test("a page that is far behind loads the newest rows, and counts those after its cursor", async () => {
  const { backlog, load } = createBacklog();
  await load(newestFirst(2, 1));
  backlog.skipAhead();
  expect(backlog.isLoaded).toBe(false);
  expect(await load([row(1_000_000), row(2), row(1)])).toEqual({ scannedTo: null, newer: 1, agrees: true });
  expect([backlog.isLoaded, backlog.cursor]).toEqual([true, 1_000_000n]);
});

test("columns that were renamed are read by their new roles", async () => {
  const { backlog, answer, shown } = createBacklog();
  const loading = backlog.loadNewest({ ...FIRST_READING, roles: { id: "key" } });
  await answer(list([{ key: 1, text: "renamed" }], { latestId: 1 }));
  await loading;
  expect([backlog.cursor, shown()]).toEqual([1n, ["renamed"]]);
});
