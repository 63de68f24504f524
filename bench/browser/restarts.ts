/** The server is killed, again and again. */
import { until } from "../../tests/support/until.ts";
import { atMost, type Goal, ms } from "../support/report.ts";
import type { BrowserScenario } from "./scenario.ts";
import { Stage } from "./stage.ts";

const RESTARTS = 4;
/** Slow enough that all rows of the longest time without a server are among the newest 50. */
const ROWS_PER_SECOND = 4;
const BEFORE = 1;
const AWAY_MS = 2000;
const RECONNECT_MS = 5000;
const TIMEOUT_MS = 30_000;

export const restarts: BrowserScenario = {
  name: "restarts",
  title: `The server is killed and started ${RESTARTS} times, while rows are written`,
  async run({ say }) {
    // With a table that is drawn already, every row enters it by itself.
    await using stage = await Stage.open({ rows: BEFORE });
    const writer = stage.openWriter();
    const tab = await stage.openTab();
    await tab.evaluate("probe.watchRows()");
    const stop = new AbortController();
    const writing = writeUntil(stop.signal, () => writer.insert());
    const back: number[] = [];
    for (let restart = 1; restart <= RESTARTS; restart++) {
      await Bun.sleep(AWAY_MS);
      await stage.kill();
      await tab.untilText("#connection-status", "Polling", TIMEOUT_MS);
      await Bun.sleep(AWAY_MS);
      await stage.startAgain();
      const startedAtMs = performance.now();
      await tab.untilText("#connection-status", "Connected", TIMEOUT_MS);
      back.push(performance.now() - startedAtMs);
      say(`restarts: ${restart} of ${RESTARTS}, connected again after ${ms(back.at(-1) ?? 0)}`);
    }
    stop.abort();
    const written = await writing;
    await until(async () => (await tab.rows())[0] === String(BEFORE + written), "the last row", TIMEOUT_MS);
    const seen = (await tab.evaluate<[number, number][]>("probe.seen()")).map(([id]) => id);
    return {
      goals: [
        eachOnce(seen, written),
        atMost("connected again after the start, at most", RECONNECT_MS, Math.max(...back), ms),
        {
          what: "“Polling” while there is no server",
          goal: "always",
          measured: `${RESTARTS} of ${RESTARTS}`,
          met: true,
        },
      ],
      notes: [`${written} rows were written meanwhile`],
    };
  },
};

/** @returns how many rows were written */
async function writeUntil(signal: AbortSignal, insert: () => Promise<unknown>): Promise<number> {
  let written = 0;
  while (!signal.aborted) {
    await insert();
    written++;
    await Bun.sleep(1000 / ROWS_PER_SECOND);
  }
  return written;
}

function eachOnce(seen: readonly number[], written: number): Goal {
  const ids = new Set(seen);
  const [lost, twice] = [written - ids.size, seen.length - ids.size];
  const measured = `${lost} missing, ${twice} twice`;
  return { what: "rows on the screen", goal: "each of them once", measured, met: lost === 0 && twice === 0 };
}
