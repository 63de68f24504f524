/** Whether a time that PostgreSQL stores lies in a span: one of its own types, a count, or a text. */
import type { TimeForm } from "../column-roles.ts";
import type { StoredKind } from "./asked-table.ts";
import { allOf, type Binding, Sql, sql } from "./sql.ts";
import {
  at,
  bounds,
  countAt,
  DAY_MS,
  isInstantWithin,
  isoDate,
  JULIAN_1970,
  LARGEST_OFFSET_MS,
  type LocalTime,
  type Moment,
} from "./time-sql.ts";

export interface PostgresTime {
  /** The column. */
  readonly value: Sql;
  readonly stored: StoredKind;
  readonly form: TimeForm;
  /** Of times without one. */
  readonly zone: string;
}

/** What is earlier or later is as good as these. In ms. */
const FIRST_MS = -62_135_596_800_000;
const LAST_MS = Date.UTC(9999, 11, 31);

/** A day that every month has: nothing that is read by them can fail. Of a text: year, month, day, hour, minute, second, fraction, zone. */
const DATE = "(?!0000)([0-9]{4})";
const MONTH = "(0[1-9]|1[0-2])";
const DAY = "(0[1-9]|[12][0-9]|3[01])";
const HOUR = "([01][0-9]|2[0-3])";
const SIXTY = "([0-5][0-9])";
const OFFSET = "[+-][0-9]{2}(?::?[0-9]{2})?(?::?[0-9]{2})?";
const GO = String.raw`(?: (?:[A-Z]{2,5}|[+-][0-9]{2,4}))?(?: m=[+-][0-9.]+)?`;
const TEXT = String.raw`(?i)^${DATE}-${MONTH}-${DAY}(?:[T ]${HOUR}:${SIXTY}(?::([0-5][0-9]|60)(?:[.,]([0-9]{1,9})[0-9]*)?)?\s*(Z|UTC|GMT|${OFFSET})?${GO})?\s*$`;
const COMPACT = `(?i)^${DATE}${MONTH}${DAY}(?:T?${HOUR}${SIXTY}([0-5][0-9]|60)?(?:[.]?([0-9]{1,9}))?(Z)?)?$`;

const COUNT = String.raw`'^\s*[+-]?[0-9]{1,19}([.][0-9]{0,30})?\s*$'`;

/**
 * @param from belongs to the span; left out where there is no earlier end
 * @param to does not belong to it; left out where there is no later end
 */
export function isWithin(time: PostgresTime, from: Moment | undefined, to: Moment | undefined): Sql {
  const { value, stored, form, zone } = time;
  switch (stored) {
    case "timestamptz":
      return bounds(value, isoBinding(from, "Z"), isoBinding(to, "Z"));
    case "timestamp":
      if (zone === "UTC") return bounds(value, isoBinding(from, ""), isoBinding(to, ""));
      return sql`CASE WHEN isfinite(${value}) THEN ${localWithin(sql`floor(extract(epoch FROM ${value}) * 1000)`, zone, from, to)} END`;
    case "date": {
      const wallMs = sql`((${value} - DATE '1970-01-01')::int8 * 86400000)`;
      return sql`CASE WHEN isfinite(${value}) THEN ${localWithin(wallMs, zone, from, to)} END`;
    }
    case "integer":
    case "numeric":
    case "float4":
    case "float8":
    case "text":
    case "other":
      break;
    case "boolean":
    case "bytes":
    case "document":
    case "json":
    case "jsonb":
      return sql`FALSE`;
  }
  if (form === "text") return isTextWithin(sql`${value}::text`, zone, from, to);
  if (form === "compact") return isReadWithin(sql`${value}::text`, COMPACT, zone, from, to);
  return isCountWithin(time, from, to);
}

function isoBinding(moment: Moment | undefined, zone: "Z" | ""): Binding | undefined {
  return moment === undefined ? undefined : at(moment, (ms) => isoOf(ms).slice(0, -1) + zone);
}

function isoOf(ms: number): string {
  return new Date(Math.ceil(Math.min(Math.max(ms, FIRST_MS), LAST_MS))).toISOString();
}

function localWithin(wallMs: Sql, zone: string, from?: Moment, to?: Moment): Sql {
  return isInstantWithin({ wallMs, offsetMs: sql`0`, hasZone: sql`FALSE` }, zone, from, to);
}

function isCountWithin({ value, stored, form }: PostgresTime, from?: Moment, to?: Moment): Sql {
  const count = (ms: number): string =>
    String(form === "julian" ? (ms - 0.5) / DAY_MS + JULIAN_1970 : countAt(form, ms));
  const [first, end] = [from, to].map((moment) => (moment === undefined ? undefined : at(moment, count)));
  if (stored === "integer" || stored === "numeric")
    return allOf([
      bounds(sql`${value}::numeric`, first, end),
      ...(stored === "numeric" ? [isNumber(value)] : []),
    ]);
  if (stored === "float4" || stored === "float8")
    return allOf([bounds(sql`${value}::float8`, first, end), isNumber(value)]);
  return sql`CASE WHEN ${value}::text ~ ${new Sql(COUNT)} THEN ${bounds(sql`${value}::text::numeric`, first, end)} END`;
}

/** NaN sorts above every number. */
const isNumber = (value: Sql): Sql => sql`${value} <> 'NaN'`;

/** What is far away is told by a comparison of texts, and only the rest is read. */
function isTextWithin(text: Sql, zone: string, from?: Moment, to?: Moment): Sql {
  const date = (marginMs: number) => (ms: number) => isoDate(ms + marginMs);
  const coarse = bounds(
    sql`${text} COLLATE "C"`,
    from === undefined ? "0" : at(from, date(-LARGEST_OFFSET_MS)),
    to === undefined ? ":" : at(to, date(LARGEST_OFFSET_MS + DAY_MS)),
  );
  return sql`CASE WHEN ${coarse} THEN ${isReadWithin(text, TEXT, zone, from, to)} END`;
}

/** Each text is read once: OFFSET keeps PostgreSQL from putting the reading in the place of each of its uses. */
function isReadWithin(text: Sql, pattern: string, zone: string, from?: Moment, to?: Moment): Sql {
  const within = isInstantWithin(PARTS, zone, from, to);
  return sql`(SELECT ${within} FROM (SELECT regexp_match(${text}, ${new Sql(`'${pattern}'`)}) AS m OFFSET 0) AS read)`;
}

const DIGITS = "rpad(replace(substr(read.m[8], 2), ':', ''), 6, '0')";

const PARTS: LocalTime = {
  wallMs: new Sql(
    `((make_date(read.m[1]::int, read.m[2]::int, 1) - DATE '1970-01-01' + read.m[3]::int - 1)::int8 * 86400000
    + (coalesce(read.m[4], '0')::int * 3600 + coalesce(read.m[5], '0')::int * 60 + coalesce(read.m[6], '0')::int) * 1000
    + rpad(left(coalesce(read.m[7], ''), 3), 3, '0')::int)`,
  ),
  offsetMs: new Sql(
    `(CASE WHEN read.m[8] ~ '^[+-]' THEN (CASE WHEN read.m[8] LIKE '-%' THEN -1000 ELSE 1000 END)
    * (substr(${DIGITS}, 1, 2)::int * 3600 + substr(${DIGITS}, 3, 2)::int * 60 + substr(${DIGITS}, 5, 2)::int) ELSE 0 END)`,
  ),
  hasZone: new Sql("read.m[8] IS NOT NULL"),
};
