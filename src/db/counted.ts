/** What was counted of a log for a question, and the answer that it makes. */
import type { Stats, ValueCount } from "../archive.ts";
import type { EventId } from "../events.ts";

/** Types that are told apart; a chart of more is not read by anybody. */
const MAX_TYPES = 12;

/** Values of a role in the answer. */
const TOP_VALUES = 20;

export const COUNTED_ROLES = ["type", "actor", "target"] as const;
export type CountedRole = (typeof COUNTED_ROLES)[number];

/** How often a value is in a bucket, and when it was there last. In ms since 1970. */
interface Occurrences {
  count: number;
  lastMs: number;
}

/** Counts of one bucket. */
interface Bucket {
  total: number;
  readonly values: Readonly<Record<CountedRole, Map<string, Occurrences>>>;
}

/** What was counted for a question so far. */
export interface Counted {
  readonly buckets: Map<number, Bucket>;
  /** All rows between these ids were looked at; empty while `highest` is below `lowest`. */
  lowest: EventId;
  highest: EventId;
  /** The instant of the oldest row that was looked at. In ms. */
  oldestMs: number;
  /** Of all its buckets. */
  values: number;
}

export function forgetBefore(counted: Counted, fromMs: number): void {
  for (const [at, { values }] of counted.buckets) {
    if (at >= fromMs) continue;
    counted.buckets.delete(at);
    for (const role of COUNTED_ROLES) counted.values -= values[role].size;
  }
}

export function answerOf(
  { buckets, highest }: Counted,
  times: Pick<Stats, "fromMs" | "toMs" | "bucketMs" | "completeFromMs">,
  played: Readonly<Partial<Record<CountedRole, unknown>>>,
): Stats {
  const sorted = [...buckets]
    .filter(([at]) => at >= times.fromMs && at <= times.toMs)
    .toSorted(([a], [b]) => a - b);
  const top = (role: CountedRole): ValueCount[] => {
    const all = new Map<string, Occurrences>();
    for (const [, { values }] of sorted)
      for (const [value, { count, lastMs }] of values[role]) {
        const known = all.get(value);
        all.set(value, {
          count: (known?.count ?? 0) + count,
          lastMs: Math.max(known?.lastMs ?? lastMs, lastMs),
        });
      }
    return [...all]
      .map(([value, { count, lastMs }]) => ({ value, count, lastMs }))
      .toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  };
  const types = top("type")
    .slice(0, MAX_TYPES)
    .map(({ value }) => value);
  return {
    ...times,
    latestId: highest,
    total: sorted.reduce((sum, [, { total }]) => sum + total, 0),
    types,
    buckets: sorted.map(([atMs, { total, values }]) => {
      const counts = types.map((type) => values.type.get(type)?.count ?? 0);
      return { atMs, counts: [...counts, total - counts.reduce((sum, count) => sum + count, 0)] };
    }),
    top: Object.fromEntries(
      COUNTED_ROLES.filter((role) => played[role] !== undefined).map((role) => [
        role,
        top(role)
          .filter(({ value }) => value !== "")
          .slice(0, TOP_VALUES),
      ]),
    ),
  };
}
