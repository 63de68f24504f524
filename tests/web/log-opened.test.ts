/** What an event that is opened does to the list beside it, in a real browser. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { describeInBrowser } from "../support/browser.ts";
import { press } from "../support/keys.ts";
import { openNumbered } from "../support/numbered.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

describeInBrowser("an event that is open", () => {
  test("pauses the list as soon as a click opens it, while the pointer still holds the rows", async () => {
    await using opened = await openNumbered(60);
    const { board, tab } = opened;
    await tab.evaluate(`document.querySelector("[data-event-id='58']").dispatchEvent(
      new PointerEvent("pointermove", { bubbles: true, pointerType: "mouse", screenX: 5, screenY: 5 }))`);
    await tab.evaluate(`document.querySelector("[data-event-id='58'] .opener").click()`);
    await tab.untilText("#detail", /number 58/);
    await tab.untilText("#pause", "Resume");
    await tab.untilText(".log-view-state", /^Paused since/);
    // A pointer that leaves ends no more than what it began.
    await tab.evaluate(
      `document.querySelector(".events tbody").dispatchEvent(new PointerEvent("pointerleave"))`,
    );
    await board.writer.insert(1);
    await tab.untilText("#new-events", "1 new");
    expect((await tab.rows())[0]).toBe("60");
    expect(tab.errors).toEqual([]);
  });

  test("lets the list go on for as long as the reader resumes it", async () => {
    await using opened = await openNumbered(60);
    const { board, tab } = opened;
    await tab.click("[data-event-id='58']");
    await tab.untilText("#detail", /number 58/);
    await tab.untilText("#pause", "Resume");
    await tab.click("#pause");
    await tab.untilText(".log-view-state", "Live");
    for (const id of ["61", "62", "63"]) {
      await board.writer.insert(1);
      await until(async () => (await tab.rows())[0] === id, `row ${id}`);
    }
    expect(await tab.text(".log-view-state")).toBe("Live");
    expect(await tab.text("#detail")).toMatch(/number 58/);
    // Another event is another reason to pause.
    await press(tab, "j");
    await tab.untilText("#detail", /number 57/);
    await tab.untilText(".log-view-state", /^Paused since/);
    expect(tab.errors).toEqual([]);
  });
});
