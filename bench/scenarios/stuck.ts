/** Clients that stop reading, among others that follow live: the others must not notice, and nothing may be lost. */
import { createDatabase } from "../../src/db/sqlite/create.ts";
import { Scratch } from "../../tests/support/scratch.ts";
import { until } from "../../tests/support/until.ts";
import { startTailboard } from "../peers/tailboard.ts";
import type { BenchContext } from "../support/bench-context.ts";
import { Load } from "../support/load.ts";
import { delaysOf } from "../support/records.ts";
import { atMost, type Goal, kib, ms, percent, type ScenarioResult, spreadOf } from "../support/report.ts";
import { SteadyWriter, type WrittenRows } from "../support/steady-writer.ts";
import { MemoryWatch, startMachineUsage, startUsage } from "../support/usage.ts";
import { commitTimes } from "./follow.ts";
import type { Scenario } from "./scenario.ts";

const LIVE = 100;
const STUCK = 100;
const RATE = 1000;
const WARM_UP_SECONDS = 3;
/** Times as long as other measurements: the buffers of the kernel, about 4 MB a socket, have to fill first. */
const STUCK_FACTOR = 6;
/** How much longer the server may take to end them. */
const END_SECONDS = 120;
const END_STEP_SECONDS = 5;
/** What p99 may differ by and still be called unchanged. */
const NOISE_FACTOR = 1.25;
const NOISE_MS = 1;

export const stuck: Scenario = {
  name: "stuck",
  title: "100 subscribers that read nothing among 100 live ones, 1,000 events/s",
  run: measureStuck,
};

const lastIdOf = ({ firstId, committedAt }: WrittenRows): number => firstId + committedAt.length - 1;

async function measureStuck({ seconds, serverArgs, say }: BenchContext): Promise<ScenarioResult> {
  using scratch = new Scratch();
  const path = scratch.path("events.db");
  createDatabase(path, "events");
  await using peer = await startTailboard(path, serverArgs);
  await using load = await Load.start(peer);
  await using writer = await SteadyWriter.start(path, peer);
  await load.open("live", LIVE, 0);
  const order = { rate: RATE, rowsPerCommit: 1, paddingBytes: 0 };
  await writer.write({ ...order, seconds: WARM_UP_SECONDS });
  const measureLive = async (lasting: number): Promise<{ written: WrittenRows; delays: Float64Array }> => {
    const written = await writer.write({ ...order, seconds: lasting });
    await load.arrival("live", lastIdOf(written));
    const delays = delaysOf(await load.takeRecords("live", scratch.path("records")), commitTimes(written));
    return { written, delays };
  };

  say("stuck: live alone");
  const measureAlone = async (): Promise<{ lastId: number; p99Ms: number; bytes: number }> => {
    using memory = new MemoryWatch(peer.pids);
    const { written, delays } = await measureLive(seconds);
    return { lastId: lastIdOf(written), p99Ms: spreadOf(delays).p99Ms, bytes: memory.meanBytes };
  };
  const before = await measureAlone();
  say("stuck: live beside stuck ones");
  await load.open("stuck", STUCK, before.lastId);
  await load.pause("stuck");
  const endMachine = startMachineUsage();
  const endOwn = startUsage([...peer.pids, load.pid, writer.pid]);
  using memory = new MemoryWatch(peer.pids);
  const beside = await measureLive(seconds * STUCK_FACTOR);
  const besideBytes = memory.meanBytes;
  const othersCpu = endMachine().share - endOwn().share;

  // Whoever is stuck is only noticed while there is something to send.
  say("stuck: until the server has ended them");
  const startedAtMs = performance.now();
  let { written } = beside;
  const left = async (): Promise<number> => (await peer.server.metric("tailboard_subscribers")) - LIVE;
  while ((await left()) > 0 && performance.now() - startedAtMs < END_SECONDS * 1000)
    written = await writer.write({ ...order, seconds: END_STEP_SECONDS });
  const remaining = await left();

  say("stuck: they read again, and reconnect");
  await load.resume("stuck");
  await until(async () => (await load.report("stuck")).ended >= STUCK - remaining, "the stuck ones to end");
  await load.reconnect("stuck");
  const arrived = await load.arrival("stuck", lastIdOf(written));
  const resumed = await load.report("stuck");
  const live = await load.report("live");

  await load.close("stuck");
  // Once more: what the machine does besides comes and goes, and is no fault of the stuck ones.
  say("stuck: live alone again");
  const after = await measureAlone();

  const during = spreadOf(beside.delays);
  const faults = (report: typeof live): number => report.lost + report.duplicated + report.outOfOrder;
  const counted = (what: string, bad: number, goal: string): Goal => ({
    what,
    goal,
    measured: String(bad),
    met: bad === 0,
  });
  const p99Ms = Math.max(before.p99Ms, after.p99Ms);
  const growth = besideBytes - before.bytes;
  return {
    measurements: [],
    goals: [
      counted("live ones", faults(live), "none lost, twice or out of order"),
      atMost("live p99, unchanged", p99Ms * NOISE_FACTOR + NOISE_MS, during.p99Ms, ms),
      atMost("memory growth per stuck one", 64 * 1024, growth / STUCK, kib),
      counted("stuck ones still open", remaining, "0"),
      counted("stuck ones, resumed", faults(resumed), "none lost, twice or out of order"),
      { what: "stuck ones", goal: "all caught up", measured: arrived ? "all" : "not all", met: arrived },
    ],
    notes: [
      `other programs took ${percent(othersCpu)} of a core meanwhile`,
      `live alone: p99 ${ms(before.p99Ms)} before and ${ms(after.p99Ms)} after; beside the stuck ones for ${seconds * STUCK_FACTOR} s: p50 ${ms(during.p50Ms)}, p99 ${ms(during.p99Ms)}, max ${ms(during.maxMs)}`,
      `the last stuck one was ended ${(seconds * STUCK_FACTOR + (performance.now() - startedAtMs) / 1000).toFixed(0)} s after it stopped reading, or less`,
    ],
  };
}
