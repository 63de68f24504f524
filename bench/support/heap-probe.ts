/** Loaded into a server before its own code: at SIGUSR2 it collects garbage and writes what the heap holds to a file. */
import { heapStats } from "bun:jsc";
import { writeFileSync } from "node:fs";

export interface HeapSample {
  readonly heapBytes: number;
  readonly objects: number;
  /** Timers that are set, or that somebody still holds. */
  readonly timers: number;
  /** Taken by a signal that came after so many others. */
  readonly number: number;
}

let number = 0;
process.on("SIGUSR2", () => {
  Bun.gc(true);
  const { heapSize, objectCount, objectTypeCounts } = heapStats();
  const timers = objectTypeCounts["Timeout"] ?? 0;
  const sample: HeapSample = { heapBytes: heapSize, objects: objectCount, timers, number: ++number };
  writeFileSync(process.env["BENCH_HEAP_FILE"] ?? "", JSON.stringify(sample));
});
