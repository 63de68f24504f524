/** What several processes have used between two moments. */
import { cpuSeconds, machineCpuSeconds, residentBytes } from "./process-usage.ts";

export const memoryOf = (pids: readonly number[]): number =>
  pids.reduce((total, pid) => total + residentBytes(pid), 0);

export interface Usage {
  readonly cpuSeconds: number;
  /** Share of one core. */
  readonly share: number;
}

/** Begins to measure. @returns what ends it */
export function startUsage(pids: readonly number[]): () => Usage {
  return startClock(() => pids.reduce((total, pid) => total + cpuSeconds(pid), 0));
}

/** The same of the whole machine. */
export function startMachineUsage(): () => Usage {
  return startClock(machineCpuSeconds);
}

function startClock(cpu: () => number): () => Usage {
  const before = cpu();
  const startedAtMs = performance.now();
  return () => {
    const used = cpu() - before;
    return { cpuSeconds: used, share: (used * 1000) / (performance.now() - startedAtMs) };
  };
}

const SAMPLE_MS = 100;

/** The most memory that several processes took since it was made. */
export class PeakMemory implements Disposable {
  #bytes = 0;
  readonly #timer: Timer;

  constructor(pids: readonly number[]) {
    const sample = (): void => {
      this.#bytes = Math.max(this.#bytes, memoryOf(pids));
    };
    sample();
    this.#timer = setInterval(sample, SAMPLE_MS);
  }

  get bytes(): number {
    return this.#bytes;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
