import { heapStats } from "bun:jsc";
import { expect, test } from "bun:test";

import { FIRST_READING } from "../../../src/web/event/reading.ts";
import { floodPauseMs } from "../../../src/web/feed/flood.ts";
import { HOLD_MS, MAX_ROWS, Rows } from "../../../src/web/feed/rows.ts";
import { createState } from "../../../src/web/state.ts";
import { until } from "../../support/until.ts";

const event = (id: number, text = "") => ({ id: BigInt(id), json: { id, text } });
const events = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => event(from + at));

/** Rows whose animation frames come when the test says so. */
function createRows({ isSeen = true } = {}) {
  const state = createState();
  const frames: (() => void)[] = [];
  let shortages = 0;
  const clock = { ms: 0 };
  const rows = new Rows(state, {
    onShort: () => shortages++,
    onInvalid: () => undefined,
    nextFrame: (draw) => frames.push(draw),
    now: () => clock.ms,
    isSeen: () => isSeen,
  });
  return {
    state,
    clock,
    rows,
    frames,
    draw: () => frames.splice(0).forEach((each) => each()),
    shown: () => state.events.value?.map(({ id }) => Number(id)),
    texts: () => state.events.value?.map(({ json }) => json["text"]),
    get shortages() {
      return shortages;
    },
  };
}

test("the first row of a frame is shown as it comes, those after it in the frame, and only the new ones arrive", () => {
  const { state, rows, frames, draw, shown } = createRows();
  rows.replace(events(1, 2).toReversed(), FIRST_READING, false);
  expect(shown()).toEqual([2, 1]);
  expect(state.arriving.value.size).toBe(0);
  for (const each of events(3, 5)) rows.add(each);
  expect(frames).toHaveLength(1);
  expect(shown()).toEqual([3, 2, 1]);
  expect(state.arriving.value).toEqual(new Set([3n]));
  draw();
  expect(shown()).toEqual([5, 4, 3, 2, 1]);
  expect(state.arriving.value).toEqual(new Set([4n, 5n]));
  expect(state.received.value).toBe(3);
  // Nothing came since: the next row is the first one again.
  draw();
  rows.add(event(6));
  expect(shown()?.[0]).toBe(6);
});

test("in a tab that nobody looks at no row is drawn before a frame", () => {
  const { rows, draw, shown } = createRows({ isSeen: false });
  rows.add(event(1));
  expect(shown()).toBeUndefined();
  draw();
  expect(shown()).toEqual([1]);
});

test("rows that come faster than the page can draw each of them wait for the frame", () => {
  const { rows, draw, shown, clock } = createRows();
  for (let id = 1; id <= 300; id++) {
    clock.ms += 3;
    rows.add(event(id));
    draw();
  }
  rows.add(event(301));
  expect(shown()?.[0]).toBe(300);
  draw();
  expect(shown()?.[0]).toBe(301);
});

test("a flood waits until the table before it is drawn, and is shown then", async () => {
  const { state, rows, frames, draw, shown, clock } = createRows();
  for (const each of events(1, 60)) rows.add(each);
  draw();
  state.log.isDrawn.value = false;
  rows.add(event(61));
  for (let frame = 0; frame < 3; frame++) {
    clock.ms += 1000;
    await until(() => frames.length > 0, "the next frame");
    draw();
    expect(shown()?.[0]).toBe(60);
  }
  state.log.isDrawn.value = true;
  const isShown = () => {
    clock.ms += 1000;
    draw();
    return shown()?.[0] === 61;
  };
  await until(isShown, "the row that waited");
});

test("a flood arrives without a fade", () => {
  const { state, rows, draw, shown } = createRows();
  for (const each of events(1, 60)) rows.add(each);
  draw();
  expect(shown()).toHaveLength(MAX_ROWS);
  expect(state.arriving.value.size).toBe(0);
  expect(state.received.value).toBe(60);
});

test("a flood is drawn the less often the longer it takes, so that the page can still answer", () => {
  expect([1, 25, 100, 10_000].map(floodPauseMs)).toEqual([50, 50, 200, 500]);
});

test("rows that come one by one, but fast, arrive without a fade until they are slow again", () => {
  const { state, rows, draw, clock } = createRows();
  let id = 0;
  const next = (afterMs: number) => {
    clock.ms += afterMs;
    rows.add(event(++id));
    draw();
    return state.arriving.value.size;
  };
  const fast = Array.from({ length: 300 }, () => next(10));
  expect(fast.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => 1));
  expect(fast.slice(8).every((count) => count === 0)).toBe(true);
  expect(next(2500)).toBe(1);
});

test("rows come quickly where more than 20 come in a second, and until none has come for a while", async () => {
  const { state, rows, draw, clock } = createRows();
  rows.replace(events(1, 50).toReversed(), FIRST_READING, false);
  expect(state.isQuick.value).toBeFalse();
  for (let id = 51; id <= 70; id++) {
    clock.ms += 40;
    rows.add(event(id));
    draw();
    expect(state.isQuick.value).toBeFalse();
  }
  rows.add(event(71));
  draw();
  expect(state.isQuick.value).toBeTrue();
  await until(() => !state.isQuick.value, "the rest");
});

test("rows that come slowly after many are no longer quick", () => {
  const { state, rows, draw, clock } = createRows();
  for (const each of events(1, 60)) rows.add(each);
  draw();
  expect(state.isQuick.value).toBeTrue();
  clock.ms += 2500;
  rows.add(event(61));
  draw();
  expect(state.isQuick.value).toBeFalse();
});

test("a hidden tab, which gets no frames, keeps nothing of the rows that go by", () => {
  const { rows, frames } = createRows();
  // Ids that JavaScriptCore can't keep inside the value itself, so that the heap counts them.
  const first = 2n ** 60n;
  const add = (count: number, offset: number) => {
    for (let at = 0; at < count; at++) rows.add({ id: first + BigInt(offset + at), json: {} });
  };
  add(1000, 0);
  const countIds = () => {
    Bun.gc(true);
    const { BigInt: count } = heapStats().objectTypeCounts;
    if (count === undefined) throw new Error("the heap's statistics have another name for a bigint");
    return count;
  };
  const before = countIds();
  add(20_000, 1000);
  expect(countIds() - before).toBeLessThan(1000);
  expect(frames).toHaveLength(1);
});

test("rows that mean nothing any longer stay until the first row that is sent in their place", () => {
  const { rows, draw, shown, texts } = createRows();
  rows.replace(events(1, 5).toReversed(), FIRST_READING, false);
  rows.dropAfter(3n);
  draw();
  expect(shown()).toEqual([5, 4, 3, 2, 1]);
  rows.add(event(4, "another"));
  draw();
  expect(shown()).toEqual([4, 3, 2, 1]);
  expect(texts()?.[0]).toBe("another");
});

test("a frame that was asked for before the reset shows no gap either", () => {
  const { rows, draw, shown } = createRows();
  rows.replace(events(1, 5).toReversed(), FIRST_READING, false);
  for (const each of events(6, 7)) rows.add(each);
  rows.dropAfter(3n);
  draw();
  expect(shown()).toEqual([6, 5, 4, 3, 2, 1]);
});

test("where no row comes they go after a second, and what is missing is asked for", async () => {
  const board = createRows();
  board.rows.replace(events(1, 5).toReversed(), FIRST_READING, false);
  board.rows.dropAfter(3n);
  await until(() => board.shown()?.length === 3, "the void rows to go", HOLD_MS + 5000);
  expect(board.shortages).toBe(1);
});

test("a reset whose rows were all replaced asks for nothing", async () => {
  const board = createRows();
  board.rows.replace(events(1, 5).toReversed(), FIRST_READING, false);
  board.rows.dropAfter(3n);
  for (const each of events(4, 5)) board.rows.add(each);
  // A second board tells when the second has passed.
  const clock = createRows();
  clock.rows.replace(events(1, 5).toReversed(), FIRST_READING, false);
  clock.rows.dropAfter(3n);
  await until(() => clock.shortages === 1, "a second", HOLD_MS + 5000);
  expect(board.shortages).toBe(0);
});

test("rows of a log that is gone stay until the new ones are there", () => {
  const { rows, draw, shown, texts } = createRows();
  rows.replace(events(1, 5).toReversed(), FIRST_READING, false);
  for (const each of events(6, 7)) rows.add(each);
  rows.invalidate();
  draw();
  expect(shown()).toEqual([6, 5, 4, 3, 2, 1]);
  rows.replace([event(2, "new"), event(1, "new")], FIRST_READING, false);
  expect(shown()).toEqual([2, 1]);
  expect(texts()).toEqual(["new", "new"]);
});

test("a list that was read before the newest rows came does not push them out", () => {
  const { rows, shown } = createRows();
  rows.replace(events(1, 5).toReversed(), FIRST_READING, false);
  rows.add(event(6));
  rows.replace(events(3, 5).toReversed(), FIRST_READING, false);
  expect(shown()).toEqual([6, 5, 4, 3]);
});

test("the rows reach back to the first one until there is no room for it", () => {
  const { rows, state, draw } = createRows();
  rows.replace(events(1, 49).toReversed(), FIRST_READING, true);
  expect(state.isFromFirst.value).toBe(true);
  rows.add(event(50));
  draw();
  expect(state.isFromFirst.value).toBe(true);
  rows.add(event(51));
  draw();
  expect(state.isFromFirst.value).toBe(false);
  rows.replace(events(1, 5).toReversed(), FIRST_READING, true);
  expect(state.isFromFirst.value).toBe(false);
  rows.invalidate();
  rows.replace(events(1, 5).toReversed(), FIRST_READING, true);
  expect(state.isFromFirst.value).toBe(true);
});
