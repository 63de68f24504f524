/** Reads the instants that a database holds, and writes them as a person reads them. */

export interface TimeReading {
  /** Local time of day with milliseconds, 12 or 24 hours as the locale has it. */
  readonly clock: string;
  /** The local day, unless it is today. */
  readonly day: string | undefined;
  readonly iso: string;
}

const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;
const NUMBER = /^\d+(\.\d+)?$/;

/**
 * The instant that a column's value stands for: ISO 8601, SQLite's `YYYY-MM-DD HH:MM:SS`, or a count of
 * seconds, milliseconds, microseconds or nanoseconds since 1970. Text without a zone is UTC, because that
 * is what SQLite's own functions write.
 */
export function parseInstant(value: unknown): Date | undefined {
  if (typeof value === "number") return fromUnix(value);
  if (typeof value !== "string") return undefined;
  if (NUMBER.test(value)) return fromUnix(Number(value));
  const match = DATE_TIME.exec(value.trim());
  if (match === null) return undefined;
  const [, date, minutes = "00:00", seconds = ":00", zone = "Z"] = match;
  return valid(new Date(`${date}T${minutes}${seconds.replace(",", ".")}${isoZone(zone)}`));
}

/** Date.parse understands `+02:00`, but not `+0200` and not `+02`. */
function isoZone(zone: string): string {
  if (zone.toUpperCase() === "Z") return "Z";
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
  return `${zone.slice(0, 1)}${digits.slice(0, 2)}:${digits.slice(2)}`;
}

/**
 * The size of the number tells its unit: each of these ranges begins in 1973 and ends after the year 5000.
 * Smaller numbers are counts of something, and no instants.
 */
function fromUnix(count: number): Date | undefined {
  if (!(count >= 1e8)) return undefined;
  if (count < 1e11) return valid(new Date(Math.round(count * 1e3)));
  if (count < 1e14) return valid(new Date(count));
  if (count < 1e17) return valid(new Date(Math.floor(count / 1e3)));
  return valid(new Date(Math.floor(count / 1e6)));
}

function valid(date: Date): Date | undefined {
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/**
 * Making an Intl formatter costs a thousand times as much as using it, so make one of these and keep it.
 * @param locale a BCP 47 tag; the browser's own where it is left out
 */
export function createTimeFormat(locale?: string): (at: Date, now: Date) => TimeReading {
  const clock = new Intl.DateTimeFormat(locale, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
  });
  const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
  const dayOfYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });

  return (at, now) => {
    const sameYear = at.getFullYear() === now.getFullYear();
    return {
      clock: clock.format(at),
      day: at.toDateString() === now.toDateString() ? undefined : (sameYear ? day : dayOfYear).format(at),
      iso: at.toISOString(),
    };
  };
}
