/** Keys that come quicker than what they ask for, and rows that go while the keyboard is at them, in a real browser. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { Board } from "../support/board.ts";
import { describeInBrowser, type Tab } from "../support/browser.ts";
import { press, tabTo } from "../support/keys.ts";
import { numberedSql, openNumbered, selected, untilSelected } from "../support/numbered.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** What has the focus, in a word. */
const FOCUS = "document.activeElement.className || document.activeElement.tagName";
const untilFocused = (tab: Tab, name: string) =>
  until(async () => (await tab.evaluate<string>(FOCUS)) === name, `the focus of ${name}`);

const moreSql = (
  count: number,
) => `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
  INSERT INTO events(event_type, summary) SELECT 'job_done', 'more ' || i FROM n`;

/** Pages of the log come so much later, in ms: what is under way can be left. */
const SLOW_ANSWERS = `(() => {
  const { fetch: fetchNow } = window;
  window.fetch = async (...what) => {
    if (/(before|after)=/.test(String(what[0]))) await new Promise((done) => setTimeout(done, 400));
    return fetchNow(...what);
  };
})()`;

/** What was under way would have come by then. In ms. */
const LATE_MS = 1500;

const viewOf = (tab: Tab) => tab.text(".log-view-state");

describeInBrowser("the keys of the rows", () => {
  test("lead up to the newest row, one by one", async () => {
    await using opened = await openNumbered(400);
    const { tab } = opened;
    for (let id = 400; id > 375; id--) {
      await press(tab, "j");
      await untilSelected(tab, id);
    }
    for (let id = 377; id <= 400; id++) {
      await press(tab, "k");
      await untilSelected(tab, id);
      // The page tells of its scrolling a frame or two later.
      await Bun.sleep(60);
      expect(await selected(tab)).toBe(String(id));
    }
  });

  for (const [key, id] of [
    ["k", 61],
    ["j", 57],
  ] as const)
    test(`${key} twice goes two rows on from one that has left the list`, async () => {
      await using opened = await openNumbered(60);
      const { tab, board } = opened;
      await press(tab, "j");
      await press(tab, "j");
      await untilSelected(tab, 59);
      await press(tab, "Enter");
      await tab.untilText("#detail-title", "Event 59");
      await press(tab, "Escape");
      await tab.untilText(".log-view-state", "Live");
      await board.writer.run(moreSql(200));
      await until(async () => (await tab.rows())[0] === "260", "the new rows");
      await Promise.all([press(tab, key), press(tab, key)]);
      await untilSelected(tab, id);
    });

  test("p pauses, also where the pointer has just held the rows", async () => {
    await using opened = await openNumbered(60);
    const { tab } = opened;
    await until(async () => (await tab.rows()).length === 50, "all rows");
    await tab.evaluate(`document.querySelector("[data-event-id='58']").dispatchEvent(
      new PointerEvent("pointermove", { bubbles: true, pointerType: "mouse", screenX: 5, screenY: 5 }))`);
    await press(tab, "p");
    await tab.untilText(".log-view-state", /^Paused/);
    // Longer than a pointer may rest.
    await Bun.sleep(LATE_MS);
    expect(await viewOf(tab)).toMatch(/^Paused/);
  });

  test("Escape closes the story that is on top, and leaves the row after that", async () => {
    await using board = await Board.openCrew();
    const tab = await board.openConnectedTab();
    await press(tab, "j");
    await until(async () => (await selected(tab)) !== "", "a row");
    await tabTo(tab, "[data-row-key] button", 100);
    await press(tab, "Enter");
    await tab.untilText("#story", /./);
    await press(tab, "Escape");
    await until(async () => (await tab.text("#story")) === null, "the story to close");
    expect(await selected(tab)).not.toBe("");
    await press(tab, "Escape");
    await until(async () => (await selected(tab)) === "", "no row to be selected");
  });
});

describeInBrowser("g takes back what is under way:", () => {
  test("the way to the first event", async () => {
    await using opened = await openNumbered(400);
    const { tab } = opened;
    await tab.evaluate(SLOW_ANSWERS);
    await press(tab, "G");
    await press(tab, "g");
    await Bun.sleep(LATE_MS);
    expect(await viewOf(tab)).toBe("Live");
  });

  test("a step beyond the rows that are loaded", async () => {
    await using opened = await openNumbered(400);
    const { tab } = opened;
    await until(async () => (await tab.rows()).length === 50, "all rows");
    await tab.evaluate("document.querySelector('#pause').click()");
    await tab.evaluate("tailboard.log.showAround(351n)");
    await untilSelected(tab, 351);
    await tab.evaluate(SLOW_ANSWERS);
    for (let step = 0; step < 60; step++) await press(tab, "j");
    await press(tab, "g");
    await Bun.sleep(LATE_MS);
    expect([await viewOf(tab), await selected(tab)]).toEqual(["Live", ""]);
  });

  test("the search for a failure", async () => {
    await using board = await Board.open();
    await board.writer.run(moreSql(600));
    const tab = await board.openConnectedTab();
    await tab.evaluate(SLOW_ANSWERS);
    await press(tab, "e");
    await Bun.sleep(100);
    await press(tab, "g");
    await Bun.sleep(2 * LATE_MS);
    expect([await viewOf(tab), await tab.text("#notice")]).toEqual(["Live", null]);
  });

  test("the neighbours of an event, which Escape has closed", async () => {
    await using board = await Board.open();
    await board.writer.run(numberedSql(400));
    const tab = await board.openTab({ before: SLOW_ANSWERS }, "?event=100");
    await tab.untilText("#detail-title", "Event 100");
    await press(tab, "Escape");
    await tab.untilText("#connection-status", "Connected");
    await Bun.sleep(LATE_MS);
    expect(await viewOf(tab)).toBe("Live");
  });
});

describeInBrowser("a step after g", () => {
  test("waits for nothing that was asked for before", async () => {
    await using opened = await openNumbered(400);
    const { tab } = opened;
    await until(async () => (await tab.rows()).length === 50, "all rows");
    await tab.evaluate(`(() => {
      const { fetch: fetchNow } = window;
      window.fetch = (...what) => (String(what[0]).includes("before=") ? new Promise(() => undefined) : fetchNow(...what));
    })()`);
    await tab.evaluate("tailboard.log.showAround(351n)");
    await untilSelected(tab, 351);
    await press(tab, "j");
    await press(tab, "g");
    await tab.untilText(".log-view-state", "Live");
    await press(tab, "j");
    await untilSelected(tab, 400);
  });
});

describeInBrowser("the focus in the live table", () => {
  test("goes to the row at which the Tab key stops when its row is pushed out", async () => {
    await using opened = await openNumbered(60);
    const { tab, board } = opened;
    await tabTo(tab, ".events .opener", 80);
    await board.writer.run("INSERT INTO events(event_type, summary) SELECT 'x', random()", {
      times: 55,
      gapMs: 20,
    });
    await until(async () => (await tab.rows())[0] === "115", "the new rows");
    await untilFocused(tab, "opener");
  });

  for (const what of ["fold", "opener"])
    test(`stays with a line of repeats that grows, at its ${what}`, async () => {
      await using board = await Board.open();
      await board.writer.insert(5);
      const tab = await board.openConnectedTab();
      await tab.untilText(".fold", /5/);
      await tabTo(tab, `.events .${what}`, 80);
      await board.writer.insert(1);
      await tab.untilText(".fold", /6/);
      await untilFocused(tab, what);
    });

  test("comes back to the table from a row that has left it meanwhile", async () => {
    await using opened = await openNumbered(60);
    const { tab, board } = opened;
    await press(tab, "j");
    await untilSelected(tab, 60);
    await press(tab, "Enter");
    await tab.untilText("#detail-title", "Event 60");
    await press(tab, "g");
    await board.writer.run(moreSql(100));
    await until(async () => (await tab.rows())[0] === "160", "the new rows");
    await press(tab, "Escape");
    await untilFocused(tab, "opener");
  });
});

describeInBrowser("a fold", () => {
  test("moves no row when the list goes on", async () => {
    await using board = await Board.open();
    await board.writer.run(numberedSql(10));
    await board.writer.insert(40);
    const tab = await board.openConnectedTab();
    await tab.untilText(".fold", /40/);
    await press(tab, "j");
    await press(tab, "j");
    await untilSelected(tab, 10);
    await press(tab, "Enter");
    await tab.untilText("#detail-title", "Event 10");
    await tab.evaluate(`void (window.seen = [], requestAnimationFrame(function look() {
      seen.push([document.querySelector('[data-event-id="10"]') !== null, document.documentElement.scrollHeight]);
      requestAnimationFrame(look);
    }))`);
    await press(tab, "Escape");
    await tab.untilText(".log-view-state", "Live");
    await untilFocused(tab, "opener");
    await Bun.sleep(500);
    const seen = await tab.evaluate<[boolean, number][]>("seen");
    expect(seen.every(([isThere]) => isThere)).toBe(true);
    const heights = seen.map(([, height]) => height);
    expect(Math.max(...heights) - Math.min(...heights)).toBeLessThan(100);
  });
});
