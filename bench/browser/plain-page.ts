/**
 * Pages that do the least that can be done with the same rows, in a tab of their own: text in cells, and nothing around
 * it. What they miss of a goal, the machine and the browser miss.
 */
import { Tab } from "../../tests/support/browser.ts";
import { PROBE } from "./probe.ts";
import type { Stage } from "./stage.ts";

/** As many as the live table of the dashboard. */
const LIVE_ROWS = 50;

const TABLE = `document.body.innerHTML = '<table id="app" style="width: 100%; font: 14px system-ui"><tbody></tbody></table>';
const body = document.querySelector("tbody");
const add = (id, texts) => {
  const row = document.createElement("tr");
  row.dataset.eventId = id;
  row.style.height = "38px";
  for (const text of texts) row.append(Object.assign(document.createElement("td"), { textContent: text }));
  body.prepend(row);
};`;

/** Draws what comes in the next frame. */
const LIVE = `(() => {
  ${TABLE}
  const waiting = [];
  const draw = () => {
    for (const { id, timestamp, event_type, actor_id, target_id, summary } of waiting.splice(0)) {
      add(id, [timestamp, event_type, actor_id, target_id, summary]);
      if (body.rows.length > ${LIVE_ROWS}) body.lastElementChild.remove();
    }
  };
  new EventSource("api/events/stream?lastEventId=0").onmessage = ({ data }) => {
    if (waiting.push(JSON.parse(data)) === 1) requestAnimationFrame(draw);
  };
})(), 0`;

/** All rows are there from the beginning. */
const still = (rows: number): string => `(() => {
  ${TABLE}
  for (let id = 1; id <= ${rows}; id++)
    add(id, [new Date(id * 1000).toLocaleTimeString(), "task_completed", "agent-" + (id % 7), "job-" + id, "Finished " + id]);
})(), 0`;

/** A page that shows what the stream brings. */
export const openPlainLivePage = (stage: Stage): Promise<Tab> => open(stage, LIVE);

/** A page with so many rows, which stay as they are. */
export const openPlainStillPage = (stage: Stage, rows: number): Promise<Tab> => open(stage, still(rows));

async function open(stage: Stage, script: string): Promise<Tab> {
  // Of the same server, because a stream of another one would need its permission.
  const tab = await Tab.open(`${stage.server.url}healthz`, { before: PROBE });
  await tab.cdp("Page.setBypassCSP", { enabled: true });
  await tab.reload();
  await tab.cdp("Network.disable");
  await tab.evaluate(script);
  return tab;
}
