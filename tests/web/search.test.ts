/** The search box, in a real browser: the table, and what comes, are the answer to its question. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { axe } from "../support/axe.ts";
import { Board, insertSql } from "../support/board.ts";
import { describeInBrowser, type Tab } from "../support/browser.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** For a search through a million rows, while other tests have the processors. */
const SEARCH_TIMEOUT_MS = 30_000;

const chips = `[...document.querySelectorAll(".chip code")].map((chip) => chip.textContent)`;

/** Writes into the search box, and asks. */
async function search(tab: Tab, text: string): Promise<void> {
  await tab.evaluate(`(() => {
    const box = document.querySelector("#search");
    box.value = ${JSON.stringify(text)};
    box.dispatchEvent(new InputEvent("input", { bubbles: true }));
  })()`);
  await tab.evaluate("document.querySelector('.search form').requestSubmit()");
}

/** Stops a search as soon as that is offered: it may be over before a test in another process would be there. */
const stop = (tab: Tab) =>
  tab.evaluate<string>(`new Promise((resolve) => {
    (function look() {
      const progress = document.querySelector("#search-progress");
      if (!progress?.textContent.endsWith("Stop")) return setTimeout(look, 1);
      resolve(progress.textContent);
      progress.querySelector("button").click();
    })();
  })`);

async function openBoard(): Promise<Board> {
  const board = await Board.open();
  for (const [type, summary] of [
    ["done", "first"],
    ["failed", "out of memory"],
    ["done", "third"],
    ["failed", "disk full"],
  ] as const)
    await board.writer.run(insertSql({ event_type: type, summary }));
  return board;
}

describeInBrowser("the search box", () => {
  test("holds a value with a line break, and asks for it when more is written", async () => {
    await using board = await Board.open();
    const actor_id = "line one\nline\ttwo";
    await board.writer.run([
      insertSql({ actor_id }),
      insertSql({ actor_id: "line one" }),
      insertSql({ actor_id }),
    ]);
    const written = String.raw`actor:"line one\u{a}line\u{9}two"`;
    const value = "document.querySelector('#search').value";
    const tab = await board.openConnectedTab();
    await tab.untilRows([3, 2, 1]);
    await tab.click("[data-event-id='3'] .opener");
    await tab.untilText("#detail", /line one/);
    await tab.evaluate("document.querySelector(`#detail .only[title^='Only actor_id']`).click()");
    await tab.untilRows([3, 1]);
    expect(await tab.evaluate(value)).toBe(written);
    expect(await tab.evaluate(chips)).toEqual([written]);
    await search(tab, `${await tab.evaluate<string>(value)} id:1`);
    await tab.untilRows([1]);

    // A link that someone else made has the line break itself.
    const link = await board.openTab({}, `?q=${encodeURIComponent('actor:"line one\nline\ttwo"')}`);
    await link.untilRows([3, 1]);
    expect(await link.evaluate(value)).toBe(written);
  });

  test("shows the rows that match, live, with the question in the address and its terms as chips", async () => {
    await using board = await openBoard();
    const tab = await board.openConnectedTab();
    await tab.untilRows([4, 3, 2, 1]);
    await search(tab, 'type:failed "of memory"');
    await tab.untilRows([2]);
    expect(await tab.evaluate(chips)).toEqual(["type:failed", '"of memory"']);
    expect(await tab.evaluate("new URL(location.href).searchParams.get('q')")).toBe(
      'type:failed "of memory"',
    );
    await tab.untilText("#connection-status", "Connected");
    await board.writer.run(insertSql({ event_type: "done", summary: "of memory, too" }));
    await board.writer.run(insertSql({ event_type: "failed", summary: "Out of MEMORY" }));
    await tab.untilRows([6, 2]);

    await tab.click(".chip button");
    await tab.untilRows([6, 5, 2]);
    await tab.evaluate("history.back()");
    await tab.untilRows([6, 2]);
    await tab.click(".clear");
    await tab.untilRows([6, 5, 4, 3, 2, 1]);
    expect(await tab.evaluate("location.search")).toBe("");
    expect(tab.errors).toEqual([]);
  });

  test("is what the links to the export ask, too", async () => {
    await using board = await openBoard();
    const tab = await board.openTab({}, "?q=type:failed");
    await tab.untilRows([4, 2]);
    const [ndjson = "", csv = ""] = await tab.evaluate<string[]>(
      "[...document.querySelectorAll('#export a')].map((link) => link.href)",
    );
    const lines = (await (await fetch(ndjson)).text()).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).id)).toEqual([2, 4]);
    expect((await (await fetch(csv)).text()).split("\r\n").length).toBe(4);
  });

  test("asks what the address says when the page is opened", async () => {
    await using board = await openBoard();
    const tab = await board.openTab({}, "?q=type:failed");
    await tab.untilRows([4, 2]);
    expect(await tab.evaluate("document.querySelector('#search').value")).toBe("type:failed");
  });

  test("says what is wrong with a question, and leaves the table as it is", async () => {
    await using board = await openBoard();
    const tab = await board.openConnectedTab();
    await tab.untilRows([4, 3, 2, 1]);
    await search(tab, 'type:failed "of mem');
    await tab.untilText("#search-help", /quotation mark never ends/);
    await search(tab, "aFieldWithAVeryLongName:failed");
    await tab.untilText("#search-help", /^At aFieldWithAVeryLongN…: There is no field/);
    await search(tab, "tipe:failed actor:agent-1");
    await tab.untilText("#search-help", /^At tipe:failed: There is no field "tipe"\./);
    expect(await tab.evaluate("document.querySelector('#search').getAttribute('aria-invalid')")).toBe("true");
    await tab.untilRows([4, 3, 2, 1]);
    await search(tab, "type:failed");
    await tab.untilRows([4, 2]);
    expect(await tab.text("#search-help")).toBe("");
  });

  test("says the same of a link, and shows everything", async () => {
    await using board = await openBoard();
    const tab = await board.openTab({}, "?q=tipe:failed");
    await tab.untilRows([4, 3, 2, 1]);
    await tab.untilText("#search-help", /no field "tipe"/);
    expect(await tab.evaluate("document.querySelector('#search').value")).toBe("tipe:failed");
  });

  test("says how far back it has come, and can be stopped and go on", async () => {
    await using board = await openBoard();
    await board.writer.run(
      `INSERT INTO events(event_type, summary) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200000) SELECT 'hay', 'some hay' FROM n`,
    );
    const tab = await board.openConnectedTab();
    await search(tab, "memory");
    expect(await stop(tab)).toMatch(/^Searched back to event \d+(?:, .+)? …Stop$/);
    await tab.untilText("#search-progress", /^Searched back to event \d+, .*\d+:\d+.*\.Search on$/);
    await tab.click("#search-progress button");
    await tab.untilRows([2]);
    const isOver = async () => (await tab.text("#search-progress")) === null;
    await until(isOver, "the search to end", SEARCH_TIMEOUT_MS);

    await search(tab, "nowhere");
    await stop(tab);
    await tab.untilText(".empty h2", "No match so far");
    expect(await tab.text(".empty")).toContain("was stopped");
    await tab.click("#search-progress button");
    await tab.untilText(".empty h2", "No match", SEARCH_TIMEOUT_MS);
  });

  test("promises no row of a time that is over", async () => {
    await using board = await openBoard();
    const tab = await board.openTab({}, `?q=${encodeURIComponent("since:2001-01-01 until:2002-01-01")}`);
    await tab.untilText(".empty h2", "No match");
    expect(await tab.text(".empty p")).toBe("The time that was asked for is over.");
  });

  test("says where nothing matches, and fills when something does", async () => {
    await using board = await openBoard();
    const tab = await board.openConnectedTab();
    await search(tab, "nowhere");
    await tab.untilText(".empty h2", "No match");
    await board.writer.run(insertSql({ summary: "found nowhere else" }));
    await tab.untilRows([5]);
    await search(tab, "nothing at all");
    await tab.untilText(".empty h2", "No match");
    await tab.click("#clear-search");
    await tab.untilRows([5, 4, 3, 2, 1]);
  });

  test("is reached by the slash", async () => {
    await using board = await openBoard();
    const tab = await board.openConnectedTab();
    await tab.evaluate(
      "document.dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true, cancelable: true }))",
    );
    await until(async () => (await tab.evaluate("document.activeElement?.id")) === "search", "the focus");
  });

  test("has no violation that axe finds, with chips and with a mistake", async () => {
    await using board = await openBoard();
    const tab = await board.openConnectedTab();
    await search(tab, "type:failed");
    await tab.untilRows([4, 2]);
    expect(await axe(tab)).toEqual([]);
    await search(tab, "tipe:failed");
    await tab.untilText("#search-help", /no field/);
    expect(await axe(tab)).toEqual([]);
  });
});
