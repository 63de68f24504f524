/** What the chart says in words: beside it, on a bar, and to those who do not see it. */
import type { ValueLabels } from "../../column-roles.ts";
import { type TypeText, typeText } from "../event/event.ts";
import { timeWords } from "../statistics/span-words.ts";
import { titleText } from "../text/visible-text.ts";
import type { Clock } from "../time/clock.ts";
import type { Bars, Layer } from "./bars.ts";

const DAY_MS = 86_400_000;

/** Types that are named to those who do not see the chart. */
const NAMED_TYPES = 3;

/** How the types are read. */
export interface TypeNames {
  readonly column: string | undefined;
  readonly labels: ValueLabels;
}

/** Undefined for the events without a type, and for the other types together. */
export function textOfType(type: string | undefined, { column, labels }: TypeNames): TypeText | undefined {
  if (type === undefined || column === undefined) return undefined;
  return typeText({ [column]: type }, column, labels);
}

export function nameOfLayer({ type }: Layer, names: TypeNames): string {
  return textOfType(type, names)?.text ?? (type === undefined ? "other types" : "no type");
}

/** As in `12 events`. */
export function countWords(count: number): string {
  return `${count.toLocaleString()} ${count === 1 ? "event" : "events"}`;
}

/** As in `12:03:10 – 12:03:20`. */
export function barWords(startMs: number, bucketMs: number, clock: Clock): string {
  const [start, end] = [timeWords(startMs, clock), timeWords(startMs + bucketMs, clock)];
  return bucketMs >= DAY_MS ? start : `${start} – ${end}`;
}

/** The layers of a bar that are not empty, the most frequent first, as in `done 9, failed 3`. */
export function layerWords({ layers }: Bars, at: number, names: TypeNames): string {
  return layers
    .map((layer) => ({ layer, count: layer.counts[at] ?? 0 }))
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count)
    .map(({ layer, count }) => `${nameOfLayer(layer, names)} ${count.toLocaleString()}`)
    .join(", ");
}

/** The chart for those who do not see it. */
export function summaryWords({ total, layers }: Bars, when: string, names: TypeNames): string {
  const told = layers
    .filter(({ type }) => type !== undefined)
    .toSorted((a, b) => b.total - a.total)
    .slice(0, NAMED_TYPES)
    .map((layer) => `${nameOfLayer(layer, names)} ${layer.total.toLocaleString()}`);
  const types = told.length === 0 ? "" : ` The most frequent types: ${told.join(", ")}.`;
  return titleText(`Bar chart: ${countWords(total)} ${when}.${types}`);
}
