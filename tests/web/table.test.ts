/** Tables that nobody here has seen, in a real browser: what a row shows, and what it opens to. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { DOUBLE_CLICK_MS } from "../../src/web/disclosure.ts";
import { MAX_ROWS } from "../../src/web/feed/rows.ts";
import { SLICE_ROWS } from "../../src/web/log/slices.ts";
import { Board, insertSql } from "../support/board.ts";
import { describeInBrowser, Tab } from "../support/browser.ts";
import { FakeServer, row } from "../support/fake-server.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** Two rounds of the status, and a busy machine. */
const ROUNDS_MS = 15_000;

/** The ids of a full table, newest first. */
const idsDown = (latest: number): number[] => Array.from({ length: MAX_ROWS }, (_, at) => latest - at);

const all = (selector: string) =>
  `[...document.querySelectorAll(${JSON.stringify(selector)})].map((each) => each.textContent)`;

/** A tab in a zone of its own. */
async function openIn(zone: string, url: string, before = ""): Promise<Tab> {
  const tab = await Tab.open("about:blank", { before });
  await tab.cdp("Emulation.setTimezoneOverride", { timezoneId: zone });
  await tab.cdp("Page.navigate", { url });
  await tab.untilText("#connection-status", "Connected");
  return tab;
}

describeInBrowser("the columns", () => {
  test("are read as the status says, and a change of it is followed in the page that is open", async () => {
    await using server = await FakeServer.start();
    server.commit(row(1, { timestamp: 1772600767, event_type: 0, note: "a note" }));
    await using tab = await Tab.open(server.url);
    await tab.untilText(".badge", "event_type 0");
    expect(await tab.evaluate(all(".label"))).toEqual(["note: a note"]);

    server.status = {
      columns: { id: "id", time: "timestamp", type: "event_type", summary: "note" },
      roles: { time: { column: "timestamp", form: "mac-s", why: "its values" } },
      labels: { event_type: { "0": "down" } },
    };
    await tab.untilText(".badge", "down", ROUNDS_MS);
    expect(await tab.text(".summary")).toBe("a note");
    expect(await tab.evaluate(all(".label"))).toEqual(["summary: Row 1"]);
    expect(await tab.evaluate("document.querySelector('time').dateTime")).toBe("2057-03-04T05:06:07.000Z");
    expect(await tab.evaluate("document.querySelector('.badge').title")).toBe("down (event_type: 0)");
    expect(tab.errors).toEqual([]);
  });

  test("that no row fills take no room, and the text of a referenced row stands for its key", async () => {
    await using server = await FakeServer.start();
    server.commit(row(1, { timestamp: null, event_type: 3, $names: { event_type: "state_changed" } }));
    await using tab = await Tab.open(server.url);
    await tab.untilText(".badge", "state_changed");
    expect(await tab.evaluate(all("th"))).toEqual(["Type", "Summary"]);
    server.commit(row(2, { actor_id: "ann" }));
    await tab.untilRows([2, 1]);
    expect(await tab.evaluate(all("th"))).toEqual(["Time", "Type", "Actor → target", "Summary"]);
  });
});

/** So many events in one commit. */
const manySql = (count: number): string =>
  `INSERT INTO events(event_type, summary) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ${count})
   SELECT 'step', 'step ' || i FROM n`;

/** Notes how many rows of the log come into the page before each frame, and how many there are at the most. */
const COUNT_ROWS = `window.drawn = { most: 0, frames: 0 };
new MutationObserver((records) => {
  const rows = records.flatMap(({ addedNodes }) => [...addedNodes])
    .flatMap((node) => (node instanceof Element ? [node, ...node.querySelectorAll("tr")] : []))
    .filter((node) => node.matches("[data-event-id]"));
  if (rows.length === 0) return;
  drawn.most = Math.max(drawn.most, new Set(rows).size);
  drawn.frames++;
}).observe(document, { childList: true, subtree: true });`;

describeInBrowser("many new rows at once", () => {
  test("are drawn over several frames, the newest first, and all are there in the end", async () => {
    await using board = await Board.open();
    await board.writer.run(manySql(200));
    await using tab = await Tab.open(board.server.url, { before: COUNT_ROWS });
    await tab.untilRows(idsDown(200));
    expect(await tab.evaluate<number>("drawn.most")).toBeLessThanOrEqual(SLICE_ROWS);
    expect(await tab.evaluate<number>("drawn.frames")).toBeGreaterThanOrEqual(MAX_ROWS / SLICE_ROWS);

    await tab.untilText("#connection-status", "Connected");
    await board.writer.run(manySql(300));
    await tab.untilRows(idsDown(500));
    expect(await tab.evaluate<number>("drawn.most")).toBeLessThanOrEqual(SLICE_ROWS);
    expect(tab.errors).toEqual([]);
  });
});

/** Notes at each frame with rows how many are in the page, and whether they reach to the end of the window. */
const WATCH_ROWS = `(window.seen = { least: 999, isShort: false }, requestAnimationFrame(function look() {
  const rows = [...document.querySelectorAll("tr[data-event-id]")].filter((row) => row.checkVisibility());
  if (rows.length > 0) {
    seen.least = Math.min(seen.least, rows.length);
    if (rows.at(-1).getBoundingClientRect().bottom < Math.min(innerHeight, 500)) seen.isShort = true;
  }
  requestAnimationFrame(look);
}))`;

describeInBrowser("rows that come quicker than anybody reads", () => {
  test("are in the page as far as they are in sight, and all of them when they rest", async () => {
    await using board = await Board.open();
    await board.writer.run(manySql(200));
    await using tab = await Tab.open(board.server.url);
    await tab.untilRows(idsDown(200));
    await tab.untilText("#connection-status", "Connected");
    await tab.evaluate(WATCH_ROWS);
    const write = async (from: number, to: number): Promise<void> => {
      for (let step = from; step < to; step++) {
        await board.writer.run(
          `INSERT INTO events(event_type, summary) VALUES ('step', 'quick step ${step}')`,
        );
        await Bun.sleep(10);
      }
    };
    await write(0, 60);
    // A pointer that crosses the rows holds them, and has no others drawn under them.
    const { x, y } = await tab.evaluate<{ x: number; y: number }>(
      `(() => { const { x, y } = document.querySelector("tbody .summary").getBoundingClientRect(); return { x, y }; })()`,
    );
    const drawn = 'document.querySelectorAll("tr[data-event-id]").length';
    for (let at = 0; at < 4; at++) {
      await tab.cdp("Input.dispatchMouseEvent", { type: "mouseMoved", x: x + at, y: y + 8 });
      await write(60 + 5 * at, 65 + 5 * at);
      expect(await tab.evaluate<number>(drawn)).toBeLessThan(MAX_ROWS);
    }
    await tab.cdp("Input.dispatchMouseEvent", { type: "mouseMoved", x: 1, y: 1 });
    expect(await tab.evaluate<number>("seen.least")).toBeLessThan(MAX_ROWS);
    expect(await tab.evaluate<boolean>("seen.isShort")).toBeFalse();
    await tab.untilRows(idsDown(280));
    expect(await tab.evaluate<number>('document.querySelectorAll(".events.quick").length')).toBe(0);
    expect(tab.errors).toEqual([]);
  });

  test("come over several frames where the reader holds them, and none is left out below", async () => {
    await using board = await Board.open();
    await board.writer.run(manySql(200));
    await using tab = await Tab.open(board.server.url, { before: COUNT_ROWS });
    await tab.untilRows(idsDown(200));
    await tab.untilText("#connection-status", "Connected");
    let isWriting = true;
    const write = async (): Promise<void> => {
      while (isWriting) {
        await board.writer.run("INSERT INTO events(event_type, summary) VALUES ('step', hex(randomblob(8)))");
        await Bun.sleep(10);
      }
    };
    const written = write();
    const drawn = 'document.querySelectorAll("tr[data-event-id]").length';
    await until(async () => (await tab.evaluate<number>(drawn)) < MAX_ROWS, "rows out of sight to go");
    await tab.evaluate("(drawn.most = 0, document.querySelector('#pause').click())");
    await until(async () => (await tab.evaluate<number>(drawn)) === MAX_ROWS, "all rows that are held");
    isWriting = false;
    await written;
    expect(await tab.evaluate<number>("drawn.most")).toBeLessThanOrEqual(SLICE_ROWS);
    // Each row is where the list has it, so that scrolling on finds no gap.
    const oldest = (await tab.rows()).map(Number).at(-1) ?? 0;
    await tab.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
    const ids = await until(async () => {
      const rows = (await tab.rows()).map(Number);
      return (rows.at(-1) ?? oldest) < oldest ? rows : undefined;
    }, "older rows");
    expect(ids).toEqual(ids.map((_, at) => Number(ids[0]) - at));
    expect(tab.errors).toEqual([]);
  });
});

describeInBrowser("times", () => {
  test("are local, and in UTC on request, which the browser remembers", async () => {
    await using server = await FakeServer.start();
    server.commit(row(1), row(2, { timestamp: "yesterday" }));
    await using tab = await openIn("Asia/Tokyo", server.url);
    expect(await tab.text("[data-event-id='1'] time")).toMatch(/02:06:07\.089 PM$/);
    expect(await tab.evaluate("document.querySelector('.raw-time').title")).toStartWith("Not a time");
    await tab.click("#zone-switch");
    expect(await tab.text("#zone-switch")).toBe("UTC");
    expect(await tab.text("[data-event-id='1'] time")).toMatch(/05:06:07\.089 AM$/);
    await tab.reload();
    await tab.untilText("[data-event-id='1'] time", /05:06:07\.089 AM$/);
  });

  test("follow the browser to another zone, and say their offset where the clocks are put back", async () => {
    await using server = await FakeServer.start();
    server.commit(
      row(1, { timestamp: "2025-10-26T00:30:00Z" }),
      row(2, { timestamp: "2025-10-26T01:30:00Z" }),
    );
    await using tab = await openIn("Asia/Tokyo", server.url);
    await tab.untilText("[data-event-id='1'] time", /09:30:00\.000 AM$/);
    await tab.cdp("Emulation.setTimezoneOverride", { timezoneId: "Europe/Berlin" });
    await tab.untilText("[data-event-id='1'] time", /02:30:00\.000 AM \+02:00$/, ROUNDS_MS);
    expect(await tab.text("[data-event-id='2'] time")).toMatch(/02:30:00\.000 AM \+01:00$/);
  });

  test("can be switched where the browser has no storage", async () => {
    await using server = await FakeServer.start();
    server.commit(row(1));
    const blocked = `Object.defineProperty(window, "localStorage", { get() { throw new DOMException("blocked"); } })`;
    await using tab = await openIn("Asia/Tokyo", server.url, blocked);
    await tab.click("#zone-switch");
    expect(await tab.text("[data-event-id='1'] time")).toMatch(/05:06:07\.089 AM$/);
    expect(tab.errors).toEqual([]);
  });
});

describeInBrowser("a row", () => {
  const opener = "[data-event-id='1'] .opener";
  const expanded = `document.querySelector("${opener}").getAttribute("aria-expanded")`;

  test("opens beside the list by a click and by the keyboard, and stays open", async () => {
    await using board = await Board.open();
    await board.writer.run(insertSql({ summary: "one\n\ttwo", metadata: '{"a":[1]}' }));
    const tab = await board.openConnectedTab();
    expect(await tab.evaluate(expanded)).toBe("false");

    await tab.click("[data-event-id='1'] .summary");
    await tab.untilText("#detail .fields", /metadata/);
    expect(await tab.evaluate(expanded)).toBe("true");
    expect(await tab.evaluate("document.querySelector('[data-event-id]').getAttribute('aria-current')")).toBe(
      "true",
    );
    expect(await tab.evaluate<string[]>(all("#detail dt bdi"))).toEqual([
      "id",
      "timestamp",
      "event_type",
      "actor_id",
      "target_id",
      "target_type",
      "summary",
      "metadata",
    ]);
    await board.writer.insert(1);
    await tab.untilText("#new-events", "1 new");
    expect(await tab.evaluate(expanded)).toBe("true");

    for (const [key, text, state] of [
      ["Enter", "\r", "false"],
      [" ", " ", "true"],
    ] as const) {
      await tab.evaluate(`document.querySelector("${opener}").focus()`);
      await tab.cdp("Input.dispatchKeyEvent", { type: "keyDown", key, text });
      await tab.cdp("Input.dispatchKeyEvent", { type: "keyUp", key });
      await until(
        async () => (await tab.evaluate(expanded)) === state,
        `${JSON.stringify(key)} to toggle the row`,
      );
    }
    expect(tab.errors).toEqual([]);
  });

  test("does not open where its text is selected", async () => {
    await using board = await Board.open();
    await board.writer.run(insertSql({ summary: "some words to select" }));
    const tab = await board.openConnectedTab();
    const { x, y, right } = await tab.evaluate<{ x: number; y: number; right: number }>(
      `(() => { const { x, y, right } = document.querySelector(".summary").getBoundingClientRect(); return { x, y, right }; })()`,
    );
    const mouse = (type: string, at: number, clickCount = 1) =>
      tab.cdp("Input.dispatchMouseEvent", { type, x: at, y: y + 6, button: "left", buttons: 1, clickCount });
    await mouse("mousePressed", x + 2);
    await mouse("mouseMoved", x + 60);
    await mouse("mouseReleased", x + 60);
    expect(await tab.evaluate("String(getSelection())")).not.toBe("");
    expect(await tab.evaluate(expanded)).toBe("false");
    // A double click selects a word, and opens nothing.
    await tab.evaluate("getSelection().removeAllRanges()");
    for (const count of [1, 2]) {
      await mouse("mousePressed", Math.min(x + 10, right), count);
      await mouse("mouseReleased", Math.min(x + 10, right), count);
    }
    expect(await tab.evaluate("String(getSelection()).trim()")).toBe("some");
    // A timer that was set before this one has had its turn.
    await tab.evaluate(`new Promise((resolve) => setTimeout(resolve, ${DOUBLE_CLICK_MS}))`);
    expect(await tab.evaluate(expanded)).toBe("false");
  });

  test("loads what was too large for the list, and copies on plain HTTP too", async () => {
    await using board = await Board.open();
    await board.writer.run(
      `INSERT INTO events(event_type, summary, metadata) VALUES ('x', 'two' || char(10) || 'lines', printf('%.600000c', 'y'))`,
    );
    const copied = `document.addEventListener("copy", () => { window.copied = document.activeElement.value; });
      Object.defineProperty(navigator, "clipboard", { value: undefined });`;
    const tab = await board.openConnectedTab({ before: copied });
    await tab.click(opener);
    await tab.untilText("#detail .show-all", /600,000/);
    expect(tab.requested("/api/events/1")).toEqual(["/api/events/1"]);
    const copyRow = "#detail .detail-actions > .copy:nth-last-of-type(1)";
    await tab.untilText(copyRow, "Copy row");
    await tab.click(copyRow);
    await tab.untilText(copyRow, "Copied");
    const line = await tab.evaluate<string>("copied");
    expect(line.split("\t")).toHaveLength(8);
    expect(line).toContain("\ttwo lines\tyyy");
    expect(line.length).toBeGreaterThan(600_000);
    expect(tab.errors).toEqual([]);
  });
});

describeInBrowser("text", () => {
  test("keeps its lines and colours, and hides nothing", async () => {
    await using board = await Board.open();
    await board.writer.run(
      insertSql({ summary: "\u001B[1;31mERROR\u001B[0m a\n\tb \u202Etxt.exe \u001B[2Kbell\u0007" }),
    );
    const tab = await board.openConnectedTab();
    expect(await tab.text(".summary")).toBe("ERROR a\n\tb U+202Etxt.exe bell␇");
    expect(await tab.evaluate(`getComputedStyle(document.querySelector(".summary")).whiteSpace`)).toBe(
      "pre-wrap",
    );
    expect(await tab.evaluate(`document.querySelector(".summary span").className`)).toBe(
      "ansi-bold ansi-named",
    );
    expect(await tab.evaluate(`getComputedStyle(document.querySelector(".summary span")).color`)).toBe(
      "rgb(179, 38, 30)",
    );
    expect(await tab.text(".mark-char")).toBe("U+202E");
    expect(tab.errors).toEqual([]);
  });

  test("a long type shows its end", async () => {
    await using board = await Board.open();
    await board.writer.run(insertSql({ event_type: "com.example.very.long.prefix.Started" }));
    const tab = await board.openConnectedTab();
    const fits = `(() => { const end = document.querySelector(".badge-end"); return end.scrollWidth <= end.clientWidth
      && end.getBoundingClientRect().right <= end.closest("td").getBoundingClientRect().right; })()`;
    expect(await tab.evaluate(fits)).toBe(true);
    expect(await tab.text(".badge-end")).toEndWith("Started");
    expect(await tab.evaluate("document.querySelector('.badge').title")).toBe(
      "com.example.very.long.prefix.Started",
    );
  });
});
