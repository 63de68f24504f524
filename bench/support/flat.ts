/** When a process comes to rest. */
import { readdirSync, readFileSync } from "node:fs";

const SAMPLE_MS = 2;
/** Below this share of a core it rests: a server that follows a quiet table takes less. */
const REST_SHARE = 0.2;
/** So long it has to rest: a slice that waits for its turn on a busy machine is no rest. In ms. */
const REST_MS = 100;
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

/** @returns how long a process went on working from now on, in milliseconds */
export async function msUntilRest(pid: number): Promise<number> {
  const startedAtMs = performance.now();
  let [beforeMs, beforeCpuMs, lastBusyMs] = [startedAtMs, cpuMs(pid), startedAtMs];
  while (beforeMs - lastBusyMs < REST_MS) {
    await Bun.sleep(SAMPLE_MS);
    const [nowMs, nowCpuMs] = [performance.now(), cpuMs(pid)];
    if ((nowCpuMs - beforeCpuMs) / (nowMs - beforeMs) > REST_SHARE) lastBusyMs = nowMs;
    [beforeMs, beforeCpuMs] = [nowMs, nowCpuMs];
    if (nowMs - startedAtMs > TIMEOUT_MS) return Number.POSITIVE_INFINITY;
  }
  return lastBusyMs - startedAtMs;
}
