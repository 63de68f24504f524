/** A page with all that it has to do, under a steady load. */
import { percentile } from "../support/percentiles.ts";
import { atMost, count, type Goal, ms } from "../support/report.ts";
import { type Frames, framesNote, heapOf, takeFrames } from "./probe.ts";
import { profiled } from "./profile.ts";
import type { BrowserScenario } from "./scenario.ts";
import { Stage } from "./stage.ts";

const SECONDS = 60;
const RATE = 1000;
const ROWS_PER_COMMIT = 10;
/** Until the heap is looked at for the first time: by then everything is compiled and all lists are full. */
const SETTLE_SECONDS = 10;
/** Five of the types of six rows. */
const QUERY = "?q=-type:heartbeat";

/** The browser reports no shorter task. */
const LONG_TASK_MS = 50;
const FRAME_P99_MS = 34;
const HEAP_GROWTH_BYTES = 5 * 2 ** 20;

const WORKERS = 12;
const UPDATE_GAP_MS = 100;

/** A table beside the log, so that the page has a panel. */
export const WORKERS_SQL = [
  "CREATE TABLE workers (id INTEGER PRIMARY KEY, name TEXT, status TEXT, last_seen TEXT)",
  `INSERT INTO workers(name, status, last_seen)
     WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT ${WORKERS})
     SELECT 'worker-' || n, 'active', strftime('%Y-%m-%dT%H:%M:%fZ', 'now') FROM n`,
];
const UPDATE = `UPDATE workers SET last_seen = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = abs(random() % ${WORKERS}) + 1`;

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(2)} MiB`;

export const load: BrowserScenario = {
  name: "load",
  title: `${count(RATE)} events/s with a question, the chart and a panel open`,
  async run({ seconds = SECONDS, profile, say }) {
    await using stage = await Stage.open({ prepare: WORKERS_SQL });
    const writer = await stage.openSteadyWriter();
    const other = stage.openWriter();
    const tab = await stage.openTab(QUERY);
    await tab.untilText("[data-panel] [data-row-key]", /worker/);
    const all = SETTLE_SECONDS + seconds;
    const order = { rate: RATE, seconds: all, rowsPerCommit: ROWS_PER_COMMIT, paddingBytes: 60 };
    const writing = writer.write(order);
    const updating = other.run(UPDATE, { times: (all * 1000) / UPDATE_GAP_MS, gapMs: UPDATE_GAP_MS });
    await Bun.sleep(SETTLE_SECONDS * 1000);
    const before = await heapOf(tab);
    say(`load: the heap has ${mib(before)}`);
    await takeFrames(tab);
    const frames = await profiled(tab, profile, async () => {
      await writing;
      return takeFrames(tab);
    });
    await updating;
    const after = await heapOf(tab);
    const chart = await tab.text("#chart .number");
    return {
      goals: [...frameGoals(frames), atMost("growth of the heap", HEAP_GROWTH_BYTES, after - before, mib)],
      notes: [
        framesNote("The page", frames),
        `The heap: ${mib(before)}, ${mib(after)} at the end`,
        `The chart says ${chart}`,
      ],
    };
  },
};

function frameGoals({ gaps, longTasks }: Frames): Goal[] {
  return [
    atMost("longest task", LONG_TASK_MS, Math.max(LONG_TASK_MS, ...longTasks), ms),
    atMost("p99 from frame to frame", FRAME_P99_MS, percentile(gaps, 0.99), ms),
  ];
}
