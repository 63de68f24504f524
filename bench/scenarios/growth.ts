/** How cost grows with subscribers, event rate, row size and table size: one of them at a time. */
import { Scratch } from "../../tests/support/scratch.ts";
import type { BenchContext } from "../support/bench-context.ts";
import { chartSvg, type Panel } from "../support/chart.ts";
import { fillTable } from "../support/fill-table.ts";
import type { Measurement, ScenarioResult } from "../support/report.ts";
import { type Following, followTailboard } from "./follow.ts";
import type { Scenario } from "./scenario.ts";

/** What stays as it is while something else grows. */
const BASE = { subscribers: 100, rate: 100 };

interface Series {
  readonly title: string;
  readonly values: readonly number[];
  readonly following: (value: number) => Omit<Following, "what">;
}

const SERIES: readonly Series[] = [
  {
    title: "subscribers, at 100 events/s",
    values: [10, 30, 100, 300, 1000],
    following: (subscribers) => ({ ...BASE, subscribers }),
  },
  {
    title: "events/s, to 100 subscribers",
    values: [10, 100, 1000, 10_000],
    // At most 100 commits a second: more is a matter of the disk.
    following: (rate) => ({ ...BASE, rate, rowsPerCommit: Math.max(1, rate / 100) }),
  },
  {
    title: "bytes of metadata in a row, 100 × 100/s",
    values: [100, 1000, 10_000, 50_000],
    following: (paddingBytes) => ({ ...BASE, paddingBytes }),
  },
];
const TABLE_ROWS = [1000, 10_000, 100_000, 1_000_000];

export const growth: Scenario = { name: "growth", title: "How cost grows", run: measureGrowth };

/** There are many points: each is measured for a shorter time. */
const SECONDS_FACTOR = 0.5;

async function measureGrowth(context: BenchContext): Promise<ScenarioResult> {
  const seconds = context.seconds * SECONDS_FACTOR;
  const measurements: Measurement[] = [];
  const panels: Panel[] = [];
  const measure = async (title: string, value: number, following: Omit<Following, "what">) => {
    const measured = await followTailboard(
      { what: `${value} ${title}`, ...following },
      { ...context, seconds },
    );
    measurements.push(measured);
    return { x: value, cpuShare: measured.serverCpu, p99Ms: measured.p99Ms };
  };
  for (const { title, values, following } of SERIES) {
    const points = [];
    for (const value of values) points.push(await measure(title, value, following(value)));
    panels.push({ title, points });
  }
  const title = "rows in the table, 100 × 100/s";
  const points = [];
  for (const rows of TABLE_ROWS) {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    fillTable(path, rows);
    points.push(await measure(title, rows, { ...BASE, path }));
  }
  panels.push({ title, points });
  await Bun.write(context.chartFile, chartSvg(panels));
  return { measurements, goals: [], notes: [`drawn in ${context.chartFile}`] };
}
