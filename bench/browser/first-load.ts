/** A page that is opened for the first time. */
import { percentile } from "../support/percentiles.ts";
import { atMost, type Goal, ms } from "../support/report.ts";
import type { BrowserScenario } from "./scenario.ts";
import { Stage } from "./stage.ts";

const LOADS = 5;
const ROWS = 1000;
const BYTES = 150 * 1024;
const FIRST_ROWS_MS = 300;
/** What is loaded after the first rows, such as the chart. */
const REST_MS = 3000;

const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`;

/** Notes when the first rows are on the screen, in ms from the request of the page. */
const FIRST_ROWS = `window.firstRows = probe.until(() => document.querySelector("[data-event-id]") !== null);`;

export const firstLoad: BrowserScenario = {
  name: "first-load",
  title: "A page that is opened for the first time, on the same machine",
  async run() {
    await using stage = await Stage.open({ rows: ROWS });
    const times: number[] = [];
    const bytes: number[] = [];
    const origins = new Set<string>();
    for (let load = 0; load < LOADS; load++) {
      await using tab = await stage.openTab("", { before: FIRST_ROWS, withoutCache: true });
      times.push(await tab.evaluate<number>("firstRows"));
      await Bun.sleep(REST_MS);
      bytes.push(tab.receivedBytes);
      for (const { url } of tab.requests) if (url.startsWith("http")) origins.add(new URL(url).origin);
    }
    return {
      goals: [
        atMost("bytes, all that is loaded", BYTES, Math.max(...bytes), kib),
        oneOrigin(origins),
        atMost("first rows on the screen, median", FIRST_ROWS_MS, percentile(times, 0.5), ms),
      ],
      notes: [`First rows in ${LOADS} loads: ${times.map(ms).join(", ")}. Nothing came from a cache`],
    };
  },
};

function oneOrigin(origins: ReadonlySet<string>): Goal {
  return {
    what: "hosts that are asked",
    goal: "one",
    measured: String(origins.size),
    met: origins.size === 1,
  };
}
