/** What the page keeps of what it has drawn. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { Board } from "../support/board.ts";
import { describeInBrowser, type Tab } from "../support/browser.ts";
import { TEST_TIMEOUT_MS } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const WORKERS = 10;
const CHANGES = 60;

/** The objects in the page, after all that nobody holds are gone, that have these members first. */
async function countObjects(tab: Tab, members: string): Promise<number> {
  const prototype = objectIn(await tab.cdp("Runtime.evaluate", { expression: "Object.prototype" }), "result");
  const found = objectIn(
    await tab.cdp("Runtime.queryObjects", { prototypeObjectId: prototype["objectId"] }),
    "objects",
  );
  const counted = await tab.cdp("Runtime.callFunctionOn", {
    objectId: found["objectId"],
    functionDeclaration: `function () {
      const has = (object) => { try { return Object.keys(object).join().startsWith("${members}"); } catch { return false; } };
      return this.filter(has).length;
    }`,
    returnByValue: true,
  });
  await tab.cdp("Runtime.releaseObject", { objectId: found["objectId"] });
  return Number(objectIn(counted, "result")["value"]);
}

function objectIn(answer: unknown, name: string): Record<string, unknown> {
  const found: unknown = Object.entries(answer ?? {}).find(([key]) => key === name)?.[1];
  if (typeof found !== "object" || found === null) throw new Error(`no ${name} in ${JSON.stringify(answer)}`);
  return Object.fromEntries(Object.entries(found));
}

describeInBrowser("a page that stays open", () => {
  test("keeps nothing of what it drew before, however often a table and the log change", async () => {
    await using board = await Board.open();
    await board.writer.run(
      "CREATE TABLE workers (id INTEGER PRIMARY KEY, name TEXT, status TEXT, last_seen TEXT)",
    );
    await board.writer.run(`INSERT INTO workers(name, status, last_seen)
      WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT ${WORKERS})
      SELECT 'worker-' || n, 'active', strftime('%Y-%m-%dT%H:%M:%fZ', 'now') FROM n`);
    const tab = await board.openConnectedTab();
    await tab.untilText("[data-panel] [data-row-key]", /worker/);
    for (let change = 1; change <= CHANGES; change++) {
      await board.writer.run(
        `UPDATE workers SET last_seen = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = 1 + ${change} % ${WORKERS}`,
      );
      await board.writer.run(
        `INSERT INTO events(event_type, actor_id, summary) VALUES ('step', 'worker-1', 'step ${change}')`,
      );
      // What tells how long ago something was changes once a second, by itself.
      await Bun.sleep(100);
    }
    await tab.untilText("tr[data-event-id] .summary", `step ${CHANGES}`);
    // What is described of a row of a panel: once for each row that is shown, and for a few that are on their way out.
    expect(await countObjects(tab, "row,panel,timeZone,tick")).toBeLessThanOrEqual(3 * WORKERS);
    expect(await countObjects(tab, "row,panel,timeZone,tick")).toBeGreaterThanOrEqual(WORKERS);
    expect(tab.errors).toEqual([]);
  });
});
