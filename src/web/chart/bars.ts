/** The bars of the chart: for each length of time how many events of each type. */
import { badgeOf, type Tone } from "../event/badge.ts";
import type { Counts } from "../statistics/counts.ts";
import type { LiveRow } from "../statistics/live-rows.ts";
import type { Span } from "../statistics/span.ts";

/** Types that are told apart. Colours of more are not. */
const MAX_TYPES = 7;

/** A page of an old question may ask for a span that makes no sense any longer: no array gets longer than this. */
const MAX_BARS = 2000;

export interface Layer {
  /** "" is none. Undefined stands for all types that have no layer of their own. */
  readonly type: string | undefined;
  readonly total: number;
  /** By the place in `starts`. */
  readonly counts: readonly number[];
}

export interface Bars {
  /** When each bar begins, in ms since 1970. */
  readonly starts: readonly number[];
  readonly bucketMs: number;
  /** The lowest of the stack first. */
  readonly layers: readonly Layer[];
  readonly total: number;
}

/** What failed stands on the ground, where it is compared best. */
const TONE_ORDER: readonly (Tone | undefined)[] = ["failed", "waiting", "active", "done", undefined];

/**
 * @param live rows that came after the counts
 * @param nowMs in ms since 1970: where a span ends that moves with now
 */
export function barsOf(counts: Counts, live: readonly LiveRow[], span: Span, nowMs: number): Bars {
  const { bucketMs } = counts;
  const startOf = (ms: number): number => Math.floor(ms / bucketMs) * bucketMs;
  // What ends at the beginning of a bar has nothing of it.
  const last = startOf(span.toMs === undefined ? Math.max(nowMs, counts.toMs) : span.toMs - 1);
  const end = span.toMs ?? Math.max(nowMs, counts.toMs);
  const first = Math.max(startOf(span.fromMs ?? end - span.lengthMs), last - MAX_BARS * bucketMs);
  const starts: number[] = [];
  for (let at = first; at <= last; at += bucketMs) starts.push(at);

  const byType = new Map<string | undefined, number[]>();
  const add = (type: string | undefined, ms: number, count: number): void => {
    const at = (startOf(ms) - first) / bucketMs;
    if (count === 0 || at < 0 || at >= starts.length) return;
    let layer = byType.get(type);
    if (layer === undefined) {
      layer = starts.map(() => 0);
      byType.set(type, layer);
    }
    layer[at] = (layer[at] ?? 0) + count;
  };
  for (const { atMs, counts: each } of counts.buckets)
    each.forEach((count, index) => add(counts.types[index], atMs, count));
  const known = new Set<string>(counts.types);
  for (const { type, ms } of live) {
    // A type that the server counts among the others would seem rarer than it is.
    if (!known.has(type) && known.size < MAX_TYPES) known.add(type);
    add(known.has(type) ? type : undefined, ms, 1);
  }
  return { starts, bucketMs, ...stackOf(byType, starts.length) };
}

function stackOf(byType: ReadonlyMap<string | undefined, readonly number[]>, bars: number) {
  const layers = [...byType].map(([type, counts]) => ({ type, counts, total: sum(counts) }));
  const byFrequency = layers
    .filter(({ type }) => type !== undefined)
    .toSorted((a, b) => b.total - a.total || compare(a.type ?? "", b.type ?? ""));
  const rest = [...byFrequency.slice(MAX_TYPES), ...layers.filter(({ type }) => type === undefined)];
  const others = Array.from({ length: bars }, (_, at) =>
    rest.reduce((count, { counts }) => count + (counts[at] ?? 0), 0),
  );
  // In an order that does not change while two types are about as frequent as each other.
  const told = byFrequency.slice(0, MAX_TYPES).toSorted((a, b) => {
    const [one, other] = [a.type ?? "", b.type ?? ""];
    return toneOrder(one) - toneOrder(other) || compare(one, other);
  });
  const othersTotal = sum(others);
  return {
    layers: [...told, ...(othersTotal > 0 ? [{ type: undefined, counts: others, total: othersTotal }] : [])],
    total: layers.reduce((count, { total }) => count + total, 0),
  };
}

const toneOrder = (type: string): number => TONE_ORDER.indexOf(badgeOf(type).tone);
const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
