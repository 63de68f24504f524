/** ✓ and ✗ beside a value of a row: they never ask for another value than the one they stand beside. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { Board, insertSql } from "../../support/board.ts";
import { describeInBrowser, type Tab } from "../../support/browser.ts";
import { TEST_TIMEOUT_MS, until } from "../../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** Rows 1 to 60, each of an actor of its own. */
const FILL = Array.from({ length: 60 }, (_, at) => insertSql({ actor_id: `agent-${at + 1}` }));

const TWO_MORE = [insertSql({ actor_id: "agent-61" }), insertSql({ actor_id: "agent-62" })];

const BUTTONS = ".value-filter";

async function openTab(board: Board): Promise<Tab> {
  await board.writer.run(FILL);
  const tab = await board.openConnectedTab();
  await tab.untilRows(Array.from({ length: 50 }, (_, at) => 60 - at));
  return tab;
}

/** The value is the one under the pointer, though no pointer is there: nothing but the rows can move. */
const pointAt = (tab: Tab, id: number) =>
  tab.evaluate(`document.querySelector("[data-event-id='${id}'] .actor").dispatchEvent(
    new PointerEvent("pointerover", { bubbles: true, pointerType: "mouse" }))`);

/** Moves the mouse into the middle of an element. */
async function moveTo(tab: Tab, selector: string): Promise<{ x: number; y: number }> {
  const place = await tab.evaluate<{ x: number; y: number }>(`(() => {
    const { left, top, width, height } = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2 };
  })()`);
  await tab.cdp("Input.dispatchMouseEvent", { type: "mouseMoved", ...place });
  return place;
}

const untilGone = (tab: Tab) => until(async () => (await tab.text(BUTTONS)) === null, "the buttons to go");

describeInBrowser("✓ and ✗ beside a value", () => {
  test("go when other rows lie there", async () => {
    await using board = await Board.open();
    const tab = await openTab(board);
    await pointAt(tab, 55);
    await tab.untilText(BUTTONS, "✓✗");
    await board.writer.run(TWO_MORE);
    await untilGone(tab);
  });

  test("ask for nothing when they are pressed after their row has moved", async () => {
    await using board = await Board.open();
    const tab = await openTab(board);
    await pointAt(tab, 55);
    await tab.untilText(BUTTONS, "✓✗");
    await tab.evaluate(`new MutationObserver((_, observer) => {
      observer.disconnect();
      window.isStillThere = document.querySelector("${BUTTONS} button") !== null;
      document.querySelector("${BUTTONS} button")?.click();
    }).observe(document.querySelector(".events tbody"), { childList: true })`);
    await board.writer.run(TWO_MORE);
    await until(() => tab.evaluate("window.isStillThere"), "the press");
    await untilGone(tab);
    expect(await tab.evaluate("location.search")).toBe("");
  });

  test("go when the reader scrolls", async () => {
    await using board = await Board.open();
    const tab = await openTab(board);
    await pointAt(tab, 55);
    await tab.untilText(BUTTONS, "✓✗");
    await tab.evaluate("scrollBy(0, 30)");
    await untilGone(tab);
  });

  test("hold the rows while the pointer is on them", async () => {
    await using board = await Board.open();
    const tab = await openTab(board);
    await moveTo(tab, "[data-event-id='55'] .actor");
    await tab.untilText(BUTTONS, "✓✗");
    const place = await moveTo(tab, `${BUTTONS} button`);
    await board.writer.run(TWO_MORE);
    await tab.untilText("#new-events", "2 new");
    // They come for longer than a pointer may rest on a row.
    await board.writer.insert(5, 250);
    await tab.untilText("#new-events", "7 new");
    expect((await tab.rows())[0]).toBe("60");
    for (const type of ["mousePressed", "mouseReleased"])
      await tab.cdp("Input.dispatchMouseEvent", {
        type,
        ...place,
        button: "left",
        buttons: 1,
        clickCount: 1,
      });
    await tab.untilText(".chip code", "actor:agent-55");
    await tab.untilRows([55]);
  });

  test("let the rows go when the pointer goes elsewhere", async () => {
    await using board = await Board.open();
    const tab = await openTab(board);
    await moveTo(tab, "[data-event-id='55'] .actor");
    await tab.untilText(BUTTONS, "✓✗");
    await moveTo(tab, `${BUTTONS} button`);
    await board.writer.run(TWO_MORE);
    await tab.untilText("#new-events", "2 new");
    await moveTo(tab, "h1");
    await tab.untilText(".log-view-state", "Live");
    expect((await tab.rows())[0]).toBe("62");
  });
});
