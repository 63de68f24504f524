/** Times as people write them in a question. */
import { readInstant } from "../columns/instant.ts";
import type { Moment } from "./time-sql.ts";

/** In ms. */
const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * A date, with a time of the day and a zone or without, as people write it or as a column stores it: Go writes the zone
 * twice, and a clock of its own. A plus in a URL arrives as a blank.
 */
const ISO =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9})\d*)?)?(?:\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?(?::?\d\d)?)| (\d\d:\d\d))?(?: (?:[A-Z]{2,5}|[+-]\d{2,4}))?(?: m=[+-][\d.]+)?)?$/i;

/** In words, for messages. */
export const TIME_EXAMPLES = "15m, 2h, 3d, 2026-11-25, or 2026-11-25T10:00:00+01:00";

/** What a time names: a moment that moves with now, or everything that its last part covers. */
export type TimeLiteral =
  | { readonly kind: "ago"; readonly ms: number }
  /** In ms since 1970; `toMs` does not belong to it. */
  | { readonly kind: "span"; readonly fromMs: number; readonly toMs: number };

/**
 * @param zone of a time that names none
 * @returns undefined where it is no time
 */
export function readTime(text: string, zone: string): TimeLiteral | undefined {
  const ago = /^(\d{1,6})([smhdw])$/.exec(text);
  if (ago !== null) return { kind: "ago", ms: Number(ago[1]) * (UNITS[ago[2] ?? ""] ?? 0) };
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, date = "", minute, second, fraction, written, lost] = match;
  const offset = written ?? (lost === undefined ? "" : `+${lost}`);
  const time = minute === undefined ? "" : `T${minute}:${second ?? "00"}.${fraction ?? "0"}${offset}`;
  const fromMs = readInstant(date + time, "text", zone);
  if (fromMs === undefined) return undefined;
  if (minute === undefined) {
    const next = new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
    return { kind: "span", fromMs, toMs: readInstant(next, "text", zone) ?? fromMs + 86_400_000 };
  }
  const lengthMs = second === undefined ? 60_000 : fraction === undefined ? 1000 : 1;
  return { kind: "span", fromMs, toMs: fromMs + lengthMs };
}

/** Where a time begins and where it ends. A moment that moves with now is both. */
export function momentsOf(literal: TimeLiteral): { readonly from: Moment; readonly to: Moment } {
  if (literal.kind === "span") return { from: literal.fromMs, to: literal.toMs };
  const moment = (nowMs: number): number => nowMs - literal.ms;
  return { from: moment, to: moment };
}
