/** The keyboard, links and jumps among rows that are folded into one, in a real browser. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { Board, insertSql } from "../support/board.ts";
import { describeInBrowser, type Tab } from "../support/browser.ts";
import { press, write } from "../support/keys.ts";
import { numberedSql, selected, untilSelected } from "../support/numbered.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const FAILED = insertSql({ event_type: "task_failed", actor_id: "agent-1", summary: "no room" });

const untilOpen = (tab: Tab, id: number) => tab.untilText("#detail-title", `Event ${id}`);
const shown = (tab: Tab) =>
  tab.evaluate<string>(
    `[...document.querySelectorAll("[data-event-id]:not([hidden])")].map((row) => row.dataset.eventId).join(" ")`,
  );
const untilShown = (tab: Tab, ids: string) =>
  until(async () => (await shown(tab)) === ids, `the rows ${ids} to be shown`);

/** Rows 1 to 100 say the same, and 101 to 110 do not. */
async function openRepeats(): Promise<Board> {
  const board = await Board.open();
  await board.writer.insert(100);
  await board.writer.run(numberedSql(10));
  return board;
}

describeInBrowser("a fold", () => {
  test("is one failure, and one event beside the list", async () => {
    await using board = await Board.open();
    await board.writer.run(insertSql({ event_type: "task_failed", summary: "another one" }));
    await board.writer.run(insertSql({ summary: "in between" }));
    await board.writer.run([FAILED, FAILED, FAILED]);
    await board.writer.run(insertSql({ summary: "the newest" }));
    const tab = await board.openConnectedTab();
    await untilShown(tab, "6 5 2 1");
    await press(tab, "e");
    await untilSelected(tab, 5);
    await press(tab, "e");
    await untilSelected(tab, 1);
    await press(tab, "E");
    await untilSelected(tab, 5);
    await press(tab, "Enter");
    await untilOpen(tab, 5);
    await press(tab, "ArrowDown");
    await untilOpen(tab, 2);
    expect(await shown(tab)).toBe("6 5 2 1");
    expect(tab.errors).toEqual([]);
  });

  test("opens where a link or a jump leads into it", async () => {
    await using board = await openRepeats();
    const tab = await board.openTab({}, "?event=3");
    await untilOpen(tab, 3);
    await untilSelected(tab, 3);
    const isInSight = `(() => {
      const { top, bottom } = document.querySelector("tr.selected:not([hidden])").getBoundingClientRect();
      return bottom > top && top > 0 && bottom < innerHeight;
    })()`;
    await until(() => tab.evaluate<boolean>(isInSight), "the row to be in sight");
    await press(tab, "Escape");
    await press(tab, "g");
    await until(async () => (await tab.rows())[0] === "110", "the newest rows");
    await press(tab, "t");
    await tab.evaluate("document.querySelector('#jump-id').focus()");
    await write(tab, "50");
    await press(tab, "Enter");
    await untilSelected(tab, 50);
    await until(() => tab.evaluate<boolean>(isInSight), "the row to be in sight");
    await press(tab, "j");
    await untilSelected(tab, 49);
    expect(tab.errors).toEqual([]);
  });

  test("is marked when it takes in the row that the keyboard is at", async () => {
    await using board = await Board.open();
    await board.writer.run(insertSql({ summary: "the first" }));
    await board.writer.run([FAILED, FAILED]);
    const tab = await board.openConnectedTab();
    await untilShown(tab, "3 2 1");
    await press(tab, "j");
    await press(tab, "j");
    await untilSelected(tab, 2);
    await press(tab, "Enter");
    await untilOpen(tab, 2);
    await board.writer.run(FAILED);
    await tab.untilText("#new-events", "1 new");
    await press(tab, "Escape");
    await untilShown(tab, "4 1");
    expect(await selected(tab)).toBe("4");
    await press(tab, "j");
    await untilSelected(tab, 1);
    await press(tab, "k");
    await untilSelected(tab, 4);
  });
});
