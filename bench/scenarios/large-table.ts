/** The same on a table of 10,000,000 rows as on an empty one: what is read is found by its key. */
import { Scratch } from "../../tests/support/scratch.ts";
import { fillTable, hasRoomFor } from "../support/fill-table.ts";
import { percentile } from "../support/percentiles.ts";
import { atMost, count, type Goal, type Measurement, ms, noneLost } from "../support/report.ts";
import { type Following, followTailboard } from "./follow.ts";
import type { Scenario } from "./scenario.ts";
import { timeStarts } from "./start.ts";

/** What two runs on the same table may differ by. */
const NOISE_FACTOR = 1.5;
const NOISE_MS = 2;
const STARTS = 5;

const FOLLOWINGS: readonly Following[] = [
  { what: "10 × 100/s", subscribers: 10, rate: 100 },
  { what: "1,000 × 100/s", subscribers: 1000, rate: 100 },
  { what: "10,000 × 10/s", subscribers: 10_000, rate: 10 },
  { what: "100 × 10,000/s", subscribers: 100, rate: 10_000, rowsPerCommit: 100 },
];

export const largeTable: Scenario = {
  name: "large-table",
  title: "A table of 10,000,000 rows beside an empty one",
  async run(context) {
    using scratch = new Scratch();
    const path = scratch.path("large.db");
    const { largeRows, serverArgs, say } = context;
    if (!hasRoomFor(path, largeRows))
      return { measurements: [], goals: [], notes: [`no room on the disk for ${count(largeRows)} rows`] };
    say(`large-table: filling a table of ${count(largeRows)} rows`);
    fillTable(path, largeRows);
    const measurements: Measurement[] = [];
    const goals: Goal[] = [];
    for (const following of FOLLOWINGS) {
      const empty = await followTailboard({ ...following, what: `${following.what}, empty` }, context);
      const large = await followTailboard({ ...following, what: `${following.what}, large`, path }, context);
      measurements.push(empty, large);
      goals.push(
        noneLost(following.what, large),
        atMost(`${following.what}: p99 unchanged`, empty.p99Ms * NOISE_FACTOR + NOISE_MS, large.p99Ms, ms),
        atMost(
          `${following.what}: CPU per event unchanged`,
          empty.cpuMicrosPerEvent * NOISE_FACTOR,
          large.cpuMicrosPerEvent,
          (value) => `${value.toFixed(2)} µs`,
        ),
      );
    }
    const startMs = percentile(await timeStarts(path, serverArgs, STARTS), 0.5);
    goals.push(atMost("start to first byte", 250, startMs, ms));
    return { measurements, goals, notes: [`${count(largeRows)} rows, made by a recursive query`] };
  },
};
