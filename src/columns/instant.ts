/** Reads the instants that columns hold, in every form that programs write. Used by the server and by the page. */
import { TIME_FORMS, type TimeForm } from "../column-roles.ts";
import { instantOf } from "./zone.ts";

/** No event log of a program is older. In ms since 1970. */
export const EARLIEST_MS = Date.UTC(2005, 0, 1);

/** Clocks of other machines may be ahead, and of other zones by a day. In ms. */
const AHEAD_MS = 86_400_000;

/** The unit in which an epoch is counted, in ns, and where it begins, in ns since 1970. */
export interface Count {
  readonly unitNs: bigint;
  readonly startNs: bigint;
}

const COUNTS: Readonly<Partial<Record<TimeForm, Count>>> = {
  "epoch-s": count(1_000_000_000n, 0),
  "epoch-ms": count(1_000_000n, 0),
  "epoch-us": count(1000n, 0),
  "epoch-ns": count(1n, 0),
  "mac-s": count(1_000_000_000n, Date.UTC(2001, 0, 1)),
  "mac-ns": count(1n, Date.UTC(2001, 0, 1)),
  "webkit-us": count(1000n, Date.UTC(1601, 0, 1)),
  filetime: count(100n, Date.UTC(1601, 0, 1)),
  // Date.UTC takes the year 1 for 1901: the count of ticks up to 1970 is a constant of .NET.
  dotnet: { unitNs: 100n, startNs: -62_135_596_800_000_000_000n },
};

/** A REAL holds the seconds of today to a fourth of a microsecond: what is so near to a millisecond is that one. */
export const REAL_ERROR_MS = 5e-4;

/** The Julian day of 1970-01-01, and the length of a day in ms. */
const JULIAN_1970 = 2_440_587.5;
const DAY_MS = 86_400_000;

/** ISO 8601 and what is like it: a blank for the T, any fraction, and zones as PostgreSQL, Go and Python write them. */
const TEXT =
  /^([+-]?\d{4,6})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9})\d*)?)?\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?(?::?\d\d)?)?(?: (?:[A-Z]{2,5}|[+-]\d{2,4}))?(?: m=[+-][\d.]+)?)?$/i;

const COMPACT = /^(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?(?:\.?(\d{1,9}))?Z?)?$/;
const INTEGER = /^[+-]?\d{1,19}$/;
const DECIMAL = /^[+-]?\d{1,19}\.\d*$/;

/** How a form counts; undefined for one that does not: texts and Julian days. */
export function countOf(form: TimeForm): Count | undefined {
  return COUNTS[form];
}

/**
 * The instant that a value stands for.
 * @param value a value of a row, as the database or its JSON has it: a text, a number, a bigint
 * @param form how the column is written; without one, every form in which the value is a time since 2005 is tried
 * @param zone of times without one
 * @returns ms since 1970, or undefined where the value is no time in this form
 */
export function readInstant(value: unknown, form: TimeForm | undefined, zone: string): number | undefined {
  if (form === undefined) return formsOf(value, zone)[0]?.ms;
  const ms = readForm(value, form, zone);
  return ms !== undefined && Number.isFinite(new Date(ms).getTime()) ? ms : undefined;
}

/**
 * The forms in which a value is a time between 2005 and tomorrow, the likeliest first: where several are possible,
 * the one that is nearest to now.
 */
export function formsOf(
  value: unknown,
  zone: string,
  nowMs: number = Date.now(),
): { readonly form: TimeForm; readonly ms: number }[] {
  const found: { readonly form: TimeForm; readonly ms: number }[] = [];
  for (const form of TIME_FORMS) {
    const ms = readForm(value, form, zone);
    if (ms !== undefined && ms >= EARLIEST_MS && ms <= nowMs + AHEAD_MS) found.push({ form, ms });
  }
  return found.length < 2 ? found : found.toSorted((a, b) => b.ms - a.ms);
}

function readForm(value: unknown, form: TimeForm, zone: string): number | undefined {
  if (form === "text") return typeof value === "string" ? readText(value, zone) : undefined;
  if (form === "compact") return readCompact(value, zone);
  if (form === "julian") {
    const days = numberOf(value);
    return days === undefined || typeof days === "bigint"
      ? undefined
      : Math.round((days - JULIAN_1970) * DAY_MS);
  }
  const counted = COUNTS[form];
  const number = numberOf(value);
  if (counted === undefined || number === undefined) return undefined;
  if (typeof number === "bigint") return floorMs(number * counted.unitNs + counted.startNs);
  return (
    Number(counted.startNs / 1_000_000n) + Math.floor((number * Number(counted.unitNs)) / 1e6 + REAL_ERROR_MS)
  );
}

/** A count, exact where it is an integer. */
function numberOf(value: unknown): number | bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return undefined;
    return Number.isSafeInteger(value) ? BigInt(value) : value;
  }
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  if (INTEGER.test(text)) return BigInt(text.replace("+", ""));
  return DECIMAL.test(text) ? Number(text) : undefined;
}

function readText(text: string, zone: string): number | undefined {
  const match = TEXT.exec(text.trim());
  if (match === null) return undefined;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", written] = match;
  const wallMs = wallOf([year, month, day, hour, minute, second], fraction);
  if (wallMs === undefined) return undefined;
  if (written === undefined) return instantOf(wallMs, zone);
  return /^(?:Z|UTC|GMT)$/i.test(written) ? wallMs : wallMs - writtenOffsetMs(written);
}

function readCompact(value: unknown, zone: string): number | undefined {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "bigint") return undefined;
  const match = COMPACT.exec(String(value));
  if (match === null) return undefined;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = ""] = match;
  const wallMs = wallOf([year, month, day, hour, minute, second], fraction);
  return wallMs === undefined ? undefined : String(value).endsWith("Z") ? wallMs : instantOf(wallMs, zone);
}

/** The local time as if it were UTC, in ms; undefined for the 31st of February and an hour 25. */
function wallOf(parts: readonly (string | undefined)[], fraction: string): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return (
    date.getTime() +
    ((hour * 60 + minute) * 60 + second) * 1000 +
    Math.floor(Number(`0.${fraction || 0}`) * 1000 + 1e-6)
  );
}

/** `+02`, `+0200`, `+02:00`, `+02:00:00`, in ms. */
function writtenOffsetMs(text: string): number {
  const digits = text.slice(1).replaceAll(":", "").padEnd(6, "0");
  const [hours, minutes, seconds] = [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4, 6)].map(Number);
  const ms = ((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000;
  return text.startsWith("-") ? -ms : ms;
}

function count(unitNs: bigint, startMs: number): Count {
  return { unitNs, startNs: BigInt(startMs) * 1_000_000n };
}

/** Rounded down, for instants before 1970 too. */
function floorMs(ns: bigint): number {
  const ms = ns / 1_000_000n;
  return Number(ns < 0n && ns % 1_000_000n !== 0n ? ms - 1n : ms);
}
