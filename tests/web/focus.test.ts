/** Where the focus goes when what had it goes away, in a real browser. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { Board, insertSql } from "../support/board.ts";
import { describeInBrowser, type Tab } from "../support/browser.ts";
import { press, tabTo, write } from "../support/keys.ts";
import { openNumbered } from "../support/numbered.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const TAB_STOP = ".events .opener[tabindex='0']";

const untilFocused = (tab: Tab, selector: string) =>
  until(
    () => tab.evaluate<boolean>(`document.activeElement.matches(${JSON.stringify(selector)})`),
    `the focus of ${selector}`,
  );

/** Goes to a button with the Tab key, and presses it. */
async function pressOn(tab: Tab, selector: string): Promise<void> {
  await tabTo(tab, selector, 120);
  await press(tab, "Enter");
}

/** A link to a part of the time that somebody has marked in the chart. */
const ZOOMED = `?q=${encodeURIComponent("since:2020-01-01T00:00:00Z until:2099-01-01T00:00:00Z")}`;

describeInBrowser("the focus of a button that goes away", () => {
  test("goes from chip to chip, and then to the search box", async () => {
    await using opened = await openNumbered(60, "?q=type:job_done+actor:agent-1+number");
    const { tab } = opened;
    await tab.untilText(".chip:nth-child(3)", /number/);
    await pressOn(tab, ".chip:nth-child(2) button");
    await untilFocused(tab, "[aria-label='Take number away']");
    await press(tab, "Enter");
    await untilFocused(tab, "[aria-label='Take type:job_done away']");
    await press(tab, "Enter");
    await untilFocused(tab, "#search");
    await write(tab, "number");
    await press(tab, "Enter");
    await tab.untilText(".chip", /number/);
    await pressOn(tab, ".chips .clear");
    await untilFocused(tab, "#search");
    await write(tab, "nobody");
    await press(tab, "Enter");
    await tab.untilText("#clear-search", /./);
    await pressOn(tab, "#clear-search");
    await untilFocused(tab, "#search");
    expect(tab.errors).toEqual([]);
  });

  test("goes to the table from what leads back to the newest rows", async () => {
    await using opened = await openNumbered(60);
    const { board, tab } = opened;
    await tabTo(tab, "#pause");
    await press(tab, "Enter");
    await pressOn(tab, "#back-to-live");
    await untilFocused(tab, TAB_STOP);
    await press(tab, "p");
    await board.writer.insert(1);
    await tab.untilText("#new-events", "1 new");
    await tab.evaluate("document.querySelector('#pause').focus()");
    await pressOn(tab, "#new-events");
    await untilFocused(tab, TAB_STOP);
    await until(async () => (await tab.rows())[0] === "61", "the new row");
  });

  test("goes to the table where more new rows come than are drawn at once", async () => {
    await using opened = await openNumbered(60);
    const { board, tab } = opened;
    await press(tab, "p");
    await board.writer.insert(30);
    await tab.untilText("#new-events", "30 new");
    await tab.evaluate("document.querySelector('#pause').focus()");
    await pressOn(tab, "#new-events");
    await untilFocused(tab, ".events .opener");
    await until(async () => (await tab.rows())[0] === "90", "the new rows");
    // It stays with its row, and the Tab key with the first one.
    expect(await tab.evaluate("document.activeElement.matches('.events .opener')")).toBe(true);
    expect(await tab.evaluate("document.querySelector('[data-event-id=\"90\"] .opener').tabIndex")).toBe(0);
    expect(tab.errors).toEqual([]);
  });

  test("is in the table again after the row that was chosen is far away", async () => {
    await using opened = await openNumbered(400);
    const { tab } = opened;
    await press(tab, "j");
    await tab.evaluate("scrollTo(0, document.body.scrollHeight)");
    await until(async () => !(await tab.rows()).includes("400"), "older rows alone");
    expect(await tab.evaluate(`document.querySelectorAll("${TAB_STOP}").length`)).toBe(1);
  });

  test("stays where older events are loaded, and goes to the table after the last of them", async () => {
    await using opened = await openNumbered(60);
    const { tab } = opened;
    await tab.evaluate("document.querySelector('#zone-switch').focus()");
    // The page scrolls to the button, and loads them by that. A key would meet the button, or what comes after it.
    await tabTo(tab, "#older", 120);
    await tab.untilText("#log-end", "This is the first event.");
    await untilFocused(tab, TAB_STOP);
  });

  test("goes to the window of the chart when a zoom is taken back", async () => {
    await using opened = await openNumbered(60, ZOOMED);
    const { tab } = opened;
    await tab.untilText("#reset-zoom", /./);
    await pressOn(tab, "#reset-zoom");
    await untilFocused(tab, ".window-switch [aria-pressed='true']");
  });

  test("stays in the list of the views", async () => {
    await using board = await Board.open();
    await board.writer.run(insertSql({ summary: "one" }));
    const views = ["a", "b"].map((name) => ({ name, question: `type:${name}` }));
    const before = `localStorage.setItem("tailboard.views", ${JSON.stringify(JSON.stringify(views))})`;
    const tab = await board.openConnectedTab({ before });
    await pressOn(tab, "#views");
    await pressOn(tab, "[aria-label='Rename b']");
    await untilFocused(tab, "[aria-label='Another name for b']");
    await press(tab, "Escape");
    await untilFocused(tab, "[aria-label='Rename b']");
    expect(await tab.evaluate("document.querySelector('#views-menu').matches(':popover-open')")).toBe(true);
    await press(tab, "Enter");
    await untilFocused(tab, "[aria-label='Another name for b']");
    await write(tab, "c");
    await press(tab, "Enter");
    await untilFocused(tab, "[aria-label='Rename c']");
    await pressOn(tab, "[aria-label='Delete c']");
    await untilFocused(tab, ".views");
    await pressOn(tab, "[aria-label='Delete a']");
    await untilFocused(tab, "#views-menu summary");
    expect(tab.errors).toEqual([]);
  });
});

describeInBrowser("the search box", () => {
  test("is left with Escape, and the keys of the table work again", async () => {
    await using opened = await openNumbered(60);
    const { tab } = opened;
    await press(tab, "/");
    await untilFocused(tab, "#search");
    await write(tab, "ty");
    await tab.untilText("[role='listbox']", /type/);
    // The first one closes what is suggested.
    await press(tab, "Escape");
    expect(await tab.evaluate("document.activeElement.id")).toBe("search");
    await press(tab, "Escape");
    await untilFocused(tab, TAB_STOP);
    expect(await tab.evaluate("document.querySelector('#search').value")).toBe("ty");
    await press(tab, "j");
    await press(tab, "j");
    await press(tab, "Enter");
    await tab.untilText("#detail-title", "Event 59");
    expect(tab.errors).toEqual([]);
  });
});
