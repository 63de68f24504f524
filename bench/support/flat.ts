/** When a process comes to rest. */
import { readdirSync, readFileSync } from "node:fs";

const SAMPLE_MS = 2;
/**
 * It rests where it takes so little for so long: what was going on would take all of it. The garbage that it left, and code
 * that is still being compiled, may take a few milliseconds of it. In ms.
 */
const REST_MS = 50;
const REST_CPU_MS = 10;
const TIMEOUT_MS = 10_000;

/** Processor time of all threads of a process in ms, to the nanosecond: /proc/PID/stat counts in steps of 10 ms. */
function cpuMs(pid: number): number {
  let total = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      total += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]);
    } catch {
      // The thread has ended since.
    }
  }
  return total / 1e6;
}

interface Sample {
  readonly atMs: number;
  readonly cpuMs: number;
}

/** @returns how long a process goes on working from now on, in milliseconds */
export async function msUntilRest(pid: number): Promise<number> {
  const sample = (): Sample => ({ atMs: performance.now(), cpuMs: cpuMs(pid) });
  const started = sample();
  const samples = [started];
  for (;;) {
    await Bun.sleep(SAMPLE_MS);
    const now = sample();
    samples.push(now);
    // The first moment after which nothing goes on for long enough.
    while (now.atMs - (samples[0]?.atMs ?? now.atMs) >= REST_MS) {
      const first = samples.shift();
      if (first !== undefined && now.cpuMs - first.cpuMs < REST_CPU_MS) return first.atMs - started.atMs;
    }
    if (now.atMs - started.atMs > TIMEOUT_MS) return Number.POSITIVE_INFINITY;
  }
}
