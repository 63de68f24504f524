/** From the insert of another process to the row on the screen. */
import type { Tab } from "../../tests/support/browser.ts";
import { percentile } from "../support/percentiles.ts";
import { atMost, ms } from "../support/report.ts";
import type { SteadyWriter } from "../support/steady-writer.ts";
import { openPlainLivePage } from "./plain-page.ts";
import { type Frames, framesNote, takeFrames } from "./probe.ts";
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
    const watched = await watch(await stage.openTab(), writer, seconds, profile);
    // A stage of its own: two pages at the same time would wait for each other.
    await using plainStage = await Stage.open();
    await using plainTab = await openPlainLivePage(plainStage);
    const plain = await watch(plainTab, await plainStage.openSteadyWriter(), seconds);
    const at = ({ delays }: Watched, share: number): string => ms(percentile(delays, share));
    return {
      goals: [
        atMost("p50", P50_MS, percentile(watched.delays, 0.5), ms),
        atMost("p99", P99_MS, percentile(watched.delays, 0.99), ms),
      ],
      notes: [
        `${watched.delays.length} of ${watched.written} rows were drawn, the slowest after ${at(watched, 1)}; a row that 50 newer ones push out before a frame never is`,
        framesNote("The page", watched.frames),
        `A page with nothing but the text of the rows: p50 ${at(plain, 0.5)}, p99 ${at(plain, 0.99)}, the slowest ${at(plain, 1)}`,
        framesNote("It", plain.frames),
      ],
    };
  },
};

interface Watched {
  readonly written: number;
  /** Of each row that was drawn, in ms. */
  readonly delays: readonly number[];
  readonly frames: Frames;
}

async function watch(tab: Tab, writer: SteadyWriter, seconds: number, profile?: string): Promise<Watched> {
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
  return { written: committedAt.length, delays, frames };
}
