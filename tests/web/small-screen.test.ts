/** The page where there is little room: nothing is wider than the screen, and nothing lies over anything else. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { Board } from "../support/board.ts";
import { describeInBrowser, type Tab } from "../support/browser.ts";
import { PAGE_STATES } from "../support/page-states.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const PHONE = { width: 360, height: 740 };

/** How much wider the page is than the screen, in pixels. */
const TOO_WIDE = "Math.max(0, document.documentElement.scrollWidth - innerWidth)";

/** Neighbours in a bar that lie over one another, by their texts. */
const OVERLAPS = `[".bar", ".search-line", ".chart-head", ".log-bar"].flatMap((bar) => {
  const parts = [...document.querySelectorAll(bar + " :is(button, .state, .next-try, .rate, .log-view-state)")]
    .filter((part) => part.checkVisibility() && part.closest("[popover]") === null && part.closest("button") === (part.matches("button") ? part : null));
  const boxes = parts.map((part) => [part.textContent, part.getBoundingClientRect()]);
  return boxes.flatMap(([text, one], at) => boxes.slice(at + 1)
    .filter(([, other]) => Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1
      && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 1)
    .map(([otherText]) => text + " and " + otherText));
})`;

async function isTidy(tab: Tab): Promise<void> {
  await until(() => tab.evaluate<boolean>("document.getAnimations().length === 0"), "the fades to end");
  expect(await tab.evaluate(TOO_WIDE)).toBe(0);
  expect(await tab.evaluate(OVERLAPS)).toEqual([]);
}

/** How many rows of the log are in sight, from the top of the page. */
const ROWS_IN_SIGHT = `[...document.querySelectorAll("[data-event-id]")]
  .filter((row) => row.getBoundingClientRect().bottom <= innerHeight).length`;

describeInBrowser("at 360 pixels", () => {
  for (const [name, { query, enter }] of Object.entries(PAGE_STATES)) {
    test(`nothing is too wide, and nothing lies over anything else: ${name}`, async () => {
      await using board = await Board.openCrew();
      const tab = await board.openTab(PHONE, query);
      await tab.untilText("#connection-status", "Connected");
      await enter?.(tab, board);
      await isTidy(tab);
    });
  }

  test("nothing is too wide while there is no event", async () => {
    await using board = await Board.open();
    const tab = await board.openConnectedTab(PHONE);
    await tab.untilText(".empty h2", "Nothing yet");
    await isTidy(tab);
  });

  test("the chart is closed at first, and events are in sight", async () => {
    await using board = await Board.openCrew();
    const tab = await board.openConnectedTab(PHONE);
    await tab.untilText("#toggle-chart", "Show chart");
    expect(await tab.evaluate(ROWS_IN_SIGHT)).toBeGreaterThan(0);
    await tab.click("#toggle-chart");
    await tab.untilText("#toggle-chart", "Hide chart");
    await isTidy(tab);
  });
});

describeInBrowser("at 768 pixels", () => {
  for (const name of ["live", "problem", "story"]) {
    test(`nothing is too wide, and the bar stays one line: ${name}`, async () => {
      await using board = await Board.openCrew();
      const { query, enter } = PAGE_STATES[name] ?? {};
      const tab = await board.openTab({ width: 768, height: 900 }, query);
      await tab.untilText("#connection-status", "Connected");
      await enter?.(tab, board);
      await isTidy(tab);
      const heights = `[...document.querySelectorAll(".bar button")].map((button) => button.offsetHeight)`;
      expect(Math.max(...(await tab.evaluate<number[]>(heights)))).toBeLessThan(40);
    });
  }
});

describeInBrowser("at 768 pixels, with tables and a chart", () => {
  test("events are in sight", async () => {
    await using board = await Board.openCrew();
    const tab = await board.openConnectedTab({ width: 768, height: 900 });
    await until(async () => (await tab.evaluate<number>(ROWS_IN_SIGHT)) > 0, "a row in sight");
    await isTidy(tab);
  });
});

describeInBrowser("beside an open event", () => {
  for (const width of [768, 1280]) {
    test(`the summary of a row keeps its room at ${width} pixels`, async () => {
      await using board = await Board.openCrew();
      const tab = await board.openConnectedTab({ width, height: 900 });
      await PAGE_STATES["detail"]?.enter?.(tab, board);
      const narrowest = `Math.min(...[...document.querySelectorAll("td.what")].map((cell) => cell.clientWidth))`;
      expect(await tab.evaluate(narrowest)).toBeGreaterThan(200);
      const cut = `[...document.querySelectorAll(".who :is(.actor, .target)")]
        .filter((name) => name.scrollWidth > name.clientWidth).map((name) => name.textContent)`;
      expect(await tab.evaluate(cut)).toEqual([]);
      await isTidy(tab);
    });

    test(`the row that was opened is wholly in sight at ${width} pixels`, async () => {
      await using board = await Board.openCrew();
      const tab = await board.openConnectedTab({ width, height: 1000 });
      await PAGE_STATES["detail"]?.enter?.(tab, board);
      await isTidy(tab);
      const below = `document.querySelector("tr.open").getBoundingClientRect().bottom - innerHeight`;
      // The bar above the rows grows with what it says, and pushes them down.
      for (const since = performance.now(); performance.now() - since < 500; await Bun.sleep(50))
        expect(await tab.evaluate<number>(below)).toBeLessThanOrEqual(0);
    });
  }
});
