/** Lengths of time as a person reads them. */

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** From a day down to a second, each with the unit that may follow it. */
const UNITS = [
  [DAY_MS, "d", HOUR_MS, "h"],
  [HOUR_MS, "h", MINUTE_MS, "min"],
  [MINUTE_MS, "min", SECOND_MS, "s"],
] as const;

/** A length that is over, as in `450 ms`, `2.3 s` and `2 h 5 min`. @param ms not negative */
export function durationText(ms: number): string {
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`;
  const tenths = Math.round(ms / 100) / 10;
  if (tenths < 60) return `${tenths} s`;
  return wholeText(Math.round(ms / SECOND_MS) * SECOND_MS);
}

/** A length that still grows: whole seconds, because tenths would only flicker. */
export function elapsedText(ms: number): string {
  return wholeText(Math.floor(Math.max(ms, 0) / SECOND_MS) * SECOND_MS);
}

/** The time from one step to the next. It is negative where the clocks of two machines differ. */
export function stepText(ms: number): string {
  return `${ms < 0 ? "−" : "+"}${durationText(Math.abs(ms))}`;
}

/** Two units at most: nobody asks for the seconds of three hours. */
function wholeText(ms: number): string {
  for (const [unitMs, unit, nextMs, next] of UNITS) {
    if (ms < unitMs) continue;
    const rest = Math.floor((ms % unitMs) / nextMs);
    return `${Math.floor(ms / unitMs)} ${unit}${rest === 0 ? "" : ` ${rest} ${next}`}`;
  }
  return `${ms / SECOND_MS} s`;
}
