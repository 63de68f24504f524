/** What the server has counted, with its times and ids as numbers. */
import type { StatsAnswer, ValueStats } from "../../events.ts";

/** How often a value occurs, and when it did last, in ms since 1970. */
export interface ValueCount {
  readonly value: string;
  readonly count: number;
  readonly lastMs: number;
}

export interface Counts {
  readonly fromMs: number;
  readonly toMs: number;
  readonly bucketMs: number;
  /** Later than `fromMs` where the server has not counted everything so far. */
  readonly completeFromMs: number;
  /** No newer row was looked at. */
  readonly latestId: bigint;
  /** The most frequent first; "" is none. */
  readonly types: readonly string[];
  /** By the place in `types`, and last those of other types. */
  readonly buckets: readonly { readonly atMs: number; readonly counts: readonly number[] }[];
  readonly actors: readonly ValueCount[];
  /** Frequent values of the roles that a column plays. */
  readonly frequent: Readonly<Record<string, readonly string[]>>;
}

/** @throws TypeError where the answer is none of this server's */
export function countsOf(answer: StatsAnswer): Counts {
  if (!Array.isArray(answer.buckets) || !Array.isArray(answer.types))
    throw new TypeError("the answer to api/stats has no buckets: was the server updated? Reload the page");
  return {
    fromMs: Date.parse(answer.from),
    toMs: Date.parse(answer.to),
    bucketMs: answer.bucketMs,
    completeFromMs: Date.parse(answer.completeFrom),
    latestId: BigInt(answer.latestId),
    types: answer.types,
    buckets: answer.buckets.map(({ at, counts }) => ({ atMs: Date.parse(at), counts })),
    actors: (answer.top.actor ?? []).map(valueCountOf),
    frequent: Object.fromEntries(
      Object.entries(answer.top).map(([role, values]) => [role, values.map(({ value }) => value)]),
    ),
  };
}

function valueCountOf({ value, count, lastAt }: ValueStats): ValueCount {
  return { value, count, lastMs: Date.parse(lastAt) };
}
