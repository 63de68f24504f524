/** Where the chart's axis of time has its marks: at round times of the reader's zone. */
import { instantOf, offsetMs } from "../../columns/zone.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const STEPS_MS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR_MS),
  ...[1, 2, 7, 14, 30, 60, 120, 365].map((count) => count * DAY_MS),
];

/**
 * @param most how many marks there is room for
 * @returns in ms since 1970
 */
export function ticksOf(fromMs: number, toMs: number, zone: string, most: number): number[] {
  const room = Math.max(1, most);
  const stepMs = STEPS_MS.find((each) => (toMs - fromMs) / each <= room) ?? toMs - fromMs;
  const offset = offsetMs(fromMs, zone);
  const ticks: number[] = [];
  for (let wall = Math.ceil((fromMs + offset) / stepMs) * stepMs; ; wall += stepMs) {
    // After a change of the clocks the round times lie elsewhere.
    const at = instantOf(wall, zone);
    if (at > toMs || ticks.length > room) return ticks;
    if (at >= fromMs) ticks.push(at);
  }
}

/**
 * Writes a mark: with seconds, without, or as a day, as the distance of the marks needs it.
 * @param locale a BCP 47 tag; the browser's own where it is left out
 */
export function tickWriter(zone: string, stepMs: number, locale?: string): (ms: number) => string {
  const isDay = stepMs >= DAY_MS;
  const format = new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    ...(isDay ? { day: "numeric", month: "short" } : { hour: "2-digit", minute: "2-digit" }),
    ...(stepMs < MINUTE_MS ? { second: "2-digit" } : {}),
  });
  return (ms) => format.format(ms);
}
