/** The log by the keyboard alone, in a real browser. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { schemaSql } from "../../src/db/sqlite/create.ts";
import { Board } from "../support/board.ts";
import { describeInBrowser } from "../support/browser.ts";
import { press, tabTo, write } from "../support/keys.ts";
import { numberedSql, openNumbered, selected, untilSelected } from "../support/numbered.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

describeInBrowser("the keys", () => {
  test("go from row to row, open one, step on beside it, and leave", async () => {
    await using opened = await openNumbered(60);
    const { tab } = opened;
    for (const [key, id] of [
      ["j", 60],
      ["j", 59],
      ["ArrowDown", 58],
      ["k", 59],
      ["ArrowUp", 60],
      ["j", 59],
    ] as const) {
      await press(tab, key);
      await untilSelected(tab, id);
    }
    await press(tab, "Enter");
    await tab.untilText("#detail", /number 59/);
    await press(tab, "j");
    await tab.untilText("#detail", /number 58/);
    await press(tab, "Escape");
    await until(async () => (await tab.text("#detail .fields")) === null, "the pane to close");
    expect(tab.errors).toEqual([]);
  });

  test("a key that is held down goes on beyond the rows that are loaded", async () => {
    await using opened = await openNumbered(400);
    const { tab } = opened;
    await press(tab, "j");
    await until(
      async () => {
        await press(tab, "j", { isRepeat: true });
        return Number(await selected(tab)) < 330;
      },
      "a row beyond the first page",
      30_000,
    );
    const isInSight = `(() => {
      const place = document.querySelector("tr.selected")?.getBoundingClientRect();
      return place !== undefined && place.top > 0 && place.bottom < innerHeight;
    })()`;
    await until(() => tab.evaluate<boolean>(isInSight), "the row to be in sight");
  });

  test("lead from failure to failure, in both directions, and say where there is no more", async () => {
    await using opened = await openNumbered(400);
    const { tab } = opened;
    for (const id of [360, 270, 180, 90]) {
      await press(tab, "e");
      await untilSelected(tab, id);
    }
    await press(tab, "e");
    await tab.untilText("#notice", "No older failure was found.");
    await press(tab, "E");
    await untilSelected(tab, 180);
  });

  test("lead to both ends, and pause", async () => {
    await using opened = await openNumbered(400);
    const { board, tab } = opened;
    await press(tab, "G");
    await tab.untilText("#log-end", "This is the first event.");
    await press(tab, "g");
    await tab.untilText(".log-view-state", "Live");
    await press(tab, " ");
    await tab.untilText(".log-view-state", /^Paused/);
    await board.writer.insert(1);
    await tab.untilText("#new-events", "1 new");
    await press(tab, " ");
    await tab.untilText(".log-view-state", "Live");
    await until(async () => (await tab.rows())[0] === "401", "the new row");
  });

  test("are enough for everything: a walk without a mouse", async () => {
    await using board = await Board.open(`${schemaSql("events")};
      CREATE TABLE agents (id TEXT PRIMARY KEY, status TEXT, last_seen TEXT);
      INSERT INTO agents VALUES ('agent-0', 'idle', datetime('now')), ('agent-1', 'working', datetime('now'))`);
    await board.writer.run(numberedSql(200));
    const tab = await board.openConnectedTab();

    // A question with a suggestion that is taken, and its chip that is taken away.
    await press(tab, "/");
    await write(tab, "type:job_f");
    await tab.untilText("[role='listbox']", /job_failed/);
    await press(tab, "ArrowDown");
    await press(tab, "Enter");
    await press(tab, "Enter");
    await tab.untilText(".chip code", "type:job_failed");
    await tab.untilRows([180, 90]);
    await tabTo(tab, ".chip button");
    await press(tab, "Enter");
    await until(async () => (await tab.rows()).length === 50, "all rows");

    // A row of a panel, and its story.
    await tabTo(tab, "[data-row-key='agent-1'] button", 60);
    await press(tab, "Enter");
    await tab.untilText("#story", /agent-1/);
    await press(tab, "Escape");
    await until(async () => (await tab.text("#story")) === null, "the story to close");

    // An event, and back.
    await tabTo(tab, ".events .opener", 60);
    await press(tab, "Enter");
    await tab.untilText("#detail", /number 200/);
    await press(tab, "Escape");

    // The columns, a time, the theme and the help.
    await tabTo(tab, "#columns", 120);
    await press(tab, "Enter");
    await tabTo(tab, "#columns-menu input");
    await press(tab, " ");
    await until(
      async () => (await tab.evaluate<number>("document.querySelectorAll('.events th').length")) === 3,
      "a column less",
    );
    await press(tab, "Escape");
    await press(tab, "t");
    await tabTo(tab, "#jump-id");
    await write(tab, "20");
    await press(tab, "Enter");
    await untilSelected(tab, 20);
    await press(tab, "?");
    await tab.untilText("#help h2", /./);
    await press(tab, "Escape");
    await press(tab, "k", { modifier: "control" });
    await write(tab, "dark");
    await press(tab, "Enter");
    await until(
      async () => (await tab.evaluate("getComputedStyle(document.body).colorScheme")) !== null,
      "the theme",
    );
    expect(await tab.evaluate("document.documentElement.dataset.theme")).toBe("dark");
    await press(tab, "g");
    await tab.untilText(".log-view-state", "Live");
    expect(tab.errors).toEqual([]);
  });
});
