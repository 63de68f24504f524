/** How far back the statistics look, and how much time one bar is. */

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export interface Window {
  /** As a button says it. */
  readonly label: string;
  /** As in `1,234 events in the last 15 minutes`. */
  readonly words: string;
  readonly lengthMs: number;
}

const QUARTER: Window = { label: "15 min", words: "15 minutes", lengthMs: 15 * MINUTE_MS };

/** The shortest is what a page begins with. */
export const WINDOWS: readonly Window[] = [
  QUARTER,
  { label: "1 h", words: "hour", lengthMs: HOUR_MS },
  { label: "24 h", words: "24 hours", lengthMs: DAY_MS },
];

/** More bars than these are too thin to be told apart on a small screen. */
const MAX_BARS = 100;

/** Lengths of time that people count in. The server counts nothing shorter than the first. */
const BUCKETS_MS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR_MS),
  ...[1, 2, 7].map((count) => count * DAY_MS),
];

/** @param label of a window, as the browser remembers it */
export function windowOf(label: string | undefined): Window {
  return WINDOWS.find((window) => window.label === label) ?? QUARTER;
}

/** The shortest bar with which a length of time has not too many. In ms. */
export function bucketFor(lengthMs: number): number {
  return BUCKETS_MS.find((bucketMs) => lengthMs / bucketMs <= MAX_BARS) ?? 7 * DAY_MS;
}

/** How long the counts of a length of time stay good enough. The newest bar moves with the rows meanwhile. */
export function refreshMsFor(lengthMs: number): number {
  if (lengthMs <= 15 * MINUTE_MS) return 5 * SECOND_MS;
  return lengthMs <= HOUR_MS ? 15 * SECOND_MS : MINUTE_MS;
}
