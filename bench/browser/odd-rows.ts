/** Rows that try what a page can take: how long it takes to open each of them. */
import type { Tab } from "../../tests/support/browser.ts";
import { insertOdd, ODD_ROWS } from "../../tests/support/odd-rows.ts";
import { atMost, count, type Goal, ms } from "../support/report.ts";
import { takeFrames } from "./probe.ts";
import type { BrowserScenario } from "./scenario.ts";
import { Stage } from "./stage.ts";

const TYPES = 5000;
/** A click that has its effect within this feels as if it were at once, or nearly. */
const OPEN_MS = 300;
const TASK_MS = 200;
const SCROLL_STEPS = 30;
const SCROLL_PX = 200;
const SETTLE_MS = 500;

const MANY_TYPES = `INSERT INTO events(event_type, summary)
  WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT ${TYPES})
  SELECT 'type ' || n, 'one of many types' FROM n`;

export const oddRows: BrowserScenario = {
  name: "odd-rows",
  title: `Scripts, bidi marks, 1 MB of JSON and such, after ${count(TYPES)} types`,
  async run() {
    await using stage = await Stage.open();
    const writer = stage.openWriter();
    const ids = await insertOdd(writer);
    const tab = await stage.openTab();
    await tab.untilRows(ids.toReversed());
    const opened: { name: string; ms: number; longest: number }[] = [];
    await takeFrames(tab);
    for (const [at, id] of ids.entries()) {
      const openMs = await tab.evaluate<number>(openScript(id));
      await scrollDetail(tab);
      const { longTasks } = await takeFrames(tab);
      opened.push({ name: ODD_ROWS[at]?.name ?? id, ms: openMs, longest: Math.max(0, ...longTasks) });
      await tab.evaluate(`document.querySelector("#detail .close").click()`);
    }
    await writer.run(MANY_TYPES);
    await Bun.sleep(SETTLE_MS);
    const { longTasks } = await takeFrames(tab);
    return {
      goals: [
        ...opened.map((row) => atMost(`${row.name}: opened`, OPEN_MS, row.ms, ms)),
        atMost(
          "longest task, with scrolling",
          TASK_MS,
          Math.max(...opened.map(({ longest }) => longest)),
          ms,
        ),
        atMost(`longest task with ${count(TYPES)} types`, TASK_MS, Math.max(0, ...longTasks), ms),
        noAttack(await tab.evaluate<boolean>("window.isAttacked === true"), tab.errors.length),
      ],
      notes: opened.map(
        (row) => `${row.name}: longest task ${row.longest === 0 ? "below 50 ms" : ms(row.longest)}`,
      ),
    };
  },
};

/** From the click to the fields of the event on the screen. */
const openScript = (id: string): string => `(async () => {
  const startedAt = performance.now();
  document.querySelector("[data-event-id='${id}'] .opener").click();
  const isThere = () => document.querySelector("#detail-title")?.textContent.includes("${id}") === true
    && document.querySelector("#detail .fields")?.textContent.includes("event_type") === true;
  return (await probe.until(isThere)) - startedAt;
})()`;

/** To the end of what is open. */
function scrollDetail(tab: Tab): Promise<unknown> {
  return tab.evaluate(`(async () => {
    const pane = document.querySelector(".detail-scroll");
    for (let step = 0; step < ${SCROLL_STEPS}; step++) { pane.scrollBy(0, ${SCROLL_PX}); await probe.painted(); }
  })()`);
}

function noAttack(isAttacked: boolean, errors: number): Goal {
  const measured = `${isAttacked ? "something" : "nothing"} was executed, ${errors} errors`;
  return {
    what: "shown as text",
    goal: "nothing is executed, no error",
    measured,
    met: !isAttacked && errors === 0,
  };
}
