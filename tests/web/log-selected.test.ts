/** The row that the keyboard is at, wherever the reader comes from, in a real browser. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { describeInBrowser, type Tab } from "../support/browser.ts";
import { press, write } from "../support/keys.ts";
import { numberedSql, openNumbered, selected, untilSelected } from "../support/numbered.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const untilOpen = (tab: Tab, id: number) => tab.untilText("#detail-title", `Event ${id}`);
const untilClosed = (tab: Tab) =>
  until(() => tab.evaluate<boolean>("document.querySelector('#detail') === null"), "the pane to close");
const untilNoneSelected = (tab: Tab) =>
  until(async () => (await selected(tab)) === "", "no row to be selected");

async function jumpTo(tab: Tab, id: number): Promise<void> {
  await press(tab, "t");
  await tab.evaluate("document.querySelector('#jump-id').select()");
  await write(tab, String(id));
  await press(tab, "Enter");
  await untilSelected(tab, id);
}

describeInBrowser("the row that the keyboard is at", () => {
  test("is the one that a jump leads to", async () => {
    await using opened = await openNumbered(400);
    const { tab } = opened;
    await press(tab, "G");
    await untilSelected(tab, 1);
    await press(tab, "k");
    await untilSelected(tab, 2);
    await press(tab, "j");
    await untilSelected(tab, 1);
    await jumpTo(tab, 200);
    await press(tab, "j");
    await untilSelected(tab, 199);
    await jumpTo(tab, 250);
    await press(tab, "Enter");
    await untilOpen(tab, 250);
    expect(tab.errors).toEqual([]);
  });

  test("is the one that a link opens, also when it is closed", async () => {
    await using opened = await openNumbered(400, "?event=200");
    const { tab } = opened;
    await untilOpen(tab, 200);
    await untilSelected(tab, 200);
    await press(tab, "Escape");
    await untilClosed(tab);
    expect(await selected(tab)).toBe("200");
    await press(tab, "j");
    await untilSelected(tab, 199);
  });

  test("is the one that is open, and stays it when it is closed", async () => {
    await using opened = await openNumbered(60);
    const { tab } = opened;
    await press(tab, "j");
    await press(tab, "j");
    await untilSelected(tab, 59);
    await press(tab, "Enter");
    await untilOpen(tab, 59);
    for (const id of [58, 57, 56]) {
      await press(tab, "ArrowDown");
      await untilOpen(tab, id);
      await untilSelected(tab, id);
    }
    await press(tab, "Escape");
    await untilClosed(tab);
    await tab.untilText(".log-view-state", "Live");
    expect(await selected(tab)).toBe("56");
    await press(tab, "j");
    await untilSelected(tab, 55);
    // The focus has come along: what Enter opens is what is marked.
    await press(tab, "Enter");
    await untilOpen(tab, 55);
    // By mouse it is the same.
    await tab.click("[data-event-id='52'] .summary");
    await untilOpen(tab, 52);
    await untilSelected(tab, 52);
    await press(tab, "Escape");
    await untilClosed(tab);
    await press(tab, "k");
    await untilSelected(tab, 53);
    expect(tab.errors).toEqual([]);
  });

  test("is found again where rows have pushed it out of the list", async () => {
    await using opened = await openNumbered(60);
    const { board, tab } = opened;
    await tab.click("[data-event-id='55'] .summary");
    await untilOpen(tab, 55);
    await board.writer.run(numberedSql(100));
    await tab.untilText("#new-events", /^100/);
    await press(tab, "Escape");
    await until(async () => (await tab.rows())[0] === "160", "the newest rows");
    await press(tab, "j");
    await untilSelected(tab, 54);
  });

  test("is none any more when the reader goes on with the newest rows", async () => {
    await using opened = await openNumbered(60);
    const { tab } = opened;
    for (const key of ["j", "j", "j"]) await press(tab, key);
    await untilSelected(tab, 58);
    await press(tab, " ");
    await tab.untilText(".log-view-state", "Live");
    await untilNoneSelected(tab);
    await press(tab, "j");
    await untilSelected(tab, 60);
    await jumpTo(tab, 20);
    await press(tab, "g");
    await untilNoneSelected(tab);
  });

  test("is left with Escape, and the keyboard begins anew", async () => {
    await using opened = await openNumbered(60);
    const { tab } = opened;
    await press(tab, "j");
    await press(tab, "j");
    await untilSelected(tab, 59);
    await press(tab, "Escape");
    await untilNoneSelected(tab);
    await press(tab, "j");
    await untilSelected(tab, 60);
  });
});
