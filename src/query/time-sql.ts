/** Whether a stored time lies in a span, in the form in which the column stores it. */
import type { TimeForm } from "../column-roles.ts";
import { countOf, REAL_ERROR_MS } from "../columns/instant.ts";
import { instantOf, offsetMs } from "../columns/zone.ts";
import type { Affinity } from "./asked-table.ts";
import { allOf, type Binding, joinSql, type Sql, sql, type SqlValue } from "./sql.ts";

/** An instant in ms since 1970, or one that moves with now. */
export type Moment = number | ((nowMs: number) => number);

export interface StoredTime {
  /** The column. */
  readonly value: Sql;
  readonly affinity: Affinity;
  readonly form: TimeForm;
  /** Of times without one. */
  readonly zone: string;
}

export const DAY_MS = 86_400_000;
export const JULIAN_1970 = 2_440_587.5;

/** No zone is further from UTC. In ms. */
export const LARGEST_OFFSET_MS = 15 * 3_600_000;

/** What the clocks were put forward or back by at most. In ms. */
const LARGEST_STEP_MS = 3 * 3_600_000;

/**
 * @param from belongs to the span; left out where there is no earlier end
 * @param to does not belong to it; left out where there is no later end
 */
export function isWithin(time: StoredTime, from: Moment | undefined, to: Moment | undefined): Sql {
  const { form } = time;
  if (form === "text") return isTextWithin(time, from, to);
  if (form === "compact") return isCompactWithin(time, from, to);
  return isCountWithin(time, from, to);
}

/** What a moment becomes when it is bound. */
export function at(moment: Moment, stored: (ms: number) => SqlValue): Binding {
  return typeof moment === "number" ? stored(moment) : (nowMs) => stored(moment(nowMs));
}

export function bounds(value: Sql, from: Binding | undefined, to: Binding | undefined): Sql {
  const parts: Sql[] = [];
  if (from !== undefined) parts.push(sql`${value} >= ${from}`);
  if (to !== undefined) parts.push(sql`${value} < ${to}`);
  return allOf(parts);
}

function isCountWithin({ value, affinity, form }: StoredTime, from?: Moment, to?: Moment): Sql {
  const stored = (ms: number): SqlValue =>
    form === "julian" ? (ms - 0.5) / DAY_MS + JULIAN_1970 : countAt(form, ms);
  const [first, end] = [from, to].map((moment) => (moment === undefined ? undefined : at(moment, stored)));
  // Every text sorts above every number. The plus keeps an index from being used, which would sort by the time.
  if (affinity === "numeric") return sql`(+${value} < '' AND ${bounds(sql`+${value}`, first, end)})`;
  const number = sql`CASE typeof(${value}) WHEN 'text' THEN
    CASE WHEN trim(${value}) GLOB '[0-9+-]*' AND trim(${value}) NOT GLOB '?*[^0-9.]*' THEN CAST(${value} AS NUMERIC) END
    WHEN 'blob' THEN NULL ELSE ${value} END`;
  return bounds(sql`(${number})`, first, end);
}

/** The smallest count whose instant is not before a moment. An integer holds it exactly, a REAL to a fraction of a ms. */
export function countAt(form: TimeForm, ms: number): SqlValue {
  const counted = countOf(form);
  if (counted === undefined) return null;
  const { unitNs, startNs } = counted;
  const ns = BigInt(Math.ceil(ms)) * 1_000_000n - startNs;
  if (unitNs < 1000n) return clamp(ceilDivide(ns, unitNs));
  const unitsPerMs = 1e6 / Number(unitNs);
  return (Math.ceil(ms) - REAL_ERROR_MS - Number(startNs / 1_000_000n)) * unitsPerMs;
}

function ceilDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value > 0n && value % by !== 0n ? quotient + 1n : quotient;
}

const clamp = (value: bigint): bigint =>
  value > 2n ** 63n - 1n ? 2n ** 63n - 1n : value < -(2n ** 63n) ? -(2n ** 63n) : value;

/**
 * ISO 8601 and what is like it. Its date alone sorts like the time, to a day or so: what is far away is told by a
 * comparison of texts, and only the rest is read.
 */
function isTextWithin({ value, zone }: StoredTime, from?: Moment, to?: Moment): Sql {
  const date = (marginMs: number) => (ms: number) => isoDate(ms + marginMs);
  const coarse = bounds(
    sql`+${value}`,
    from === undefined ? "0" : at(from, date(-LARGEST_OFFSET_MS)),
    to === undefined ? ":" : at(to, date(LARGEST_OFFSET_MS + DAY_MS)),
  );
  return allOf([coarse, isInstantWithin(partsOfText(value), zone, from, to)]);
}

/** A local time in ms as if it were UTC, its offset from UTC in ms, and whether it says one. */
export interface LocalTime {
  readonly wallMs: Sql;
  readonly offsetMs: Sql;
  readonly hasZone: Sql;
}

/** Of a local time, and of one with an offset. */
export function isInstantWithin(
  { wallMs, offsetMs: offset, hasZone }: LocalTime,
  zone: string,
  from?: Moment,
  to?: Moment,
): Sql {
  const utc = bounds(sql`(${wallMs} - ${offset})`, momentBinding(from), momentBinding(to));
  if (zone === "UTC") return utc;
  const isNotBefore = (moment: Moment): Sql => {
    const [first, gapFrom, gapTo] = [0, 1, 2].map((place) =>
      at(moment, (ms) => wallsFrom(ms, zone)[place] ?? 0),
    );
    return sql`(${wallMs} >= ${first ?? 0} OR (${wallMs} >= ${gapFrom ?? 0} AND ${wallMs} < ${gapTo ?? 0}))`;
  };
  const local = allOf([
    ...(from === undefined ? [] : [isNotBefore(from)]),
    ...(to === undefined ? [] : [sql`NOT ${isNotBefore(to)}`]),
  ]);
  return sql`CASE WHEN ${hasZone} THEN ${utc} ELSE ${local} END`;
}

const momentBinding = (moment: Moment | undefined): Binding | undefined =>
  moment === undefined ? undefined : at(moment, Math.ceil);

/**
 * The local times whose instant is not before a moment, as if they were UTC: those from the first place on, and those from
 * the second to the third. Local times that are skipped when the clocks are put forward mean the instants that a clock
 * shows which was not put forward, so that they are among later ones.
 */
function wallsFrom(ms: number, zone: string): readonly [number, number, number] {
  const instant = Math.ceil(ms);
  const first = firstWallOf(instant, zone);
  const [earlier, now] = [offsetMs(instant - LARGEST_STEP_MS, zone), offsetMs(instant, zone)];
  if (now <= earlier) return [first, first, first];
  // When the clocks were put forward, to the millisecond.
  let [before, after] = [instant - LARGEST_STEP_MS, instant];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetMs(middle, zone) === now) after = middle;
    else before = middle;
  }
  return [first, instant + earlier, Math.max(instant + earlier, after + now)];
}

/** The earliest local time, as if it were UTC, from which on none is before an instant, but for skipped ones. */
function firstWallOf(instant: number, zone: string): number {
  let high = instant + offsetMs(instant, zone);
  if (instantOf(high, zone) >= instant) return high;
  // In an hour that occurs twice a local time means the first one: the second begins after it.
  let low = high;
  high += LARGEST_STEP_MS;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (instantOf(middle, zone) >= instant) high = middle;
    else low = middle;
  }
  return high;
}

/** `2026-11-25 10:00:00.123456 +0100 CET m=+0.5`, and all that is shorter. */
function partsOfText(value: Sql): LocalTime {
  // What comes after the seconds, without what Go writes at the end.
  const rest = sql`substr(${value}, 20, instr(${value} || ' m=', ' m=') - 20)`;
  const hasSeconds = sql`substr(${value}, 17, 1) = ':'`;
  const signAt = sql`max(instr(${rest}, '+'), instr(${rest}, '-'))`;
  const digits = sql`replace(substr(${rest}, ${signAt} + 1), ':', '')`;
  const offset = sql`CASE WHEN ${signAt} = 0 THEN 0 ELSE (CASE substr(${rest}, ${signAt}, 1) WHEN '-' THEN -1 ELSE 1 END)
    * (CAST(substr(${digits}, 1, 2) AS INTEGER) * 3600 + CAST(substr(${digits}, 3, 2) AS INTEGER) * 60) * 1000 END`;
  const fraction = sql`CASE WHEN substr(${rest}, 1, 1) IN ('.', ',')
    THEN CAST(CAST('0.' || substr(${rest}, 2, 3) AS REAL) * 1000 + 0.5 AS INTEGER) ELSE 0 END`;
  // Without seconds SQLite reads the zone, too.
  return {
    wallMs: sql`CASE WHEN ${hasSeconds} THEN unixepoch(substr(${value}, 1, 19)) * 1000 + ${fraction} ELSE unixepoch(${value}) * 1000 END`,
    offsetMs: sql`CASE WHEN ${hasSeconds} THEN ${offset} ELSE 0 END`,
    hasZone: sql`(CASE WHEN ${hasSeconds} THEN ${signAt} > 0 OR ${rest} GLOB '*[A-Za-z]*'
      ELSE length(${value}) > 16 END)`,
  };
}

/** `20261125100000`, `20261125T100000Z`, `20261125`. */
function isCompactWithin({ value, zone }: StoredTime, from?: Moment, to?: Moment): Sql {
  const digits = sql`replace(replace(replace(CAST(${value} AS TEXT), 'T', ''), 'Z', ''), '.', '')`;
  const part = (start: number, length: number) => sql`substr(${digits}, ${start}, ${length})`;
  const pad = sql`substr(${digits} || '000000000', 9, 6)`;
  const time = sql`substr(${pad}, 1, 2) || ':' || substr(${pad}, 3, 2) || ':' || substr(${pad}, 5, 2)`;
  const text = sql`${joinSql([part(1, 4), part(5, 2), part(7, 2)], ", ")}`;
  const wallMs = sql`unixepoch(printf('%s-%s-%s', ${text}) || ' ' || ${time}) * 1000
    + CAST(substr(${digits} || '000000000', 15, 3) AS INTEGER)`;
  return isInstantWithin(
    { wallMs: sql`(${wallMs})`, offsetMs: sql`0`, hasZone: sql`CAST(${value} AS TEXT) LIKE '%Z'` },
    zone,
    from,
    to,
  );
}

/** The first and the last day that ISO 8601 writes with four digits. In ms. */
const FIRST_DAY_MS = Date.UTC(1000, 0, 1);
const LAST_DAY_MS = Date.UTC(9999, 11, 31);

export function isoDate(ms: number): string {
  return new Date(Math.min(Math.max(ms, FIRST_DAY_MS), LAST_DAY_MS)).toISOString().slice(0, 10);
}
