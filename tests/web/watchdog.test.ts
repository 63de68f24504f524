/** A server that is there and says nothing, as after a sleep of the machine or behind a dead proxy. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { Board } from "../support/board.ts";
import { describeInBrowser } from "../support/browser.ts";
import { advanceClock } from "../support/tabs.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

describeInBrowser("a server that stands still", () => {
  test("is connected until 40 s, then not, and tells what was caught up when it goes on", async () => {
    await using board = await Board.open();
    await board.writer.insert(2);
    const tab = await board.openConnectedTab();
    board.server.process.kill("SIGSTOP");
    const asked = () => tab.requested("/api/status").length;
    const before = asked();
    await tab.evaluate(advanceClock(25_000));
    await until(() => asked() > before, "a round of the page");
    // The connection is open, and the browser has no reason to doubt it.
    expect(await tab.text("#connection-status")).toBe("Connected");

    await tab.evaluate(advanceClock(16_000));
    await tab.untilText("#connection-status", "Polling");
    expect(await tab.evaluate("tailboard.fallbackToPolling")).toBe(true);
    await tab.untilText("#problem", /can’t be reached/, 20_000);
    await board.writer.insert(5);
    expect(await tab.rows()).toEqual(["2", "1"]);

    board.server.process.kill("SIGCONT");
    await tab.untilText("#notice", "Reconnected, 5 events caught up");
    await tab.untilText("#connection-status", "Connected");
    await tab.untilRows([7, 6, 5, 4, 3, 2, 1]);
    expect(await tab.text("#problem")).toBeNull();
    await until(async () => (await board.server.metric("tailboard_subscribers")) === 1, "one stream");
    expect(tab.errors).toEqual([]);
  });
});
