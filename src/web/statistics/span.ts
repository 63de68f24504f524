/** The part of the time that the statistics are about, and how it is asked for. */
import { asParameter } from "../asked.ts";
import { boundsIn, withoutMovingBounds } from "./bounds.ts";
import { bucketFor, refreshMsFor, type Window } from "./windows.ts";

export interface Span {
  /** Undefined where it moves with now. In ms since 1970. */
  readonly fromMs: number | undefined;
  /** The same; it does not belong to the span. */
  readonly toMs: number | undefined;
  readonly lengthMs: number;
  readonly bucketMs: number;
}

interface Asked {
  readonly question: string;
  readonly window: Window;
  /** Of times that name none. */
  readonly zone: string;
  readonly nowMs: number;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;

/** The longest window that the server counts: 366 days. */
const LONGEST_MS = 366 * 24 * 60 * MINUTE_MS;

/** How long the server may count before it answers with what it has. It goes on where it ended the next time. */
const BUDGET_MS = 500;

/** What a question says of the time goes before the window. */
export function spanOf({ question, window, zone, nowMs }: Asked): Span {
  const bounds = boundsIn(question, zone, nowMs);
  const toMs = bounds.toMs === undefined || bounds.toMs >= nowMs ? undefined : bounds.toMs;
  const endMs = toMs ?? nowMs;
  const wanted = bounds.fromMs === undefined ? window.lengthMs : endMs - bounds.fromMs;
  const lengthMs = Math.min(LONGEST_MS, Math.max(SECOND_MS, wanted));
  return { fromMs: bounds.fromMs, toMs, lengthMs, bucketMs: bucketFor(lengthMs) };
}

/** @returns the parameters of the request, as in `window=15m&bucket=10s` */
export function parametersOf({ toMs, lengthMs, bucketMs }: Span, question: string, zone: string): string {
  const end = toMs === undefined ? "" : `&to=${new Date(toMs).toISOString()}`;
  const asked = asParameter(withoutMovingBounds(question, zone));
  return `window=${durationText(lengthMs)}&bucket=${durationText(bucketMs)}${end}&budget=${BUDGET_MS}${asked}`;
}

/** What is over does not change: it is counted once. */
export function refreshMsOf({ toMs, lengthMs }: Span, isComplete: boolean): number | undefined {
  return toMs !== undefined && isComplete ? undefined : refreshMsFor(isComplete ? lengthMs : 0);
}

/** Six digits and a unit, as the server reads them. */
function durationText(ms: number): string {
  const seconds = Math.ceil(ms / SECOND_MS);
  return seconds < 1_000_000 ? `${seconds}s` : `${Math.ceil(ms / MINUTE_MS)}m`;
}
