/** From the insert of another process to the row on the screen. */
import { percentile } from "../support/percentiles.ts";
import { atMost, ms } from "../support/report.ts";
import { framesNote, takeFrames } from "./probe.ts";
import { profiled } from "./profile.ts";
import type { BrowserScenario } from "./scenario.ts";
import { Stage } from "./stage.ts";

const SECONDS = 20;
const RATE = 100;
/** What was just started still compiles its code. */
const WARM_UP_SECONDS = 3;
const P50_MS = 15;
const P99_MS = 40;
const ARRIVAL_MS = 1000;

export const latency: BrowserScenario = {
  name: "latency",
  title: `From the insert of another process to the row on the screen, at ${RATE} events/s`,
  async run({ seconds = SECONDS, profile }) {
    await using stage = await Stage.open();
    const writer = await stage.openSteadyWriter();
    const tab = await stage.openTab();
    const order = { rate: RATE, rowsPerCommit: 1, paddingBytes: 60 };
    await writer.write({ ...order, seconds: WARM_UP_SECONDS });
    await tab.evaluate("probe.watchRows(), probe.take()");
    const { firstId, committedAt } = await profiled(tab, profile, async () => {
      const written = await writer.write({ ...order, seconds });
      await Bun.sleep(ARRIVAL_MS);
      return written;
    });
    const frames = await takeFrames(tab);
    const ahead = await tab.evaluate<number>("probe.clock()");
    // A row that leaves the page may come again. The first time counts.
    const seen = new Map((await tab.evaluate<[number, number][]>("probe.seen()")).toReversed());
    const delays = committedAt.flatMap((at, index) => {
      const seenAt = seen.get(firstId + index);
      return seenAt === undefined ? [] : [seenAt + ahead - at];
    });
    return {
      goals: [
        atMost("p50", P50_MS, percentile(delays, 0.5), ms),
        atMost("p99", P99_MS, percentile(delays, 0.99), ms),
      ],
      notes: [
        `${delays.length} of ${committedAt.length} rows were drawn, the slowest after ${ms(percentile(delays, 1))}; a row that 50 newer ones push out before a frame never is`,
        framesNote("The page", frames),
      ],
    };
  },
};
