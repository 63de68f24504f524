/** The `since:` and `until:` of a question. */
import { offsetMs } from "../../columns/zone.ts";
import { parseQuestion } from "../../query/parse.ts";
import { printQuestion } from "../../query/print.ts";
import { readTime } from "../../query/time-literal.ts";
import type { BoundTerm, Term } from "../../question.ts";
import { mistakeIn } from "../asked.ts";

/** In ms since 1970. */
export interface Bounds {
  readonly fromMs: number | undefined;
  /** Does not belong to it. */
  readonly toMs: number | undefined;
}

const MINUTE_MS = 60_000;
const SECOND_MS = 1000;

/** The latest beginning and the earliest end that a question asks for. */
export function boundsIn(question: string, zone: string, nowMs: number): Bounds {
  const froms: number[] = [];
  const tos: number[] = [];
  for (const { side, time } of termsOf(question).filter(isBound)) {
    const literal = readTime(time, zone);
    if (literal === undefined) continue;
    if (side === "since") froms.push(literal.kind === "ago" ? nowMs - literal.ms : literal.fromMs);
    else tos.push(literal.kind === "ago" ? nowMs - literal.ms : literal.toMs);
  }
  return {
    fromMs: froms.length === 0 ? undefined : Math.max(...froms),
    toMs: tos.length === 0 ? undefined : Math.min(...tos),
  };
}

/** Whether the time that a question asks for is over. */
export function hasEnded(question: string, zone: string, nowMs: number): boolean {
  const { toMs } = boundsIn(question, zone, nowMs);
  return toMs !== undefined && toMs <= nowMs;
}

/** Whether the question says when the part of the time begins, so that no window counts. */
export function hasBeginning(question: string): boolean {
  return termsOf(question).some((term) => isBound(term) && term.side === "since");
}

/** As in `since:2h until:1h`; "" where there are none. */
export function boundsTextOf(question: string): string {
  return printQuestion({ terms: termsOf(question).filter(isBound) });
}

/** The question with the bounds of another one in place of its own. */
export function withBoundsOf(question: string, other: string): string {
  const rest = termsOf(question).filter((term) => !isBound(term));
  return printQuestion({ terms: [...rest, ...termsOf(other).filter(isBound)] });
}

/** Without those bounds that move with now: who asks for the same length of time anew gets the same answer. */
export function withoutMovingBounds(question: string, zone: string): string {
  const terms = termsOf(question).filter(
    (term) => !(isBound(term) && readTime(term.time, zone)?.kind === "ago"),
  );
  return printQuestion({ terms });
}

/**
 * Asks for a part of the time alone, in place of the part that was asked for.
 * @param zone in which the times are written
 * @param fromMs in ms since 1970; a whole second
 * @param toMs does not belong to it; a whole second
 */
export function withBounds(question: string, fromMs: number, toMs: number, zone: string): string {
  const rest = termsOf(question).filter((term) => !isBound(term));
  const bound = (side: BoundTerm["side"], ms: number): BoundTerm => {
    return { kind: "bound", isNegated: false, at: -1, side, time: isoIn(zone, ms) };
  };
  // `until:` covers the whole second that it names.
  const last = Math.max(fromMs, toMs - SECOND_MS);
  return printQuestion({ terms: [...rest, bound("since", fromMs), bound("until", last)] });
}

/** A question that can't be read asks for nothing: the search box says why. */
function termsOf(question: string): readonly Term[] {
  return mistakeIn(question) === undefined ? parseQuestion(question).terms : [];
}

/** `-since:` leaves a part of the time out, and is none. */
function isBound(term: Term): term is BoundTerm {
  return term.kind === "bound" && !term.isNegated;
}

/** As in `2026-11-25T10:00:00+01:00`. */
export function isoIn(zone: string, ms: number): string {
  const offset = offsetMs(ms, zone);
  const wall = new Date(ms + offset).toISOString().slice(0, 19);
  if (zone === "UTC") return `${wall}Z`;
  const minutes = Math.abs(Math.round(offset / MINUTE_MS));
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0"));
  return `${wall}${offset < 0 ? "-" : "+"}${hours}:${rest}`;
}
