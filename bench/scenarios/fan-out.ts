/** Few subscribers, many, and very many, and many rows for some: each beside the peers. */
import type { PeerName } from "../peers/peers.ts";
import { atMost, type Goal, kib, type Measurement, ms, noneLost, percent } from "../support/report.ts";
import { followAll } from "./follow.ts";
import { rowOf, type Scenario, tailboardRow } from "./scenario.ts";

const micros = (value: number): string => `${value.toFixed(2)} µs`;

export const few: Scenario = {
  name: "few",
  title: "10 subscribers, 100 events/s",
  async run(context) {
    const following = { what: "10 × 100/s", subscribers: 10, rate: 100 };
    const names = ["tailboard", "literal", "better-sse", "nchan", "raw TCP"] as const;
    const { measurements, notes } = await followAll(names, following, context);
    const row = tailboardRow(measurements);
    return {
      measurements,
      notes,
      goals: [
        noneLost("events", row),
        atMost("p50", 1.5, row.p50Ms, ms),
        atMost("p99", 6, row.p99Ms, ms),
        atMost("CPU", 0.08, row.serverCpu, percent),
      ],
    };
  },
};

/** What Tailboard has to be beside the peers. Where one is missing, nothing is claimed. */
function besidePeers(measurements: readonly Measurement[]): Goal[] {
  const own = tailboardRow(measurements);
  const nchan = rowOf(measurements, "nchan");
  const raw = rowOf(measurements, "raw TCP");
  const goals: Goal[] = [];
  if (nchan !== undefined) {
    goals.push(
      atMost("p99, a fifth of nchan's", nchan.p99Ms / 5, own.p99Ms, ms),
      atMost("CPU per event, 1.1 × nchan's", nchan.cpuMicrosPerEvent * 1.1, own.cpuMicrosPerEvent, micros),
    );
  }
  if (raw !== undefined)
    goals.push(
      atMost("CPU per event, 1.25 × raw TCP", raw.cpuMicrosPerEvent * 1.25, own.cpuMicrosPerEvent, micros),
    );
  return goals;
}

export const thousand: Scenario = {
  name: "thousand",
  title: "1,000 subscribers, 100 events/s",
  async run(context) {
    const following = { what: "1,000 × 100/s", subscribers: 1000, rate: 100 };
    const names = ["tailboard", "literal", "better-sse", "nchan", "raw TCP"] as const;
    const { measurements, notes } = await followAll(names, following, context);
    const row = tailboardRow(measurements);
    return {
      measurements,
      notes,
      goals: [noneLost("events", row), atMost("p99", 30, row.p99Ms, ms), ...besidePeers(measurements)],
    };
  },
};

export const tenThousand: Scenario = {
  name: "ten-thousand",
  title: "10,000 subscribers, 10 events/s",
  async run(context) {
    const following = { what: "10,000 × 10/s", subscribers: 10_000, rate: 10 };
    const names = ["tailboard", "better-sse", "nchan", "raw TCP"] as const;
    const { measurements, notes } = await followAll(names, following, context);
    const row = tailboardRow(measurements);
    return {
      measurements,
      notes,
      goals: [
        noneLost("events", row),
        atMost("p99", 250, row.p99Ms, ms),
        atMost("memory per subscriber, open", 6 * 1024, row.openBytesPerSubscriber, kib),
        atMost("memory per subscriber, streaming", 6 * 1024, row.streamingBytesPerSubscriber, kib),
      ],
    };
  },
};

export const commits: Scenario = {
  name: "commits",
  title: "100 subscribers, 10,000 events/s in commits of 100",
  async run(context) {
    const following = { what: "100 × 10,000/s", subscribers: 100, rate: 10_000, rowsPerCommit: 100 };
    const names = ["tailboard", "better-sse", "nchan", "raw TCP"] as const;
    const { measurements, notes } = await followAll(names, following, context);
    const row = tailboardRow(measurements);
    return {
      measurements,
      notes,
      goals: [
        noneLost("events", row),
        atMost("p99", 15, row.p99Ms, ms),
        atMost("CPU", 0.3, row.serverCpu, percent),
      ],
    };
  },
};
