/** Two dozen tabs of one browser on one server. */
import { insertSql } from "../../tests/support/board.ts";
import type { Tab } from "../../tests/support/browser.ts";
import { look, mayBeHidden, streamsOf } from "../../tests/support/tabs.ts";
import { percentile } from "../support/percentiles.ts";
import { atMost, ms } from "../support/report.ts";
import type { BrowserScenario } from "./scenario.ts";
import { Stage } from "./stage.ts";

const TABS = 24;
/** More than the browser has streams for: what a tab asks is one of these. */
const QUESTIONS = ["", "?q=-type:a", "?q=-type:b", "?q=-type:c", "?q=-type:d", "?q=type:note"];
const ROW_MS = 1000;
const CALL_MS = 100;

export const tabs: BrowserScenario = {
  name: "tabs",
  title: `${TABS} tabs of one browser, with ${QUESTIONS.length} questions`,
  async run({ say }) {
    await using stage = await Stage.open();
    const writer = stage.openWriter();
    const all: Tab[] = [];
    for (let at = 0; at < TABS; at++) {
      const query = QUESTIONS[at % QUESTIONS.length] ?? "";
      const tab = await stage.openTab(query, { before: mayBeHidden }, /Connected|Polling/);
      await look(tab, false);
      all.push(tab);
    }
    say(`tabs: ${TABS} are open`);
    const rows: number[] = [];
    const calls: number[] = [];
    for (const [at, tab] of all.entries()) {
      await writer.run(insertSql({ summary: `for tab ${at}` }));
      // As at a click on it: from then on the browser draws it.
      await tab.cdp("Page.bringToFront");
      await tab.evaluate(shownMs(at));
      await look(tab, true);
      rows.push(await tab.evaluate<number>("shown"));
      calls.push(await tab.evaluate<number>(CALL));
      await look(tab, false);
    }
    const streams = all.map(streamsOf).filter((count) => count > 0).length;
    return {
      goals: [
        atMost("a new row after a look, at most", ROW_MS, Math.max(...rows), ms),
        atMost("an API call in the page, at most", CALL_MS, Math.max(...calls), ms),
      ],
      notes: [
        `Rows p50 ${ms(percentile(rows, 0.5))}, calls p50 ${ms(percentile(calls, 0.5))}; ${streams} of the tabs have held a stream`,
      ],
    };
  },
};

const CALL = `(async () => {
  const startedAt = performance.now();
  await (await fetch("api/status")).json();
  return performance.now() - startedAt;
})()`;

/** Promises in `shown` how long it takes until the row is there. */
const shownMs = (row: number): string => `(() => {
  const startedAt = performance.now();
  const isThere = () => document.querySelector(".summary")?.textContent === "for tab ${row}";
  window.shown = probe.until(isThere).then((at) => at - startedAt);
})(), 0`;
