/** Where the processor time of a page goes. */
import type { Tab } from "../../tests/support/browser.ts";

/** The functions that are told. */
const TOP = 25;

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/**
 * Writes a CPU profile of what the page does meanwhile, for the developer tools of a browser, and tells the functions that took
 * most time themselves.
 * @param file undefined: nothing is profiled, because that costs time itself
 */
export async function profiled<T>(tab: Tab, file: string | undefined, work: () => Promise<T>): Promise<T> {
  if (file === undefined) return work();
  await tab.cdp("Profiler.enable");
  await tab.cdp("Profiler.start");
  const value = await work();
  const stopped = await tab.cdp("Profiler.stop");
  await Bun.write(file, JSON.stringify(profileIn(stopped)));
  console.error(topOf(profileIn(stopped)));
  return value;
}

function profileIn(answer: unknown): Profile {
  const { profile }: { profile: Profile } = Object(answer);
  return profile;
}

function topOf({ nodes, samples, timeDeltas }: Profile): string {
  const names = new Map(
    nodes.map(({ id, callFrame }) => [id, `${callFrame.functionName}:${callFrame.lineNumber}`]),
  );
  const times = new Map<string, number>();
  for (const [at, id] of samples.entries()) {
    const name = names.get(id) ?? "";
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[at] ?? 0));
  }
  const sorted = [...times].toSorted(([, a], [, b]) => b - a).slice(0, TOP);
  return sorted.map(([name, micros]) => `${(micros / 1000).toFixed(0).padStart(8)} ms  ${name}`).join("\n");
}
