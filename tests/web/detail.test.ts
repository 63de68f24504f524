/** The event that is open beside the list, in a real browser. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { axe } from "../support/axe.ts";
import { Board, insertSql } from "../support/board.ts";
import { describeInBrowser, type Tab } from "../support/browser.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const METADATA =
  '{"big":12345678901234567890,"e":1e400,"p":1.10,"p":2,"no":null,"error":{"code":"E \\"12\\"","deep":{"er":[1]}}}';

/** Three events with JSON. */
async function openBoard(): Promise<Board> {
  const board = await Board.open();
  await board.writer.run(
    ["a", "b", "c"].map((actor) =>
      insertSql({ event_type: "task_done", actor_id: actor, target_id: "T-1", metadata: METADATA }),
    ),
  );
  return board;
}

const TITLE = "#detail-title";
const PRESSED: Readonly<Record<string, string>> = { Enter: "\r", " ": " " };

async function press(tab: Tab, key: string, modifiers = 0): Promise<void> {
  const text = PRESSED[key];
  const down = { type: text === undefined ? "rawKeyDown" : "keyDown", key, code: key, modifiers };
  const windowsVirtualKeyCode = key === "Tab" ? 9 : 0;
  await tab.cdp("Input.dispatchKeyEvent", {
    ...down,
    windowsVirtualKeyCode,
    ...(text === undefined ? {} : { text }),
  });
  await tab.cdp("Input.dispatchKeyEvent", { type: "keyUp", key, code: key, modifiers });
}

const clickOn = (selector: string) => `document.querySelector(${JSON.stringify(selector)}).click()`;
/** In the same address, as by the reload button. */
const search = (tab: Tab) => tab.evaluate<string>("location.search");
const focused = (tab: Tab) =>
  tab.evaluate<string>("document.activeElement.id || document.activeElement.className");
const isClosed = (tab: Tab) =>
  until(() => tab.evaluate<boolean>("document.querySelector('#detail') === null"), "the pane to close");
const texts = (selector: string) =>
  `[...document.querySelectorAll(${JSON.stringify(selector)})].map((each) => each.textContent)`;

describeInBrowser("the address", () => {
  test("has the open event beside the question, and Back closes it", async () => {
    await using board = await openBoard();
    const tab = await board.openTab({}, "?q=type:task_done");
    await tab.untilRows([3, 2, 1]);
    await tab.click("[data-event-id='2'] .summary");
    await tab.untilText(TITLE, "Event 2");
    expect(await search(tab)).toBe("?q=type%3Atask_done&event=2");
    expect(await tab.rows()).toEqual(["3", "2", "1"]);
    await tab.evaluate("history.back()");
    await isClosed(tab);
    expect(await search(tab)).toMatch(/^\?q=type(:|%3A)task_done$/);
    await tab.evaluate("history.forward()");
    await tab.untilText(TITLE, "Event 2");
    await tab.click("#detail .close");
    await isClosed(tab);
    expect(await search(tab)).toMatch(/^\?q=type(:|%3A)task_done$/);
    expect(tab.errors).toEqual([]);
  });

  test("opens an event by a link and after a reload, also one that is not in the list", async () => {
    await using board = await openBoard();
    await board.writer.insert(60);
    const tab = await board.openTab({}, "?event=1");
    await tab.untilText("#detail .fields", /12345678901234567890/);
    // It is not one of the newest, and comes among its neighbours.
    await until(async () => (await tab.rows()).includes("1"), "the row of the event");
    await tab.reload();
    await tab.untilText(TITLE, "Event 1");
    await tab.untilText("#detail .fields", /metadata/);
    expect(tab.errors).toEqual([]);
  });

  test("of an event that is not there says so", async () => {
    await using board = await openBoard();
    const tab = await board.openTab({}, "?event=99");
    await tab.untilText("#detail .detail-failure", /no event with the id 99.*may have been deleted/);
    expect(await axe(tab)).toEqual([]);
    await board.writer.run(insertSql({ id: 99 }));
    await tab.click("#detail .try-again");
    await tab.untilText("#detail .fields", /a note/);
  });
});

describeInBrowser("the keyboard", () => {
  test("opens, steps to the neighbours, closes, and is back at the row", async () => {
    await using board = await openBoard();
    const tab = await board.openConnectedTab();
    await tab.untilRows([3, 2, 1]);
    await tab.evaluate(`document.querySelector("[data-event-id='3'] .opener").focus()`);
    await press(tab, "Enter");
    await tab.untilText(TITLE, "Event 3");
    expect(await focused(tab)).toBe("detail");
    await press(tab, "ArrowDown");
    await tab.untilText(TITLE, "Event 2");
    expect(await search(tab)).toBe("?event=2");
    await press(tab, "ArrowDown");
    await press(tab, "ArrowDown");
    await tab.untilText(TITLE, "Event 1");
    expect(await tab.evaluate("document.querySelector('#detail .older').getAttribute('aria-disabled')")).toBe(
      "true",
    );
    await press(tab, "ArrowUp");
    await tab.untilText(TITLE, "Event 2");
    await press(tab, "Escape");
    await isClosed(tab);
    expect(await tab.evaluate("document.activeElement.closest('tr')?.dataset.eventId")).toBe("2");
    // The neighbours are no steps of the history: one leads back into the event, and one out of it.
    await tab.evaluate("history.back()");
    await tab.untilText(TITLE, "Event 2");
    await tab.evaluate("history.back()");
    await isClosed(tab);
    expect(await search(tab)).toBe("");
    expect(tab.errors).toEqual([]);
  });

  test("moves the edge, which the browser remembers", async () => {
    await using board = await openBoard();
    const tab = await board.openTab({ width: 1600 }, "?event=1");
    await tab.untilText("#detail .fields", /metadata/);
    const width = () => tab.evaluate<number>("document.querySelector('#detail').offsetWidth / 16");
    await tab.evaluate("document.querySelector('#detail .resizer').focus()");
    await press(tab, "End");
    await until(async () => (await width()) === 38, "the pane to be wide");
    await press(tab, "ArrowRight");
    await until(async () => (await width()) === 37, "the pane to be narrower");
    await tab.reload();
    await tab.untilText(TITLE, "Event 1");
    expect(await width()).toBe(37);
    // The chart and the rows come after it, and move it.
    const place = () =>
      tab.evaluate<{ x: number; y: number }>(
        "document.querySelector('#detail').getBoundingClientRect().toJSON()",
      );
    let before = await place();
    await until(async () => {
      const was = before;
      before = await place();
      return was.y === before.y && (await tab.text("#chart .number")) !== null;
    }, "the pane to stand still");
    const { x, y } = before;
    const mouse = (type: string, at: number) =>
      tab.cdp("Input.dispatchMouseEvent", {
        type,
        x: at,
        y: y + 100,
        button: "left",
        buttons: 1,
        clickCount: 1,
      });
    await mouse("mousePressed", x);
    await mouse("mouseMoved", x + 64);
    await mouse("mouseReleased", x + 64);
    await until(async () => (await width()) === 33, "the pane to follow the pointer");
    expect(tab.errors).toEqual([]);
  });

  test("on a small screen the focus goes into the sheet, round in it, and back", async () => {
    await using board = await openBoard();
    const tab = await board.openConnectedTab({ width: 390, height: 844 });
    await tab.untilRows([3, 2, 1]);
    await tab.evaluate(clickOn("[data-event-id='2'] .opener"));
    await tab.untilText(TITLE, "Event 2");
    expect(await tab.evaluate("document.querySelector('#detail').getAttribute('role')")).toBe("dialog");
    expect(await focused(tab)).toBe("detail");
    await press(tab, "Tab", 8);
    expect(await tab.evaluate("document.activeElement.closest('#detail') !== null")).toBe(true);
    await press(tab, "Tab");
    expect(await focused(tab)).toBe("newer");
    await press(tab, "Escape");
    await isClosed(tab);
    expect(await tab.evaluate("document.activeElement.closest('tr')?.dataset.eventId")).toBe("2");
    expect(tab.errors).toEqual([]);
  });
});

describeInBrowser("JSON", () => {
  test("is a tree with numbers as they are written, and what is opened stays open", async () => {
    await using board = await openBoard();
    const tab = await board.openTab({}, "?event=2");
    await tab.untilText("#detail .tree", /12345678901234567890/);
    expect(await tab.evaluate(texts("#detail .tree .member-text"))).toEqual([
      "big: 12345678901234567890",
      "e: 1e400",
      "p: 1.10",
      "p: 2",
      "no: null",
      'code: “E "12"”',
    ]);
    await tab.evaluate(`[...document.querySelectorAll("#detail .twist")].at(-1).click()`);
    await until(
      async () =>
        (await tab.evaluate<string[]>(texts("#detail .twist"))).some((text) => text.startsWith("er:")),
      "the value to open",
    );
    await board.writer.insert(1);
    await tab.untilText("#new-events", "1 new");
    await tab.evaluate("document.querySelector('#detail').focus()");
    await press(tab, "ArrowDown");
    await tab.untilText(TITLE, "Event 1");
    expect((await tab.evaluate<string[]>(texts("#detail .twist"))).at(-1)).toStartWith("er:");
    await tab.click("#detail .raw");
    await until(
      async () => (await tab.evaluate<string[]>(texts("#detail .value"))).includes(METADATA),
      "the text",
    );
    expect(tab.errors).toEqual([]);
  });

  test("of a megabyte, and nested 10,000 deep, does not hold the page up", async () => {
    await using board = await Board.open();
    const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
    await board.writer.run([
      insertSql({ metadata: `[${"1,".repeat(500_000)}1]` }),
      insertSql({ metadata: deep, summary: deep }),
    ]);
    const longTasks = `new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) (window.long ??= []).push(duration);
    }).observe({ type: "longtask" })`;
    const tab = await board.openConnectedTab();
    await tab.untilRows([2, 1]);
    await tab.evaluate(clickOn("[data-event-id='1'] .opener"));
    await tab.untilText("#detail .tree .show-all", /^Show 50 more of 499,951$/);
    await tab.evaluate(clickOn("#detail .tree .show-all"));
    await tab.untilText("#detail .tree .show-all", /499,901/);
    expect(await tab.evaluate("document.querySelectorAll('#detail .scalar').length")).toBe(100);
    await tab.evaluate("history.back()");
    await isClosed(tab);
    // What was prepared above is compiled now, and a busy machine has had its turn.
    await tab.evaluate(longTasks);
    await tab.evaluate(clickOn("[data-event-id='2'] .opener"));
    await tab.untilText("#detail .tree", /1 item/);
    await tab.evaluate("new Promise((resolve) => setTimeout(resolve))");
    expect(await tab.evaluate("(window.long ?? []).filter((ms) => ms > 200)")).toEqual([]);
    expect(tab.errors).toEqual([]);
  });
});

describeInBrowser("a value", () => {
  test("is asked for, or everything else, besides what is asked", async () => {
    await using board = await openBoard();
    const tab = await board.openTab({}, "?q=type:task_done&event=2");
    await tab.untilRows([3, 2, 1]);
    await tab.untilText("#detail .tree", /code/);
    await tab.evaluate(clickOn('[aria-label^="Only metadata.error.code"]'));
    await until(
      async () =>
        (await tab.evaluate("document.querySelector('#search').value")) ===
        'type:task_done metadata.error.code:"E \\"12\\""',
      "the question",
    );
    await tab.untilRows([3, 2, 1]);
    await tab.evaluate(clickOn('[aria-label="Without actor_id: b"]'));
    await tab.untilRows([3, 1]);
    // The event stays open, though the list does not have it.
    expect(await tab.text(TITLE)).toBe("Event 2");
    await tab.evaluate(clickOn("#detail .follow-actor"));
    await tab.untilRows([2]);
    expect(await tab.evaluate("document.querySelector('#search').value")).toBe("actor:b");
    expect(tab.errors).toEqual([]);
  });
});

describeInBrowser("a sheet", () => {
  test("gives way to the answer to what is asked in it", async () => {
    await using board = await openBoard();
    const tab = await board.openConnectedTab({ width: 390, height: 844 });
    await tab.untilRows([3, 2, 1]);
    await tab.evaluate(clickOn("[data-event-id='2'] .opener"));
    await tab.untilText("#detail .fields", /metadata/);
    await tab.evaluate(clickOn("#detail .follow-actor"));
    await tab.untilRows([2]);
    await isClosed(tab);
    expect(await search(tab)).toBe("?q=actor%3Ab");
    expect(tab.errors).toEqual([]);
  });
});

describeInBrowser("what is copied", () => {
  test("of the event and of the question, on plain HTTP too", async () => {
    const before = `window.copied = []; document.addEventListener("copy", () => { copied.push(document.activeElement.value); });
      Object.defineProperty(navigator, "clipboard", { value: undefined });`;
    await using board = await openBoard();
    const tab = await board.openTab({ before }, "?q=actor:b&event=2");
    await tab.untilText("#detail .fields", /metadata/);
    await tab.evaluate(clickOn("#detail .copy-as > button"));
    await until(
      () =>
        tab.evaluate("document.querySelectorAll('#detail .copy-as-list .copy:not(:disabled)').length === 4"),
      "the commands",
    );
    const labels = await tab.evaluate<string[]>(texts("#detail .detail-actions .copy"));
    expect(labels).toEqual([
      "Copy link",
      "Copy JSON",
      "Copy row",
      "curl",
      "curl, live",
      "sqlite3",
      "EventSource",
    ]);
    const count = () => tab.evaluate<number>("copied.length");
    for (const [at] of labels.entries()) {
      // A browser copies only what a person has asked for.
      const expression = `document.querySelectorAll("#detail .detail-actions .copy")[${at}].click()`;
      await tab.cdp("Runtime.evaluate", { expression, userGesture: true });
      await until(async () => (await count()) === at + 1, `the copy of ${labels[at]}`);
    }
    const [link, json, row, list, live, sqlite, script] = await tab.evaluate<string[]>("copied");
    const { url } = board.server;
    expect(link).toBe(`${url}?q=actor%3Ab&event=2`);
    expect(JSON.parse(json ?? "")).toMatchObject({ id: 2, actor_id: "b", metadata: METADATA });
    expect(row?.split("\t")).toHaveLength(8);
    expect(list).toBe(`curl -sG ${url}api/events --data-urlencode q=actor:b`);
    expect(live).toBe(`curl -NG ${url}api/events/stream --data-urlencode q=actor:b`);
    expect(sqlite).toStartWith(`sqlite3 -readonly -header ${board.path} 'SELECT `);

    // The script runs: it follows the question.
    await tab.cdp("Runtime.evaluate", {
      expression: `window.logged = []; console.log = (event) => logged.push(event.id); ${script}`,
    });
    await tab.untilText("#connection-status", "Connected");
    await until(
      async () => (await board.server.json<{ subscribers: number }>("/api/status")).subscribers === 2,
      "its stream",
    );
    await board.writer.run([insertSql({ actor_id: "a" }), insertSql({ actor_id: "b" })]);
    await until(async () => (await tab.evaluate<number[]>("logged")).includes(5), "the event");
    expect(await tab.evaluate<number[]>("logged")).toEqual([5]);
    expect(tab.errors).toEqual([]);
  });
});

describe.each(["light", "dark"] as const)("accessibility, %s", (scheme) => {
  describeInBrowser("axe finds nothing", () => {
    test.each([
      [1280, 800],
      [390, 844],
    ])("in an open event, %d pixels wide", async (width, height) => {
      await using board = await openBoard();
      const tab = await board.openTab({ scheme, width, height }, "?event=2");
      await tab.untilText("#detail .tree", /code/);
      await tab.evaluate(clickOn("#detail .copy-as > button"));
      await tab.untilText("#detail .copy-as-list", /EventSource/);
      expect(await axe(tab)).toEqual([]);
      expect(
        await tab.evaluate("document.documentElement.scrollWidth - window.innerWidth"),
      ).toBeLessThanOrEqual(0);
      expect(tab.errors).toEqual([]);
    });
  });
});
