import { expect, test } from "bun:test";

import type { EventList } from "../../../src/events.ts";
import { FIRST_READING } from "../../../src/web/event/reading.ts";
import { createLog } from "../../../src/web/log/log.ts";
import { PAGE_ROWS } from "../../../src/web/log/pages.ts";
import { createState } from "../../../src/web/state.ts";
import { until } from "../../support/until.ts";

/** When the row with an id happened. */
const msOf = (id: number) => Date.parse("2026-03-01T00:00:00Z") + id * 1000;

const down = (from: number, to: number) =>
  Array.from({ length: Math.max(from - to + 1, 0) }, (_, at) => ({
    id: from - at,
    summary: `number ${from - at}`,
    timestamp: new Date(msOf(from - at)).toISOString(),
  }));

/** A log of the rows 1 to `latest`, and what was asked of it. */
function createBoard(latest: number) {
  const state = createState();
  const asked: string[] = [];
  let failure: Error | undefined;
  /** As the server answers; searches that end early are not part of it. */
  const fetchEvents = async (query: string): Promise<EventList> => {
    asked.push(query);
    if (failure !== undefined) throw failure;
    const parameters = new URLSearchParams(query);
    const limit = Number(parameters.get("limit"));
    const [before, after, at] = ["before", "after", "at"].map((name) => parameters.get(name));
    let items = down(latest, 1);
    let next: number | null = null;
    if (after !== null && after !== undefined) {
      const from = Math.max(Number(after), 0);
      items = down(Math.min(latest, from + limit), from + 1).toReversed();
      next = from + limit < latest ? from + limit : null;
    } else if (at !== null && at !== undefined) {
      const middle = Math.min(Math.max((Date.parse(at) - msOf(0)) / 1000, 1), latest + 1);
      items = down(Math.min(latest, middle + limit / 2 - 1), Math.max(1, middle - limit / 2));
      next = items.at(-1)?.id ?? null;
    } else {
      const top = before === null || before === undefined ? latest : Math.min(latest, Number(before) - 1);
      items = down(top, Math.max(top - limit + 1, 1));
      next = (items.at(-1)?.id ?? 1) > 1 ? (items.at(-1)?.id ?? null) : null;
    }
    return { items, count: items.length, latestId: latest, log: "a", next, scannedTo: null };
  };
  state.reading.value = { ...FIRST_READING, roles: { id: "id", time: "timestamp", summary: "summary" } };
  const log = createLog(state, { fetchEvents, logName: () => "a", onLogChanged: () => undefined });
  const show = (from: number, to: number) => {
    state.newest.value = down(from, to).map((json) => ({ id: BigInt(json.id), json }));
  };
  show(latest, Math.max(latest - 49, 1));
  return {
    state,
    log,
    asked,
    show,
    /** A row that another process writes. */
    write: () => {
      latest++;
      show(latest, latest - 49);
      state.received.value++;
    },
    fail: (error: Error | undefined) => {
      failure = error;
    },
    told: () => state.notice.value?.text,
    targeted: () => state.log.selected.value?.id,
    ids: () => state.events.value?.map(({ id }) => Number(id)) ?? [],
  };
}

test("the rows that are held stay while others come, and those are counted", () => {
  const { state, log, ids, write } = createBoard(100);
  log.hold("pause");
  for (let each = 0; each < 60; each++) write();
  expect(ids()).toEqual(down(100, 51).map(({ id }) => id));
  expect(state.log.missed.value).toEqual({ count: 60, isMore: false });
  log.resume();
  expect(ids()[0]).toBe(160);
  expect(state.log.missed.value).toEqual({ count: 0, isMore: false });
});

test("older rows come page by page, down to the first", async () => {
  const { state, log, ids } = createBoard(300);
  log.hold("scroll");
  await log.loadOlder();
  expect(ids()).toEqual(down(300, 251 - PAGE_ROWS).map(({ id }) => id));
  while (state.log.segment.value?.older.kind === "more") await log.loadOlder();
  expect(ids()).toEqual(down(300, 1).map(({ id }) => id));
});

test("two calls at the same time ask once", async () => {
  const { log, asked } = createBoard(300);
  log.hold("scroll");
  await Promise.all([log.loadOlder(), log.loadOlder()]);
  expect(asked).toEqual([`limit=${PAGE_ROWS}&before=251`]);
});

test("what came while the reader was away comes back page by page, and then the view is live", async () => {
  const { state, log, ids, write } = createBoard(100);
  log.hold("scroll");
  for (let each = 0; each < 150; each++) write();
  for (const newest of [200, 250]) {
    log.reachTop();
    expect(state.log.view.value.name).toBe("held");
    await until(() => ids()[0] === newest, "a page of newer rows");
  }
  expect(ids()).toEqual(down(250, 51).map(({ id }) => id));
  log.reachTop();
  expect(state.log.view.value.name).toBe("live");
});

test("a reader who scrolls up to the newest row is live again, and one who has paused is not", () => {
  const { state, log } = createBoard(100);
  log.hold("scroll");
  log.reachTop();
  expect(state.log.view.value.name).toBe("live");
  log.hold("pause");
  log.reachTop();
  expect(state.log.view.value.name).toBe("held");
});

test("a reader who has paused reads back too, and up again to the row of the pause", async () => {
  const { state, log, ids, write } = createBoard(3000);
  log.hold("pause");
  for (let each = 0; each < 5; each++) write();
  while ((ids().at(-1) ?? 0) > 1500) await log.loadOlder();
  expect(ids()[0]).toBeLessThan(3000);
  for (let each = 0; each < 12; each++) await log.loadNewer();
  expect(ids()[0]).toBe(3000);
  log.reachTop();
  expect(state.log.view.value).toMatchObject({ name: "held", why: "pause" });
  expect(state.log.missed.value.count).toBe(5);
  log.resume();
  expect(ids()[0]).toBe(3005);
});

test("nothing is left out on the way up, however long the reader stayed after the last look", async () => {
  const { state, log, ids, write } = createBoard(100);
  log.hold("scroll");
  await log.loadNewer();
  for (let each = 0; each < 80; each++) write();
  log.reachTop();
  expect(state.log.view.value.name).toBe("held");
  await until(() => ids()[0] === 180, "the rows between");
  expect(ids()).toEqual(down(180, 51).map(({ id }) => id));
});

test("a time is shown among its neighbours, and both ways lead on", async () => {
  const { state, log, ids } = createBoard(5000);
  await log.jumpTo(msOf(3000));
  expect(ids()).toContain(3000);
  expect(state.log.selected.value).toEqual({ id: 3000n, isSought: true });
  await log.loadNewer();
  await log.loadOlder();
  const shown = ids();
  expect(shown).toEqual(down(shown[0] ?? 0, shown.at(-1) ?? 0).map(({ id }) => id));
  expect(shown.length).toBeGreaterThan(2 * PAGE_ROWS);
});

test("near the ends of the log the row that is nearest to a time is the one", async () => {
  const { state, log } = createBoard(5000);
  for (const [second, id] of [
    [4990, 4990n],
    [20, 20n],
    [9_000_000, 5000n],
    [-9_000_000, 1n],
  ] as const) {
    await log.jumpTo(msOf(second));
    expect(state.log.selected.value).toEqual({ id, isSought: true });
  }
});

test("where an event is not, its neighbours are shown, and that it is not there", async () => {
  const { state, log, ids, told, targeted } = createBoard(5000);
  for (const [id, nearest] of [
    [777_777n, 5000n],
    [-5n, 1n],
    [2n ** 63n, undefined],
    [-(2n ** 63n) - 1n, undefined],
  ] as const) {
    log.resume();
    state.log.selected.value = undefined;
    state.notice.value = undefined;
    await log.jumpToEvent(id);
    expect(told()).toBe(`There is no event ${id}.`);
    expect(targeted()).toBe(nearest);
    if (nearest !== undefined) expect(ids()).toContain(Number(nearest));
  }
  state.question.value = "type:x";
  await log.jumpToEvent(777_777n);
  expect(told()).toBe("No match has the ID 777777.");
});

test("the largest id and the smallest are among their neighbours, too", async () => {
  const { asked, log } = createBoard(50);
  await log.jumpToEvent(2n ** 63n - 1n);
  await log.jumpToEvent(-(2n ** 63n) + 1n);
  for (const query of asked) {
    const [id = "0"] = query.match(/-?\d+$/) ?? [];
    expect(BigInt.asIntN(64, BigInt(id))).toBe(BigInt(id));
  }
});

test("a jump that fails says so, and leaves the reader where they were", async () => {
  const { state, log, ids, fail, told } = createBoard(300);
  fail(new Error("The server did not answer."));
  for (const jump of [() => log.jumpTo(0), () => log.jumpToEvent(7n), () => log.showOldest()]) {
    state.notice.value = undefined;
    await jump();
    expect(told()).toBe("The rows can’t be loaded: The server did not answer.");
    expect(state.log.view.value.name).toBe("live");
    expect(state.log.failure.value).toBeUndefined();
    expect(ids()[0]).toBe(300);
  }
});

test("what the log was before another question holds nothing, and a jump from there is dropped", async () => {
  const { state, log, ids, show } = createBoard(300);
  const jump = log.jumpTo(msOf(5));
  state.isStale.value = true;
  log.invalidate(undefined);
  await jump;
  expect(state.log.view.value.name).toBe("live");
  for (const why of ["scroll", "pointer", "row", "pause"] as const) log.hold(why);
  expect(state.log.view.value.name).toBe("live");
  show(300, 251);
  state.isStale.value = false;
  log.hold("scroll");
  expect(ids()).toHaveLength(50);
});

test("an event is shown among its neighbours", async () => {
  const { state, log, ids } = createBoard(5000);
  await log.showAround(2500n);
  expect(ids()).toContain(2500);
  expect(ids()).toContain(2501);
  expect(ids()).toContain(2499);
  expect(state.log.selected.value).toEqual({ id: 2500n, isSought: true });
  expect(state.log.view.value).toMatchObject({ name: "held", why: "jump" });
});

test("an event that is in sight needs no request", async () => {
  const { log, asked, state } = createBoard(100);
  await log.showAround(90n);
  expect(asked).toEqual([]);
  expect(state.log.view.value).toMatchObject({ name: "held", why: "row" });
});

test("the beginning of the log is one step away", async () => {
  const { log, ids } = createBoard(5000);
  await log.showOldest();
  expect(ids().at(-1)).toBe(1);
});

test("a page that can't be had is told, and the next try may succeed", async () => {
  const { state, log, ids, fail } = createBoard(300);
  log.hold("scroll");
  fail(new Error("the server can’t be reached"));
  await log.loadOlder();
  expect(state.log.failure.value).toBe("the server can’t be reached");
  fail(undefined);
  await log.loadOlder();
  expect(state.log.failure.value).toBeUndefined();
  expect(ids()).toHaveLength(50 + PAGE_ROWS);
});

test("an answer that comes after the reader has left is dropped", async () => {
  const { state, log, ids } = createBoard(300);
  log.hold("scroll");
  const answer = log.loadOlder();
  log.resume();
  await answer;
  expect(state.log.view.value.name).toBe("live");
  expect(ids()).toHaveLength(50);
  await until(() => !state.log.isLoading.value, "the load to end");
});

test("a search that goes on says so at once, and ends where it finds rows", async () => {
  const { state, log } = createBoard(300);
  log.hold("scroll");
  state.search.value = { scannedTo: 200n, isRunning: false };
  log.searchOn();
  expect(state.search.value).toEqual({ scannedTo: 200n, isRunning: true });
  await until(() => state.search.value === undefined, "the search to end");
});
