/** The chart of the events over time: what it counts, and how it looks and acts in a real browser. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { schemaSql } from "../../src/db/sqlite/create.ts";
import { barsOf } from "../../src/web/chart/bars.ts";
import { ticksOf } from "../../src/web/chart/ticks.ts";
import { asksFor, toggleValue } from "../../src/web/statistics/ask-value.ts";
import { boundsIn, hasBeginning, withBounds, withBoundsOf } from "../../src/web/statistics/bounds.ts";
import type { Counts } from "../../src/web/statistics/counts.ts";
import { parametersOf, refreshMsOf, spanOf } from "../../src/web/statistics/span.ts";
import { bucketFor, windowOf } from "../../src/web/statistics/windows.ts";
import { axe } from "../support/axe.ts";
import { Board, insertSql } from "../support/board.ts";
import { describeInBrowser, Tab } from "../support/browser.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const NOW = Date.parse("2026-03-04T10:00:00Z");
const MINUTE = 60_000;
const window = windowOf("15 min");

describe("the bounds of a question", () => {
  test("are its since and until, relative or not", () => {
    expect(boundsIn("x since:2h", "UTC", NOW)).toEqual({ fromMs: NOW - 120 * MINUTE, toMs: undefined });
    expect(boundsIn("since:2026-03-04 until:2026-03-04T09:00:07Z", "UTC", NOW)).toEqual({
      fromMs: Date.parse("2026-03-04T00:00:00Z"),
      toMs: Date.parse("2026-03-04T09:00:08Z"),
    });
    expect(boundsIn('-since:2h "since:1h" x', "UTC", NOW)).toEqual({ fromMs: undefined, toMs: undefined });
  });

  test("are replaced by those of a zoom, in the reader's zone, and mean exactly the chosen part", () => {
    const [from, to] = [NOW - 10 * MINUTE, NOW - 5 * MINUTE];
    const zoomed = withBounds('type:"a b" since:2h -x', from, to, "Asia/Kolkata");
    expect(zoomed).toBe('type:"a b" -x since:2026-03-04T15:20:00+05:30 until:2026-03-04T15:24:59+05:30');
    expect(boundsIn(zoomed, "UTC", NOW)).toEqual({ fromMs: from, toMs: to });
    expect(withBounds("", from, to, "UTC")).toBe("since:2026-03-04T09:50:00Z until:2026-03-04T09:54:59Z");
    expect(withBoundsOf(zoomed, "")).toBe('type:"a b" -x');
    expect(withBoundsOf(zoomed, "a until:1h")).toBe('type:"a b" -x until:1h');
    expect(hasBeginning(zoomed)).toBeTrue();
    expect(hasBeginning("until:1h -since:2h")).toBeFalse();
  });
});

describe("the span", () => {
  const span = (question: string) => spanOf({ question, window, zone: "UTC", nowMs: NOW });

  test("is the window, or what the question says", () => {
    expect(span("x")).toEqual({
      fromMs: undefined,
      toMs: undefined,
      lengthMs: 15 * MINUTE,
      bucketMs: 10_000,
    });
    expect(span("since:2h")).toMatchObject({ lengthMs: 120 * MINUTE, toMs: undefined });
    expect(span("since:2026-03-04T09:00Z until:2026-03-04T09:29Z")).toMatchObject({
      toMs: Date.parse("2026-03-04T09:30:00Z"),
      lengthMs: 30 * MINUTE,
      bucketMs: 30_000,
    });
  });

  test("is asked for so that the server can go on with what it has counted", () => {
    expect(parametersOf(span("x since:2h"), "x since:2h", "UTC")).toBe(
      "window=7200s&bucket=120s&budget=500&q=x",
    );
    expect(parametersOf(span("until:2026-03-04T08:59Z"), "until:2026-03-04T08:59Z", "UTC")).toBe(
      "window=900s&bucket=10s&to=2026-03-04T09:00:00.000Z&budget=500&q=until%3A2026-03-04T08%3A59Z",
    );
    expect(parametersOf(span("since:2020-01-01"), "", "UTC")).toStartWith("window=527040m&");
  });

  test("is counted again and again, unless it is over", () => {
    expect(refreshMsOf(span("x"), true)).toBe(5000);
    expect(refreshMsOf(span("since:1d"), true)).toBe(60_000);
    expect(refreshMsOf(span("until:1h"), true)).toBeUndefined();
    expect(refreshMsOf(span("until:1h"), false)).toBe(5000);
  });

  test.each([0, 1, 1000, 15 * MINUTE, 86_400_000, 366 * 86_400_000, 1e15])(
    "of %d ms has no thousand bars",
    (ms) => {
      const bucketMs = bucketFor(ms);
      expect(bucketMs).toBeGreaterThanOrEqual(1000);
      if (ms < 1e12) expect(ms / bucketMs).toBeLessThanOrEqual(100);
    },
  );
});

function counts(types: readonly string[], buckets: readonly [ms: number, counts: number[]][]): Counts {
  return {
    fromMs: NOW - 15 * MINUTE,
    toMs: NOW,
    bucketMs: 10_000,
    completeFromMs: NOW - 15 * MINUTE,
    latestId: 10n,
    types,
    buckets: buckets.map(([atMs, each]) => ({ atMs, counts: each })),
    actors: [],
    frequent: {},
  };
}

describe("the bars", () => {
  const span = spanOf({ question: "", window, zone: "UTC", nowMs: NOW });
  const row = (type: string, ms: number) => ({ id: 11n, ms, type, actor: "" });
  const told = (bars: ReturnType<typeof barsOf>) => bars.layers.map(({ type, total }) => [type, total]);

  test("are one for each length of time, whether something happened or not", () => {
    const bars = barsOf(counts(["a"], [[NOW - 20_000, [3, 0]]]), [], span, NOW);
    expect(bars.starts).toHaveLength(91);
    expect(bars.starts[0]).toBe(NOW - 15 * MINUTE);
    expect(bars.layers[0]?.counts.slice(-3)).toEqual([3, 0, 0]);
    expect(bars.total).toBe(3);
  });

  test("move with the rows that came since, and with the time", () => {
    const known = counts(["a"], [[NOW, [1, 0]]]);
    const bars = barsOf(known, [row("a", NOW + 1), row("b", NOW + 12_000)], span, NOW + 12_500);
    expect(told(bars)).toEqual([
      ["a", 2],
      ["b", 1],
    ]);
    expect(bars.starts.at(-1)).toBe(NOW + 10_000);
    expect(bars.layers.map((layer) => layer.counts.slice(-2))).toEqual([
      [2, 0],
      [0, 1],
    ]);
  });

  test("tell seven types apart, what failed on the ground, and the others together on top", () => {
    const types = ["t0", "t1", "t2", "t3", "t4", "task_failed", "task_done", "t7", "t8"];
    const bars = barsOf(counts(types, [[NOW, [9, 8, 7, 6, 5, 4, 3, 2, 1, 100]]]), [], span, NOW);
    expect(told(bars)).toEqual([
      ["task_failed", 4],
      ["task_done", 3],
      ["t0", 9],
      ["t1", 8],
      ["t2", 7],
      ["t3", 6],
      ["t4", 5],
      [undefined, 103],
    ]);
  });

  test("are quick with thousands of types", () => {
    const live = Array.from({ length: 20_000 }, (_, at) => row(`type-${at % 5000}`, NOW));
    const startedAt = performance.now();
    const bars = barsOf(counts([], []), live, span, NOW);
    expect(performance.now() - startedAt).toBeLessThan(200);
    expect(bars.layers).toHaveLength(8);
    expect(bars.total).toBe(20_000);
  });
});

test("the marks of the time are round in the reader's zone, also where the clocks change", () => {
  const iso = (ms: number) => new Date(ms).toISOString().slice(11, 16);
  expect(ticksOf(NOW - 15 * MINUTE, NOW, "UTC", 4).map(iso)).toEqual(["09:45", "09:50", "09:55", "10:00"]);
  expect(ticksOf(NOW - 24 * 60 * MINUTE, NOW, "Asia/Kolkata", 4).map(iso)).toEqual([
    "12:30",
    "18:30",
    "00:30",
    "06:30",
  ]);
  const change = Date.parse("2026-03-29T01:00:00Z");
  expect(ticksOf(change - 120 * MINUTE, change + 240 * MINUTE, "Europe/Berlin", 3).map(iso)).toEqual([
    "23:00",
    "01:00",
    "02:00",
    "04:00",
  ]);
  expect(ticksOf(NOW, NOW, "UTC", 4)).toEqual([NOW]);
});

test("a click on a type asks for it alone, and again for all", () => {
  expect(toggleValue("", "type", "a")).toBe("type:a");
  expect(toggleValue("x type:b -type:c since:1h", "type", "a, b*")).toBe('x -type:c since:1h type:"a, b\\*"');
  expect(asksFor("type:a x", "type", "a")).toBe(true);
  expect(asksFor("type:a,b", "type", "a")).toBe(false);
  expect(toggleValue("type:a x", "type", "a")).toBe("x");
  expect(toggleValue("", "type", "")).toBe('type:""');
});

const READOUT = "#chart .chart-readout";
const legend = `[...document.querySelectorAll(".chart-legend .legend-entry")].map((entry) => entry.textContent)`;

async function openBoard(): Promise<Board> {
  const board = await Board.open();
  for (const event_type of ["task_failed", "task_done", "task_done", "note, of one"])
    await board.writer.run(insertSql({ event_type, actor_id: "ann" }));
  return board;
}

/** Drags with the mouse over a part of the plot. */
async function drag(tab: Tab, from: number, to: number): Promise<void> {
  await until(() => tab.evaluate<boolean>("document.querySelector('#chart canvas') !== null"), "the canvas");
  const [left, top, width] = await tab.evaluate<number[]>(
    "(({ left, top, width }) => [left, top, width])(document.querySelector('#chart .u-over').getBoundingClientRect())",
  );
  const at = (part: number) => ({ x: (left ?? 0) + (width ?? 0) * part, y: (top ?? 0) + 30, button: "left" });
  const mouse = (type: string, part: number) =>
    tab.cdp("Input.dispatchMouseEvent", { type, ...at(part), buttons: 1, clickCount: 1 });
  await mouse("mouseMoved", from);
  await mouse("mousePressed", from);
  await mouse("mouseMoved", (from + to) / 2);
  await mouse("mouseMoved", to);
  await mouse("mouseReleased", to);
}

describeInBrowser("the chart", () => {
  test("comes by itself where its part of the page could not be loaded at first", async () => {
    await using board = await Board.open();
    await board.writer.insert(5);
    await using tab = await Tab.open("about:blank", { withoutCache: true });
    await tab.cdp("Network.setBlockedURLs", { urls: ["*/plot-*"] });
    await tab.cdp("Page.navigate", { url: board.server.url });
    await tab.untilText("#chart .chart-words", /^The chart can’t be loaded/);
    await tab.cdp("Network.setBlockedURLs", { urls: [] });
    await until(() => tab.evaluate<boolean>("document.querySelector('#chart canvas') !== null"), "the chart");
    expect(await tab.text("#chart .chart-words")).toBeNull();
  });

  test("counts what is there, moves with the rows, and says so in words", async () => {
    await using board = await openBoard();
    const tab = await board.openConnectedTab();
    await tab.untilText(READOUT, "4 events in the last 15 minutes");
    expect(await tab.evaluate(legend)).toEqual(["task_failed1", "task_done2", "note, of one1"]);
    await until(
      () => tab.evaluate<boolean>("document.querySelector('#chart canvas') !== null"),
      "the canvas",
    );
    expect(await tab.evaluate("document.querySelector('#chart [role=img]').ariaLabel")).toBe(
      "Bar chart: 4 events in the last 15 minutes. The most frequent types: task_done 2, task_failed 1, note, of one 1.",
    );
    expect(await axe(tab)).toEqual([]);
    const before = tab.requested("/api/stats").length;
    await board.writer.run(insertSql({ event_type: "task_done" }));
    await tab.untilText(READOUT, "5 events in the last 15 minutes");
    expect(tab.requested("/api/stats").length - before).toBeLessThanOrEqual(1);
    // The server has counted that row, too, the next time: it is counted once.
    await until(() => tab.requested("/api/stats").length >= before + 2, "two more answers", 20_000);
    expect(await tab.text(READOUT)).toBe("5 events in the last 15 minutes");
    expect(tab.errors).toEqual([]);
  });

  test("asks for a type from its legend, and for a part of the time with the mouse", async () => {
    await using board = await openBoard();
    const tab = await board.openConnectedTab();
    await tab.untilText(READOUT, /^4 events/);
    await tab.evaluate("[...document.querySelectorAll('.legend-entry')].at(-1).click()");
    await tab.untilRows([4]);
    expect(await tab.evaluate("document.querySelector('#search').value")).toBe('type:"note, of one"');
    await tab.untilText(READOUT, /^1 event /);
    await tab.evaluate("document.querySelector('.legend-entry[aria-pressed=true]').click()");
    await tab.untilRows([4, 3, 2, 1]);

    await drag(tab, 0.2, 0.5);
    await until(
      async () => /^since:\S+ until:\S+$/.test(await tab.evaluate("document.querySelector('#search').value")),
      "the question of the zoom",
    );
    await tab.untilText("#chart .chart-words", /^No events from .* to /);
    expect(await tab.evaluate("document.querySelectorAll('.window-switch [aria-pressed=true]').length")).toBe(
      0,
    );
    await tab.click("#reset-zoom");
    await tab.untilText(READOUT, "4 events in the last 15 minutes");
    expect(await tab.evaluate("location.search")).toBe("");
    expect(tab.errors).toEqual([]);
  });

  test("remembers the window, and that it is hidden", async () => {
    await using board = await openBoard();
    const tab = await board.openConnectedTab();
    await tab.untilText(READOUT, /last 15 minutes$/);
    await tab.click(".window-switch button:nth-child(3)");
    await tab.untilText(READOUT, "4 events in the last 24 hours");
    await tab.click("#toggle-chart");
    await until(async () => (await tab.text("#chart-body")) === null, "the chart to be hidden");
    await tab.reload();
    await tab.untilText(READOUT, "4 events in the last 24 hours");
    expect(await tab.text("#toggle-chart")).toBe("Show chart");
    expect(await tab.text("#chart-body")).toBeNull();
    await tab.click("#toggle-chart");
    await until(
      () => tab.evaluate<boolean>("document.querySelector('#chart canvas') !== null"),
      "the canvas",
    );
    expect(tab.errors).toEqual([]);
  });

  test("is calm in an empty log, and not there without a column that tells the time", async () => {
    await using board = await Board.open();
    const tab = await board.openConnectedTab();
    await tab.untilText("#chart .chart-words", "No events in the last 15 minutes.");
    expect(await axe(tab)).toEqual([]);
    // The server may be away when the first row is drawn.
    await until(() => tab.requested("/plot-").length === 1, "the library to be asked for");

    await using timeless = await Board.open("CREATE TABLE events (id INTEGER PRIMARY KEY, word TEXT)");
    await timeless.writer.run("INSERT INTO events (word) VALUES ('a')");
    const other = await timeless.openConnectedTab();
    await other.untilRows([1]);
    expect(await other.evaluate("document.querySelector('#chart')")).toBeNull();
    expect(other.requested("/api/stats")).toEqual([]);
    expect(other.errors).toEqual([]);
  });

  test("moves no row when it comes", async () => {
    await using board = await openBoard();
    const before = `new PerformanceObserver((list) => {
      for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) window.shift = (window.shift ?? 0) + value;
    }).observe({ type: "layout-shift", buffered: true });`;
    const tab = await board.openConnectedTab({ before });
    await tab.untilText(READOUT, /^4 events/);
    await until(
      () => tab.evaluate<boolean>("document.querySelector('#chart canvas') !== null"),
      "the canvas",
    );
    const [top = 0, height = 0] = await tab.evaluate<number[]>(
      "(({ top, height }) => [top, height])(document.querySelector('#chart').getBoundingClientRect())",
    );
    const rowTop = "document.querySelector('[data-event-id]').getBoundingClientRect().top";
    expect(await tab.evaluate<number>(rowTop)).toBeGreaterThanOrEqual(top + height);
    expect(await tab.evaluate<number>("window.shift ?? 0")).toBeLessThan(0.05);
  });

  test("keeps the page quick at 1,000 events in a second", async () => {
    await using board = await Board.open(schemaSql("events"));
    const before = `window.longest = 0;
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
      }).observe({ type: "longtask" });`;
    const tab = await board.openConnectedTab({ before });
    await board.writer.run(insertSql({}));
    await until(
      () => tab.evaluate<boolean>("document.querySelector('#chart canvas') !== null"),
      "the canvas",
    );
    const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
      INSERT INTO events(event_type, summary) SELECT 'type ' || abs(random() % 5000), 'number ' || i FROM n`;
    await board.writer.run(many, { times: 20, gapMs: 100 });
    await tab.untilText(READOUT, /^2,001 events/);
    expect(await tab.evaluate<number>("document.querySelectorAll('.legend-entry').length")).toBe(8);
    expect(tab.errors).toEqual([]);
  });
});
