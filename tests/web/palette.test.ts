/** What the command palette can do beside the keys, in a real browser. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { schemaSql } from "../../src/db/sqlite/create.ts";
import { Board } from "../support/board.ts";
import { describeInBrowser, type Tab } from "../support/browser.ts";
import { focused, press, write } from "../support/keys.ts";
import { numberedSql } from "../support/numbered.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const TITLES = `[...document.querySelectorAll("#palette-list .palette-title")].map((title) => title.textContent)`;

/** Runs the command that is found first with this title. */
async function run(tab: Tab, title: string): Promise<void> {
  await press(tab, "k", { modifier: "control" });
  await until(async () => (await focused(tab)) === "palette-text", "the palette");
  await write(tab, title);
  const isFirst = async () => (await tab.evaluate<string[]>(TITLES))[0] === title;
  await until(isFirst, `the command “${title}”`);
  await press(tab, "Enter");
  // Until the browser draws again, the box of the closed palette has the focus, and takes the next keys.
  await until(async () => (await focused(tab)) !== "palette-text", "the palette to close");
}

async function openBoard(query: string): Promise<{ tab: Tab } & AsyncDisposable> {
  const board = await Board.open(`${schemaSql("events")};
    CREATE TABLE jobs (id TEXT PRIMARY KEY, status TEXT, last_seen TEXT);
    INSERT INTO jobs VALUES ('job-0', 'idle', datetime('now'))`);
  await board.writer.run(numberedSql(60));
  // A browser that asks for a permission takes keys of the page meanwhile.
  const tab = await board.openTab({ before: "delete window.Notification" }, query);
  await tab.untilText("#connection-status", "Connected");
  return { tab, [Symbol.asyncDispose]: () => board[Symbol.asyncDispose]() };
}

describeInBrowser("the palette", () => {
  test("chooses what the chart and the tables show", async () => {
    await using opened = await openBoard(
      `?q=${encodeURIComponent("since:2020-01-01T00:00:00Z until:2099-01-01T00:00:00Z")}`,
    );
    const { tab } = opened;
    await tab.untilText("#reset-zoom", /./);
    await tab.untilText("[data-panel='jobs']", /job-0/);
    await run(tab, "Reset the zoom of the chart");
    await until(async () => (await tab.text("#reset-zoom")) === null, "the zoom to end");
    await run(tab, "Show the last 24 hours in the chart");
    await tab.untilText(".window-switch [aria-pressed='true']", "24 h");
    await run(tab, "Hide the chart");
    await tab.untilText("#toggle-chart", "Show chart");
    await run(tab, "Show the chart");
    await tab.untilText("#toggle-chart", "Hide chart");
    await run(tab, "Hide the table jobs");
    await until(async () => (await tab.text("[data-panel='jobs']")) === null, "the table to go");
    await run(tab, "Show the table jobs");
    await tab.untilText("[data-panel='jobs']", /job-0/);
    expect(tab.errors).toEqual([]);
  });

  test("does with a question what the buttons do", async () => {
    await using opened = await openBoard("?q=type:job_done");
    const { tab } = opened;
    await tab.untilText(".chip", /job_done/);
    await run(tab, "Tell me when a row matches");
    await until(
      () => tab.evaluate<boolean>("document.querySelector('#tell-me').ariaPressed === 'true'"),
      "the switch to be on",
    );
    await run(tab, "Tell me no longer");
    await until(
      () => tab.evaluate<boolean>("document.querySelector('#tell-me').ariaPressed === 'false'"),
      "the switch to be off",
    );
    await run(tab, "Save this search as a view");
    await until(async () => (await focused(tab)) === "view-name", "the name of the view");
    await press(tab, "Enter");
    await tab.untilText(".view-name", "type:job_done");
    await press(tab, "Escape");
    expect(tab.errors).toEqual([]);
  });

  test("copies a question as commands and as a script", async () => {
    const before = `Object.defineProperty(navigator, "clipboard", {
      value: { writeText: async (text) => { window.copied = text; } },
    });`;
    await using board = await Board.open();
    await board.writer.run(numberedSql(10));
    const tab = await board.openTab({ before }, "?q=type:job_done");
    await tab.untilText(".chip", /job_done/);
    for (const [name, text] of [
      ["curl", /^curl -sG .*api\/events --data-urlencode q=type:job_done$/],
      ["curl, live", /^curl -NG .*api\/events\/stream /],
      ["EventSource", /new EventSource/],
      ["sqlite3", /^sqlite3 .*job_done/s],
    ] as const) {
      await run(tab, `Copy the question as ${name}`);
      await tab.untilText("#notice", `The question is copied as ${name}.`);
      expect(await tab.evaluate<string>("window.copied")).toMatch(text);
    }
    expect(tab.errors).toEqual([]);
  });
});
