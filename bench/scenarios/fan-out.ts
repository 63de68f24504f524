/** Few subscribers, many, and very many, and many rows for some: each beside the peers. */
import type { PeerName } from "../peers/peers.ts";
import { atMost, type Goal, kib, type Measurement, ms, noneLost, percent } from "../support/report.ts";
import { followAll, type Following } from "./follow.ts";
import { rowOf, type Scenario, tailboardRow } from "./scenario.ts";

const micros = (value: number): string => `${value.toFixed(2)} µs`;

/** What Tailboard has to be beside the peers. Where one is missing, nothing is claimed. */
function besidePeers(own: Measurement, measurements: readonly Measurement[]): Goal[] {
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

/** A scenario in which Tailboard and its peers do the same, one after the other. */
function besideEachOther(
  { name, title }: Pick<Scenario, "name" | "title">,
  peers: readonly PeerName[],
  following: Following,
  goals: (own: Measurement, all: readonly Measurement[]) => Goal[],
): Scenario {
  return {
    name,
    title,
    async run(context) {
      const { measurements, notes } = await followAll(peers, following, context);
      const own = tailboardRow(measurements);
      return { measurements, notes, goals: [noneLost("events", own), ...goals(own, measurements)] };
    },
  };
}

const ALL_PEERS: readonly PeerName[] = ["tailboard", "literal", "better-sse", "nchan", "raw TCP"];
/** Without a query for each connection, which these rates and numbers are too much for. */
const FAST_PEERS: readonly PeerName[] = ["tailboard", "better-sse", "nchan", "raw TCP"];

export const few = besideEachOther(
  { name: "few", title: "10 subscribers, 100 events/s" },
  ALL_PEERS,
  { what: "10 × 100/s", subscribers: 10, rate: 100 },
  (own) => [
    atMost("p50", 1.5, own.p50Ms, ms),
    atMost("p99", 6, own.p99Ms, ms),
    atMost("CPU", 0.08, own.serverCpu, percent),
  ],
);

export const thousand = besideEachOther(
  { name: "thousand", title: "1,000 subscribers, 100 events/s" },
  ALL_PEERS,
  { what: "1,000 × 100/s", subscribers: 1000, rate: 100 },
  (own, all) => [atMost("p99", 30, own.p99Ms, ms), ...besidePeers(own, all)],
);

export const tenThousand = besideEachOther(
  { name: "ten-thousand", title: "10,000 subscribers, 10 events/s" },
  FAST_PEERS,
  { what: "10,000 × 10/s", subscribers: 10_000, rate: 10 },
  (own) => [
    atMost("p99", 250, own.p99Ms, ms),
    atMost("memory per subscriber, open", 6 * 1024, own.openBytesPerSubscriber, kib),
    atMost("memory per subscriber, streaming", 6 * 1024, own.streamingBytesPerSubscriber, kib),
  ],
);

export const commits = besideEachOther(
  { name: "commits", title: "100 subscribers, 10,000 events/s in commits of 100" },
  FAST_PEERS,
  { what: "100 × 10,000/s", subscribers: 100, rate: 10_000, rowsPerCommit: 100 },
  (own) => [atMost("p99", 15, own.p99Ms, ms), atMost("CPU", 0.3, own.serverCpu, percent)],
);
