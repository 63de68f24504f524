/** Clients that connect and leave, half of them before the stream has begun: nothing of them may stay. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { createDatabase } from "../../src/db/sqlite/create.ts";
import { Scratch } from "../../tests/support/scratch.ts";
import { until } from "../../tests/support/until.ts";
import { startTailboard, type TailboardPeer } from "../peers/tailboard.ts";
import type { BenchContext } from "../support/bench-context.ts";
import type { HeapSample } from "../support/heap-probe.ts";
import { Load } from "../support/load.ts";
import { atMost, count, kib, type ScenarioResult } from "../support/report.ts";
import { memoryOf } from "../support/usage.ts";
import type { Scenario } from "./scenario.ts";

/** 20,000 in all at the usual length. */
const CYCLES_PER_SECOND = 2000;
const WARM_UP_CYCLES = 2000;
const SETTLE_MS = 1000;
const CLOSE_TIMEOUT_MS = 30_000;
/** What the heap may grow by and still be called back where it was. */
const MAX_GROWTH_BYTES = 2 ** 20;

export const churn: Scenario = {
  name: "churn",
  title: "20,000 cycles of connecting and leaving, half of them during the start",
  run: measureChurn,
};

interface Footprint extends HeapSample {
  readonly openFiles: number;
  readonly residentBytes: number;
}

async function measureChurn({ seconds, serverArgs, say }: BenchContext): Promise<ScenarioResult> {
  using scratch = new Scratch();
  const path = scratch.path("events.db");
  const heapFile = scratch.path("heap.json");
  createDatabase(path, "events");
  const probe = join(import.meta.dir, "../support/heap-probe.ts");
  await using peer = await startTailboard(path, serverArgs, [
    "env",
    `BUN_OPTIONS=--preload ${probe}`,
    `BENCH_HEAP_FILE=${heapFile}`,
  ]);
  await using load = await Load.start(peer);
  const cycle = async (cycles: number): Promise<void> => {
    await load.churn(cycles / 2, "at-start");
    await load.churn(cycles / 2, "in-stream");
  };

  say("churn: warming up");
  await cycle(WARM_UP_CYCLES);
  const before = await footprint(peer, heapFile);
  const cycles = CYCLES_PER_SECOND * seconds;
  say(`churn: ${count(cycles)} cycles`);
  const startedAtMs = performance.now();
  await cycle(cycles);
  const perSecond = (cycles * 1000) / (performance.now() - startedAtMs);
  const after = await footprint(peer, heapFile);
  return {
    measurements: [],
    goals: [
      atMost("heap growth", MAX_GROWTH_BYTES, after.heapBytes - before.heapBytes, kib),
      atMost("open files", before.openFiles, after.openFiles, String),
    ],
    notes: [
      `${count(cycles)} cycles, ${count(perSecond)} a second; heap ${kib(before.heapBytes)} → ${kib(after.heapBytes)}, objects ${count(before.objects)} → ${count(after.objects)}, resident ${kib(before.residentBytes)} → ${kib(after.residentBytes)}, open files ${before.openFiles} → ${after.openFiles}`,
    ],
  };
}

/** What the server holds once every stream is closed. */
async function footprint(peer: TailboardPeer, heapFile: string): Promise<Footprint> {
  const { pid } = peer.server.process;
  const closed = async (): Promise<boolean> => (await peer.server.metric("tailboard_subscribers")) === 0;
  await until(closed, "every stream to be closed", CLOSE_TIMEOUT_MS);
  await Bun.sleep(SETTLE_MS);
  const earlier = (await readSample(heapFile))?.number ?? 0;
  process.kill(pid, "SIGUSR2");
  const sample = await until(async () => {
    const latest = await readSample(heapFile);
    return latest !== undefined && latest.number > earlier && latest;
  }, "the heap of the server");
  const openFiles = readdirSync(`/proc/${pid}/fd`).length;
  return { ...sample, openFiles, residentBytes: memoryOf([pid]) };
}

async function readSample(file: string): Promise<HeapSample | undefined> {
  if (!(await Bun.file(file).exists())) return undefined;
  const text = readFileSync(file, "utf8");
  // Empty between its creation and the first byte.
  if (text === "") return undefined;
  const sample: HeapSample = JSON.parse(text);
  return sample;
}
