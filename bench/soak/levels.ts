/** What a server holds while nothing happens, again and again: it has to be level. */
import { readdirSync, readFileSync } from "node:fs";

import { until } from "../../tests/support/until.ts";
import type { HeapSample } from "../support/heap-probe.ts";
import { percentile } from "../support/percentiles.ts";
import { residentBytes } from "../support/process-usage.ts";
import { atMost, count, type Goal, kib } from "../support/report.ts";

export interface Level {
  readonly heapBytes: number;
  readonly residentBytes: number;
  readonly openFiles: number;
  readonly timers: number;
}

/** What the median may grow by from the first third of the samples to the last one, and still be called level. */
const HEAP_GROWTH_BYTES = 2 * 2 ** 20;
const RESIDENT_GROWTH_BYTES = 16 * 2 ** 20;
/** Files of a worker that is started when it is wanted, and the sockets of readers that are about to come back. */
const FILES_GROWTH = 4;
const TIMERS_GROWTH = 4;

/** @param heapFile where the probe in the server writes to */
export async function sampleLevel(pid: number, heapFile: string): Promise<Level> {
  const earlier = read(heapFile)?.number ?? 0;
  process.kill(pid, "SIGUSR2");
  const heap = await until(() => {
    const latest = read(heapFile);
    return latest !== undefined && latest.number > earlier && latest;
  }, "the heap of the server");
  return {
    heapBytes: heap.heapBytes,
    timers: heap.timers,
    residentBytes: residentBytes(pid),
    openFiles: readdirSync(`/proc/${pid}/fd`).length,
  };
}

/** The first third of the samples against the last one. */
export function levelGoals(levels: readonly Level[]): Goal[] {
  const third = Math.max(1, Math.floor(levels.length / 3));
  const median = (part: readonly Level[], of: (level: Level) => number): number =>
    percentile(part.map(of), 0.5);
  const growth = (of: (level: Level) => number): number =>
    median(levels.slice(-third), of) - median(levels.slice(0, third), of);
  return [
    atMost(
      "growth of the heap",
      HEAP_GROWTH_BYTES,
      growth(({ heapBytes }) => heapBytes),
      kib,
    ),
    atMost(
      "growth of the resident memory",
      RESIDENT_GROWTH_BYTES,
      growth((level) => level.residentBytes),
      kib,
    ),
    atMost(
      "growth of open files",
      FILES_GROWTH,
      growth(({ openFiles }) => openFiles),
      count,
    ),
    atMost(
      "growth of timers",
      TIMERS_GROWTH,
      growth(({ timers }) => timers),
      count,
    ),
  ];
}

function read(file: string): HeapSample | undefined {
  let text = "";
  try {
    text = readFileSync(file, "utf8");
  } catch {
    // Before the first sample.
  }
  // Empty between its creation and the first byte.
  if (text === "") return undefined;
  const sample: HeapSample = JSON.parse(text);
  return sample;
}
