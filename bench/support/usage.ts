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

/** The memory that several processes take from its making to its disposal, sampled again and again. */
export class MemoryWatch implements Disposable {
  #samples = 0;
  #sum = 0;
  #peak = 0;
  readonly #timer: Timer;

  constructor(pids: readonly number[]) {
    const sample = (): void => {
      const bytes = memoryOf(pids);
      this.#samples++;
      this.#sum += bytes;
      this.#peak = Math.max(this.#peak, bytes);
    };
    sample();
    this.#timer = setInterval(sample, SAMPLE_MS);
  }

  get peakBytes(): number {
    return this.#peak;
  }

  /** What garbage comes and goes is in it by half: the peak grows with the time that is watched. */
  get meanBytes(): number {
    return this.#sum / this.#samples;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
