/** How many rows came above what the reader has seen. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { missedOf } from "../../../src/web/log/missed.ts";
import { Board } from "../../support/board.ts";
import { describeInBrowser } from "../../support/browser.ts";
import { TEST_TIMEOUT_MS, until } from "../../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const down = (from: number, to: number) =>
  Array.from({ length: from - to + 1 }, (_, at) => ({ id: BigInt(from - at) }));

describe("rows that came since others are held", () => {
  const heldAt = { count: 100, leaps: 0, newestId: 100n };
  const held = { heldAt, leaps: 0, shown: down(100, 51), readTo: undefined };

  test("are those that came", () => {
    expect(missedOf({ ...held, received: 100, newest: down(100, 51) })).toEqual({ count: 0, isMore: false });
    expect(missedOf({ ...held, received: 103, newest: down(103, 54) })).toEqual({ count: 3, isMore: false });
    expect(missedOf({ ...held, received: 220, newest: down(220, 171) })).toEqual({
      count: 120,
      isMore: false,
    });
  });

  test("are fewer when the reader has gone up through some of them", () => {
    const shown = down(200, 51);
    const received = 220;
    const newest = down(220, 171);
    expect(missedOf({ ...held, received, newest, shown, readTo: 160n })).toEqual({
      count: 60,
      isMore: false,
    });
    expect(missedOf({ ...held, received, newest, shown, readTo: 180n })).toEqual({
      count: 40,
      isMore: false,
    });
    expect(missedOf({ ...held, received, newest, shown, readTo: 220n })).toEqual({ count: 0, isMore: false });
    // Further down than where the pause began nothing is new.
    expect(missedOf({ ...held, received, newest, shown, readTo: 60n })).toEqual({
      count: 120,
      isMore: false,
    });
  });

  test("may be more than were counted, until the newest rows follow on what was seen", () => {
    const leapt = { ...held, leaps: 1, received: 150, newest: down(5000, 4951) };
    expect(missedOf(leapt)).toEqual({ count: 50, isMore: true });
    expect(missedOf({ ...leapt, readTo: 4960n })).toEqual({ count: 40, isMore: false });
  });

  test("are all where there was none", () => {
    const none = { ...held, heldAt: { ...heldAt, newestId: undefined }, shown: [] };
    expect(missedOf({ ...none, received: 102, newest: down(2, 1) })).toEqual({ count: 2, isMore: false });
  });
});

describeInBrowser("the pill", () => {
  test("counts fewer as the reader goes up through what came", async () => {
    await using board = await Board.open();
    const rows = (count: number) =>
      `INSERT INTO events(event_type, summary) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
       SELECT 'note', 'number ' || i FROM n`;
    await board.writer.run(rows(200));
    const tab = await board.openConnectedTab();
    await tab.click("#fold");
    await tab.evaluate("scrollTo(0, 900)");
    await tab.untilText(".log-view-state", /./);
    await until(
      () => tab.evaluate<boolean>("document.querySelector('#back-to-live') !== null"),
      "the rows to be held",
    );
    await board.writer.run(rows(120));
    await tab.untilText("#new-events", "120 new");
    const step = async () => {
      await tab.evaluate("scrollBy(0, -400)");
      const text = (await tab.text("#new-events")) ?? "0 new";
      return Number.parseInt(text, 10);
    };
    await until(async () => (await step()) < 60, "half of them to be read");
    await until(async () => (await step()) === 0, "all of them to be read");
    expect(tab.errors).toEqual([]);
  });
});
