/** The main walk through the page in Firefox: what another engine might do otherwise than Chromium. */
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";

import { axe } from "../support/axe.ts";
import { Board, insertSql } from "../support/board.ts";
import type { FirefoxTab } from "../support/firefox-tab.ts";
import { describeInFirefox, Firefox } from "../support/firefox.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** Rows 1 to `count`, one a second up to now; every tenth failed. */
const fill = (
  count: number,
) => `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
  INSERT INTO events(timestamp, event_type, actor_id, target_id, summary, metadata)
  SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-' || (${count} - i) || ' seconds'),
    iif(i % 10 = 0, 'job_failed', 'job_done'), 'agent-' || (i % 3), 'job-' || (i / 4), 'number ' || i,
    json_object('attempt', i % 4)
  FROM n`;

const untilFirstRow = (tab: FirefoxTab, id: number) =>
  until(async () => (await tab.rows())[0] === String(id), `row ${id} at the top`);

describeInFirefox("in Firefox", () => {
  let firefox: Firefox;
  const tabs: FirefoxTab[] = [];
  beforeAll(async () => {
    firefox = await Firefox.start();
  }, TEST_TIMEOUT_MS);
  afterEach(async () => {
    for (const tab of tabs.splice(0)) await tab[Symbol.asyncDispose]();
  });
  afterAll(() => firefox?.[Symbol.asyncDispose]());

  async function openConnected(board: Board): Promise<FirefoxTab> {
    const tab = await firefox.openTab(board.server.url);
    tabs.push(tab);
    await tab.untilText("#connection-status", "Connected");
    return tab;
  }

  async function openFilled(count: number) {
    const board = await Board.open();
    await board.writer.run(fill(count));
    const tab = await openConnected(board);
    return { board, tab, [Symbol.asyncDispose]: () => board[Symbol.asyncDispose]() };
  }

  test("a row that another process inserts appears at the top, with its time, type and metadata", async () => {
    await using board = await Board.open();
    await board.writer.insert(2);
    const tab = await openConnected(board);
    await tab.untilRows([2, 1]);
    await board.writer.run(
      insertSql({
        event_type: "task_failed",
        actor_id: "agent-1",
        summary: "just now",
        metadata: '{"error":"no"}',
      }),
    );
    await tab.untilRows([3, 2, 1]);
    const row = "[data-event-id='3']";
    expect(await tab.text(`${row} .summary`)).toBe("just now");
    expect(await tab.text(`${row} .badge`)).toBe("task_failed");
    expect(await tab.text(`${row} .label.failed`)).toBe("error: no");
    expect(await tab.text(`${row} time`)).toMatch(/\d\d:\d\d:\d\d/);
    const badge = `getComputedStyle(document.querySelector("${row} .badge"))`;
    expect(await tab.evaluate(`${badge}.backgroundColor`)).not.toBe("rgba(0, 0, 0, 0)");
    expect(tab.errors).toEqual([]);
  });

  test("a question that is written into the search box asks for its rows, and stands in the address", async () => {
    await using opened = await openFilled(60);
    const { board, tab } = opened;
    await tab.press("/");
    expect(await tab.evaluate("document.activeElement.id")).toBe("search");
    await tab.write("type:job_failed");
    await tab.press("Enter");
    await tab.untilRows([60, 50, 40, 30, 20, 10]);
    await tab.untilText(".chip code", "type:job_failed");
    expect(await tab.evaluate("new URL(location.href).searchParams.get('q')")).toBe("type:job_failed");
    await board.writer.run([insertSql({}), insertSql({ event_type: "job_failed" })]);
    await tab.untilRows([62, 60, 50, 40, 30, 20, 10]);
    await tab.click(".chip button");
    await until(async () => (await tab.rows())[1] === "61", "all rows");
    expect(await tab.evaluate("location.search")).toBe("");
    expect(tab.errors).toEqual([]);
  });

  test("pause keeps the rows, and the pill shows what came meanwhile", async () => {
    await using opened = await openFilled(60);
    const { board, tab } = opened;
    await tab.click("#pause");
    await tab.untilText(".log-view-state", /^Paused since/);
    await board.writer.insert(3);
    await tab.untilText("#new-events", "3 new");
    expect((await tab.rows())[0]).toBe("60");
    await tab.click("#new-events");
    await untilFirstRow(tab, 63);
    await tab.press(" ");
    await tab.untilText(".log-view-state", /^Paused since/);
    await tab.press(" ");
    await tab.untilText(".log-view-state", "Live");
    expect(tab.errors).toEqual([]);
  });

  test("a row opens beside the list, leads to its neighbours, and closes", async () => {
    await using opened = await openFilled(60);
    const { tab } = opened;
    await tab.click("[data-event-id='58'] .opener");
    await tab.untilText("#detail", /number 58/);
    expect(await tab.evaluate("new URL(location.href).searchParams.get('event')")).toBe("58");
    await tab.press("ArrowDown");
    await tab.untilText("#detail", /number 57/);
    await tab.press("Escape");
    await until(
      () => tab.evaluate<boolean>("document.querySelector('#detail') === null"),
      "the pane to close",
    );
    expect(tab.errors).toEqual([]);
  });

  test("a jump to an event leads into the history, and back to what is live", async () => {
    await using opened = await openFilled(1500);
    const { tab } = opened;
    await tab.click("#jump");
    await tab.click("#jump-id");
    await tab.write("400");
    await tab.press("Enter");
    await until(async () => (await tab.rows()).includes("400"), "the event");
    await tab.untilText(".log-view-state", /^History/);
    const place = `(() => { const { top } = document.querySelector("[data-event-id='400']").getBoundingClientRect();
      return top > 0 && top < innerHeight; })()`;
    await until(() => tab.evaluate<boolean>(place), "the event to be in sight");
    await tab.click("#back-to-live");
    await untilFirstRow(tab, 1500);
    expect(tab.errors).toEqual([]);
  });

  test("after a restart of the server it connects again, and has every row once", async () => {
    await using board = await Board.open();
    await board.writer.insert(3);
    const tab = await openConnected(board);
    await board.server.stop("SIGKILL");
    await tab.untilText("#connection-status", "Polling");
    await board.writer.insert(4);
    await board.restart();
    await tab.untilText("#connection-status", "Connected");
    await tab.untilRows([7, 6, 5, 4, 3, 2, 1]);
    await tab.untilText("#notice", "Reconnected, 4 events caught up");
    expect(tab.errors).toEqual([]);
  });

  test("axe finds nothing, in light and in dark", async () => {
    await using opened = await openFilled(12);
    const { tab } = opened;
    await tab.click("[data-event-id='8'] .opener");
    await tab.untilText("#detail", /number 8/);
    for (const theme of ["light", "dark"]) {
      await tab.evaluate(`document.documentElement.dataset.theme = "${theme}"`);
      expect(await axe(tab)).toEqual([]);
    }
    expect(tab.errors).toEqual([]);
  });
});
