/** Instants of local times in a time zone of the IANA database. */

/** In ms. */
const MINUTE = 60_000;

/** Formatters by zone: making one costs a thousand times as much as using it. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** Since then no zone has changed its clocks but at the beginning of a minute. In ms since 1970. */
const WHOLE_MINUTES_FROM_MS = Date.UTC(1973, 0);

/** Rows that come at the same time are of the same minute. So many more are 64 KB for each zone. */
const KEPT_MINUTES = 1000;

/** Offsets by zone and minute: a formatter takes 25 microseconds, and a row that is drawn asks five times. */
const offsets = new Map<string, Map<number, number>>();

/**
 * @param wallMs the local time, as if it were UTC, in ms since 1970
 * @param zone as in `Europe/Berlin`
 * @returns the instant, in ms since 1970: the earlier one where the local time occurs twice, and where it was skipped
 *   the one that a clock shows that was not put forward
 * @throws RangeError when there is no such zone
 */
export function instantOf(wallMs: number, zone: string): number {
  if (zone === "UTC") return wallMs;
  // The offset before and after any change on that day: two readings, of which the earlier that fits is taken.
  const before = offsetMs(wallMs - 24 * 60 * MINUTE, zone);
  const first = wallMs - before;
  if (offsetMs(first, zone) === before) return first;
  const second = wallMs - offsetMs(wallMs + 24 * 60 * MINUTE, zone);
  return wallMs - offsetMs(second, zone) === second ? second : first;
}

/** By how much the clocks of a zone are ahead of UTC at an instant, in ms. */
export function offsetMs(instantMs: number, zone: string): number {
  if (!Number.isFinite(new Date(instantMs).getTime())) return 0;
  if (instantMs < WHOLE_MINUTES_FROM_MS) return formattedOffsetMs(instantMs, zone);
  const kept = offsets.get(zone) ?? new Map<number, number>();
  offsets.set(zone, kept);
  const minute = Math.floor(instantMs / MINUTE);
  let offset = kept.get(minute);
  if (offset === undefined) {
    offset = formattedOffsetMs(instantMs, zone);
    // What is asked next is of another time then: the old ones are not worth an order of their own.
    if (kept.size >= KEPT_MINUTES) kept.clear();
    kept.set(minute, offset);
  }
  return offset;
}

function formattedOffsetMs(instantMs: number, zone: string): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatterOf(zone).formatToParts(instantMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const wallMs = Date.UTC(year, month - 1, day, hour, minute, second);
  return wallMs - Math.floor(instantMs / 1000) * 1000;
}

/** Whether the IANA time zone database of this runtime has a zone. */
export function isZone(zone: string): boolean {
  try {
    formatterOf(zone);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "gregory",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formatters.set(zone, formatter);
  }
  return formatter;
}
