/** Tables beside the log that change while somebody looks at them: a group that empties, a table that goes and comes. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { groupsShown } from "../../src/web/panels/groups-shown.ts";
import { Board } from "../support/board.ts";
import { describeInBrowser, type Tab } from "../support/browser.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

describe("the groups of a panel", () => {
  const groups = [
    { value: "done", count: 2 },
    { value: null, count: 1 },
  ];

  test("have the chosen one, also where no row is in it any longer", () => {
    expect(groupsShown(groups, undefined, true)).toEqual(groups);
    expect(groupsShown(groups, "done", true)).toEqual(groups);
    expect(groupsShown(groups, "", true)).toEqual(groups);
    expect(groupsShown(groups, "failed", false)).toEqual([...groups, { value: "failed", count: 0 }]);
  });

  test("do not count the chosen one where others have so many rows that the server does not name it", () => {
    expect(groupsShown(groups, "failed", true)).toEqual([...groups, { value: "failed", count: undefined }]);
  });

  test("are not there where the table has none, unless one is chosen: there has to be a way back", () => {
    expect(groupsShown(null, undefined, false)).toEqual([]);
    expect(groupsShown([], undefined, false)).toEqual([]);
    expect(groupsShown([], "failed", false)).toEqual([{ value: "failed", count: 0 }]);
    expect(groupsShown(null, "failed", true)).toEqual([{ value: "failed", count: undefined }]);
  });
});

const WORK = "[data-panel='work_items']";

const groupsOf = (tab: Tab) =>
  tab.evaluate<string[]>(`[...document.querySelectorAll("${WORK} .group")].map((each) => each.textContent)`);

const AGENTS = "[data-panel='agents']";

const isThere = (tab: Tab, selector: string) =>
  tab.evaluate<boolean>(`document.querySelector(${JSON.stringify(selector)}) !== null`);

describeInBrowser("a panel", () => {
  test("keeps the button of the chosen group when its rows go", async () => {
    await using board = await Board.openCrew();
    await board.writer.run(
      "UPDATE work_items SET state = 'failed' WHERE id IN (SELECT id FROM work_items LIMIT 2)",
    );
    const tab = await board.openConnectedTab();
    const button = `[...document.querySelectorAll("${WORK} .group")].find((each) => each.textContent.startsWith("failed"))`;
    await until(() => tab.evaluate<boolean>(`${button} !== undefined`), "the group");
    await tab.evaluate(`${button}.click()`);
    await until(
      async () => (await tab.evaluate(`document.querySelectorAll("${WORK} [data-row-key]").length`)) !== 0,
      "its rows",
    );
    await board.writer.run("UPDATE work_items SET state = 'queued' WHERE state = 'failed'");
    await tab.untilText(`${WORK} .panel-note`, "No rows");
    expect(await tab.evaluate(`${button}.textContent`)).toBe("failed 0");
    expect(await tab.evaluate(`${button}.ariaPressed`)).toBe("true");
    await board.writer.run("DELETE FROM work_items");
    await until(async () => (await groupsOf(tab)).join() === "All 0,failed 0", "no other group");
    expect(tab.errors).toEqual([]);
  });

  test("goes with its table, and comes back with it", async () => {
    await using board = await Board.openCrew();
    const tab = await board.openConnectedTab();
    await tab.untilText(`${AGENTS} [data-row-key]`, /agent-amber/);
    const failures = `(window.failures = [], new MutationObserver(() => {
      const failure = document.querySelector(".panel-failure")?.textContent;
      if (failure !== undefined) window.failures.push(failure);
    }).observe(document.querySelector("#panels"), { childList: true, subtree: true }))`;
    await tab.evaluate(`void ${failures}`);
    await board.writer.run("ALTER TABLE agents RENAME TO others");
    await until(async () => !(await isThere(tab, AGENTS)), "the panel to go");
    await until(() => isThere(tab, "[data-panel='others']"), "the other panel");
    for (const said of await tab.evaluate<string[]>("window.failures"))
      expect(said).toBe("There is no such table any longer.");
    await board.writer.run("ALTER TABLE others RENAME TO agents");
    await until(() => isThere(tab, `${AGENTS} [data-row-key]`), "the panel to come back");
    expect(await isThere(tab, "[data-panel='others']")).toBeFalse();
  });
});
