/** The value below which a share of the values lies; NaN where there is none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** p50, p99 and the largest, in milliseconds. */
export function spread(delaysMs: readonly number[]): { p50: string; p99: string; max: string } {
  const format = (share: number): string => percentile(delaysMs, share).toFixed(2);
  return { p50: format(0.5), p99: format(0.99), max: format(1) };
}
