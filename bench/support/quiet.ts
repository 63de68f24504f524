/** Other programs on the machine disturb what is measured: it is measured again, and the least disturbed counts. */
import type { BenchContext } from "./bench-context.ts";
import { BUSY_SHARE, percent } from "./report.ts";
import { startMachineUsage, startUsage } from "./usage.ts";

export interface Quietest<T> {
  readonly value: T;
  /** What other programs took meanwhile, of one core. */
  readonly othersCpu: number;
}

/**
 * @param pids processes that belong to the measurement, beside this one, for as long as it lasts
 * @param measure one try, which tells what processes took that it started and ended itself, in seconds
 */
export async function quietest<T>(
  { tries, say }: BenchContext,
  pids: readonly number[],
  measure: (countIn: (cpuSeconds: number) => void) => Promise<T>,
): Promise<Quietest<T>> {
  let best: Quietest<T> | undefined;
  for (let tried = 1; ; tried++) {
    const endOwn = startUsage([process.pid, ...pids]);
    const endMachine = startMachineUsage();
    const startedAtMs = performance.now();
    let counted = 0;
    const value = await measure((seconds) => (counted += seconds));
    const countedShare = (counted * 1000) / (performance.now() - startedAtMs);
    const othersCpu = endMachine().share - endOwn().share - countedShare;
    if (best === undefined || othersCpu < best.othersCpu) best = { value, othersCpu };
    if (best.othersCpu <= BUSY_SHARE || tried >= tries) return best;
    say(`again, on a less busy machine: other programs took ${percent(othersCpu)} of a core`);
  }
}

export function quietNote(what: string, others: readonly number[]): string {
  return `${what}: other programs took ${percent(Math.max(...others))} of a core at most${Math.max(...others) > BUSY_SHARE ? " (busy machine)" : ""}`;
}
