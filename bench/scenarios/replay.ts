/** One subscriber replays a long log while others follow live. */
import { Scratch } from "../../tests/support/scratch.ts";
import { startTailboard } from "../peers/tailboard.ts";
import type { BenchContext } from "../support/bench-context.ts";
import { fillTable } from "../support/fill-table.ts";
import { Load } from "../support/load.ts";
import { delaysOf, percentileOfSorted } from "../support/records.ts";
import { atMost, count, type Goal, ms, percent, type ScenarioResult, spreadOf } from "../support/report.ts";
import { SteadyWriter } from "../support/steady-writer.ts";
import { MemoryWatch, startMachineUsage, startUsage } from "../support/usage.ts";
import { commitTimes } from "./follow.ts";
import type { Scenario } from "./scenario.ts";

const REPLAYED = 1_000_000;
const LIVE = 100;
const RATE = 100;
const WARM_UP_SECONDS = 2;
const REPLAY_TIMEOUT_MS = 120_000;
const MIN_RATE = 250_000;
const MAX_GROWTH_BYTES = 32 * 2 ** 20;
const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

export const replay: Scenario = {
  name: "replay",
  title: "One subscriber replays 1,000,000 events while 100 follow live at 100 events/s",
  run: measureReplay,
};

async function measureReplay({ seconds, serverArgs, say }: BenchContext): Promise<ScenarioResult> {
  using scratch = new Scratch();
  const path = scratch.path("events.db");
  say(`replay: filling a table of ${count(REPLAYED)} rows`);
  fillTable(path, REPLAYED);
  await using peer = await startTailboard(path, serverArgs);
  await using load = await Load.start(peer);
  // In a process of its own: what replays must not delay those whose delay is measured.
  await using replaying = await Load.start(peer);
  await using writer = await SteadyWriter.start(path, peer);
  await load.open("live", LIVE, REPLAYED);
  const order = { rate: RATE, rowsPerCommit: 1, paddingBytes: 0 };
  await writer.write({ ...order, seconds: WARM_UP_SECONDS });

  say("replay: live alone");
  using memoryAlone = new MemoryWatch(peer.pids);
  const quiet = await writer.write({ ...order, seconds });
  await load.arrival("live", quiet.firstId + quiet.committedAt.length - 1);
  const records = scratch.path("records");
  const before = delaysOf(await load.takeRecords("live", records), commitTimes(quiet));

  const memoryBefore = memoryAlone.peakBytes;

  say("replay: live beside replays");
  using memory = new MemoryWatch(peer.pids);
  const busy = writer.write({ ...order, seconds });
  const endUsage = startUsage(peer.pids);
  const endGenerator = startUsage([replaying.pid]);
  const endMachine = startMachineUsage();
  const startedAtMs = performance.now();
  let replays = 0;
  let replayMs = 0;
  let lost = 0;
  // One after the other, for as long as the others are measured.
  do {
    const group = `replay ${replays++}`;
    const beganAtMs = performance.now();
    await replaying.open(group, 1, 0, 0);
    if (!(await replaying.arrival(group, REPLAYED, REPLAY_TIMEOUT_MS)))
      throw new Error("the replay did not come to its end");
    replayMs += performance.now() - beganAtMs;
    const report = await replaying.report(group);
    lost += report.lost + report.duplicated + report.outOfOrder;
    await replaying.close(group);
  } while (performance.now() - startedAtMs < seconds * 1000 - replayMs / replays);
  const server = endUsage();
  const generator = endGenerator();
  const machine = endMachine();
  const endedAtMs = performance.timeOrigin + performance.now();
  const written = await busy;
  await load.arrival("live", written.firstId + written.committedAt.length - 1);
  const during = new Map([...commitTimes(written)].filter(([, at]) => at < endedAtMs));
  const after = delaysOf(await load.takeRecords("live", records), during);
  const live = await load.report("live");

  const rate = (replays * REPLAYED * 1000) / replayMs;
  const faults = lost + live.lost + live.duplicated + live.outOfOrder;
  const [alone, beside] = [before, after].map((delays) => percentileOfSorted(delays, 0.99));
  const speed: Goal = {
    what: "replayed",
    goal: `≥ ${count(MIN_RATE)} events/s`,
    measured: `${count(rate)} events/s`,
    met: rate >= MIN_RATE,
  };
  const spreadText = (delays: Float64Array): string => {
    const { p50Ms, p99Ms, maxMs } = spreadOf(delays);
    return `p50 ${ms(p50Ms)}, p99 ${ms(p99Ms)}, max ${ms(maxMs)}`;
  };
  return {
    measurements: [],
    goals: [
      {
        what: "events",
        goal: "none lost, twice or out of order",
        measured: String(faults),
        met: faults === 0,
      },
      speed,
      atMost("live p99, twice that without the replay", (alone ?? 0) * 2, beside ?? Number.NaN, ms),
      atMost("memory growth", MAX_GROWTH_BYTES, memory.peakBytes - memoryBefore, mib),
    ],
    notes: [
      `${replays} replays, one after the other; CPU of the server ${percent(server.share)}, of the replaying client ${percent(generator.share)}, of all else ${percent(machine.share - server.share - generator.share)}, writer and live clients among it`,
      `live alone: ${spreadText(before)}; beside the replays: ${spreadText(after)}`,
    ],
  };
}
