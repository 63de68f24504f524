/** What is open beside the list: one thing at a time, and each a step of the browser's history. In a real browser. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { schemaSql } from "../../src/db/sqlite/create.ts";
import { Board } from "../support/board.ts";
import { describeInBrowser, type Tab } from "../support/browser.ts";
import { press } from "../support/keys.ts";
import { numberedSql } from "../support/numbered.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** What is open, and what the address says of it. */
const OPEN = `(() => {
  const panes = [...document.querySelectorAll("#detail-title, #story-title")].map((title) => title.textContent);
  const address = new URLSearchParams(location.search);
  return [...panes, "at", ...[...address].map(([name, value]) => name + "=" + value)].join(" ");
})()`;

async function untilOpen(tab: Tab, expected: string): Promise<void> {
  let last = "";
  const isSo = async () => (last = await tab.evaluate<string>(OPEN)) === expected;
  await until(isSo, `“${expected}” to be open`).catch((error: unknown) => {
    throw new Error(`“${last}” is open`, { cause: error });
  });
}

const NOTHING = "at";
const EVENT_60 = "Event 60 at event=60";
const STORY = "job-0 at story=job-0";

async function openBoard(): Promise<Board> {
  const board = await Board.open(`${schemaSql("events")};
    CREATE TABLE jobs (id TEXT PRIMARY KEY, status TEXT, last_seen TEXT);
    INSERT INTO jobs VALUES ('job-0', 'idle', datetime('now'))`);
  await board.writer.run(numberedSql(60));
  return board;
}

const click = (tab: Tab, selector: string) =>
  tab.evaluate(`document.querySelector(${JSON.stringify(selector)}).click()`);

describeInBrowser("what is open beside the list", () => {
  test("is one thing, whatever the address says", async () => {
    await using board = await openBoard();
    const tab = await board.openTab({}, "?event=60&story=job-0");
    await untilOpen(tab, EVENT_60);
    expect(tab.errors).toEqual([]);
  });

  test("gives way to the next one in one step, and Back leads to it again", async () => {
    await using board = await openBoard();
    const tab = await board.openConnectedTab();
    await until(async () => (await tab.rows())[0] === "60", "the rows");
    await click(tab, "[data-event-id='60'] .opener");
    await untilOpen(tab, EVENT_60);
    await click(tab, "#detail .story");
    await untilOpen(tab, STORY);
    await tab.evaluate("history.back()");
    await untilOpen(tab, EVENT_60);
    await tab.evaluate("history.forward()");
    await untilOpen(tab, STORY);
    await click(tab, "[data-event-id='58'] .opener");
    await untilOpen(tab, "Event 58 at event=58");
    // The story of a row of a table is another one.
    await click(tab, "[data-row-key='job-0'] button");
    await untilOpen(tab, "job-0 at story=job-0 of=jobs");
    await click(tab, "[data-event-id='57'] .opener");
    await untilOpen(tab, "Event 57 at event=57");
    await click(tab, "[data-event-id='56'] .opener");
    await untilOpen(tab, "Event 56 at event=56");
    for (const before of [
      "Event 57 at event=57",
      "job-0 at story=job-0 of=jobs",
      "Event 58 at event=58",
      STORY,
      EVENT_60,
      NOTHING,
    ]) {
      await tab.evaluate("history.back()");
      await untilOpen(tab, before);
    }
    expect(tab.errors).toEqual([]);
  });

  test("is open again when Back undoes that it was closed, and its neighbours are no steps", async () => {
    await using board = await openBoard();
    const tab = await board.openConnectedTab();
    await until(async () => (await tab.rows())[0] === "60", "the rows");
    await click(tab, "[data-event-id='60'] .opener");
    await untilOpen(tab, EVENT_60);
    await press(tab, "ArrowDown");
    await untilOpen(tab, "Event 59 at event=59");
    await press(tab, "j");
    await untilOpen(tab, "Event 58 at event=58");
    await press(tab, "Escape");
    await untilOpen(tab, NOTHING);
    await tab.evaluate("history.back()");
    await untilOpen(tab, "Event 58 at event=58");
    await tab.evaluate("history.back()");
    await untilOpen(tab, NOTHING);
    expect(await tab.evaluate<number>("history.length")).toBeLessThanOrEqual(4);
  });

  test("is closed in one step with what is asked in a sheet over the list", async () => {
    await using board = await openBoard();
    const tab = await board.openConnectedTab({ width: 400, height: 740 });
    await until(async () => (await tab.rows())[0] === "60", "the rows");
    await click(tab, "[data-event-id='60'] .opener");
    await untilOpen(tab, EVENT_60);
    await click(tab, "#detail .follow-actor");
    await untilOpen(tab, "at q=actor:agent-0");
    await tab.evaluate("history.back()");
    await untilOpen(tab, EVENT_60);
    expect(tab.errors).toEqual([]);
  });
});
