/** The part of the time that the statistics are about, in words. */
import type { Clock } from "../time/clock.ts";
import type { Span } from "./span.ts";
import type { Window } from "./windows.ts";

/** As in `in the last 15 minutes`, or the part of the time that was asked for. */
export function spanWords({ fromMs, toMs }: Span, window: Window, clock: Clock): string {
  if (fromMs === undefined && toMs === undefined) return `in the last ${window.words}`;
  const [from, to] = [fromMs, toMs].map((ms) => (ms === undefined ? undefined : timeWords(ms, clock)));
  if (to === undefined) return `since ${from}`;
  return from === undefined ? `until ${to}` : `from ${from} to ${to}`;
}

/** To the second. The day is said where it is not today. */
export function timeWords(ms: number, clock: Clock): string {
  const { clock: time, day } = clock.read(ms);
  const short = time.replace(/(\d:\d\d)[.,]\d{3}/, "$1");
  return day === undefined ? short : `${day} ${short}`;
}
