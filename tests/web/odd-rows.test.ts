/** What others have stored is shown as the text that it is, and does nothing. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { Board, insertSql } from "../support/board.ts";
import { describeInBrowser, type Tab } from "../support/browser.ts";
import { insertOdd, ODD_ROWS } from "../support/odd-rows.ts";
import { TEST_TIMEOUT_MS } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** Opens a row beside the list, and waits until all of it is there. */
async function open(tab: Tab, id: string): Promise<void> {
  await tab.evaluate(`document.querySelector("[data-event-id='${id}'] .opener").click()`);
  await tab.untilText("#detail-title", `Event ${id}`);
  await tab.untilText("#detail .fields", /event_type/);
}

/** What only a page could have that took a value for HTML. */
const FOREIGN = `[...document.querySelectorAll("#app script, #app iframe, #app img, #app b, #app svg:not(.mark), a[href^='javascript:']")].map((each) => each.outerHTML)`;

describeInBrowser("odd rows", () => {
  test("are shown as text, in the list and beside it, and nothing of them is executed", async () => {
    await using board = await Board.open();
    const ids = await insertOdd(board.writer);
    const tab = await board.openConnectedTab();
    await tab.untilRows(ids.toReversed());
    for (const id of ids) {
      await open(tab, id);
      expect(await tab.evaluate<string[]>(FOREIGN)).toEqual([]);
      await tab.evaluate(`document.querySelector("#detail .close").click()`);
    }
    expect(await tab.evaluate("window.isAttacked")).toBeUndefined();
    expect(tab.errors).toEqual([]);
  });

  test("say exactly what is stored", async () => {
    await using board = await Board.open();
    const ids = await insertOdd(board.writer);
    const tab = await board.openConnectedTab();
    await tab.untilRows(ids.toReversed());
    const script = `[data-event-id="1"] .summary`;
    expect(await tab.text(script)).toBe(String(ODD_ROWS[0]?.columns["summary"]));
    // Marks stand for what can't be seen, and the order of the letters stays.
    expect(await tab.text(`[data-event-id="3"] .summary`)).toMatch(/^invoice.+fdp\.exe .+and.+ more$/);
    expect(await tab.text(`[data-event-id="4"] .summary`)).toMatch(/^red .*cleared/);
    expect(
      await tab.evaluate(
        `getComputedStyle(document.querySelector('[data-event-id="3"] .summary')).unicodeBidi`,
      ),
    ).toBe("isolate");
    expect((await tab.rows())[0]).toBe(String(2n ** 53n + 1n));
    expect(tab.errors).toEqual([]);
  });

  test("of 5,000 types are told apart without a failure", async () => {
    await using board = await Board.open();
    await board.writer.run(
      `INSERT INTO events(event_type, summary) WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 5000)
         SELECT 'type ' || n, 'one of many types' FROM n`,
    );
    const tab = await board.openConnectedTab();
    await tab.untilText("#chart .chart-legend", /other/i);
    await board.writer.run(insertSql({ event_type: "type 5001" }));
    await tab.untilText(`[data-event-id="5001"] .badge`, "type 5001");
    expect(tab.errors).toEqual([]);
  });
});
