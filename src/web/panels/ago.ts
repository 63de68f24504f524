/** How long ago something was, in one unit: who looks at a panel wants the size of it. */

const SECOND_MS = 1000;

/** Less than this is now: the clocks of two machines differ by more. */
const NOW_MS = 5000;

const UNITS = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [SECOND_MS, "s"],
] as const;

/** @param ageMs negative for what is still to come */
export function agoText(ageMs: number): string {
  if (Math.abs(ageMs) < NOW_MS) return "just now";
  return ageMs < 0 ? `in ${sizeText(-ageMs)}` : `${sizeText(ageMs)} ago`;
}

/** A length of time in one unit, as in `12 min`. */
export function sizeText(ms: number): string {
  for (const [unitMs, unit] of UNITS) if (ms >= unitMs) return `${Math.floor(ms / unitMs)} ${unit}`;
  return "0 s";
}
