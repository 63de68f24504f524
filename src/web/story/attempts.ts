/** What was tried with a thing, and how it went: read from the tones of its events. */
import type { Tone } from "../event/badge.ts";

/** An event with a time. */
export interface Moment {
  /** Since 1970. */
  readonly ms: number;
  /** What its type says; undefined where it says none of this. */
  readonly tone: Tone | undefined;
}

export interface Attempt {
  /** Since when it was waited for, where that is known. */
  readonly waitingFromMs: number | undefined;
  /** Undefined while it still waits. */
  readonly startedAtMs: number | undefined;
  /** Undefined while nothing has ended it. */
  readonly endedAtMs: number | undefined;
  /** `waiting` and `active` are open. */
  readonly outcome: Tone;
}

/** What is known of the attempt that has not ended. */
interface Pending {
  /** The first event since the attempt before. */
  readonly seenAtMs: number;
  readonly waitingFromMs: number | undefined;
  readonly startedAtMs: number | undefined;
  readonly isWaiting: boolean;
}

/**
 * An attempt begins at an active event (claimed, started) and ends at a done or failed one. What is said in between
 * belongs to it. Before its start it is waited for: since an event that says so, or since the thing was first seen.
 * @param moments in the order of the log
 */
export function attemptsOf(moments: readonly Moment[]): Attempt[] {
  const attempts: Attempt[] = [];
  let pending: Pending | undefined;
  for (const { ms, tone } of moments) {
    if (tone === "done" || tone === "failed") {
      attempts.push(ended(pending, ms, tone));
      pending = undefined;
    } else {
      pending = goesOn(pending, ms, tone, attempts.length === 0);
    }
  }
  const isOpen = pending !== undefined && (pending.startedAtMs !== undefined || pending.isWaiting);
  if (pending !== undefined && isOpen) {
    const { waitingFromMs, startedAtMs } = pending;
    const outcome = startedAtMs === undefined ? "waiting" : "active";
    attempts.push({ waitingFromMs, startedAtMs, endedAtMs: undefined, outcome });
  }
  return attempts;
}

function goesOn(pending: Pending | undefined, ms: number, tone: Tone | undefined, isFirst: boolean): Pending {
  const isWaiting = tone === "waiting";
  const waitsFrom = isWaiting || (isFirst && tone === undefined) ? ms : undefined;
  if (pending === undefined) {
    const startedAtMs = tone === "active" ? ms : undefined;
    return { seenAtMs: ms, waitingFromMs: waitsFrom, startedAtMs, isWaiting };
  }
  if (pending.startedAtMs !== undefined) return pending;
  if (tone === "active") return { ...pending, startedAtMs: ms };
  return {
    ...pending,
    waitingFromMs: pending.waitingFromMs ?? waitsFrom,
    isWaiting: pending.isWaiting || isWaiting,
  };
}

function ended(pending: Pending | undefined, ms: number, outcome: Tone): Attempt {
  // Where no start was told, it began when the thing was first seen: all that was said of it belongs to it.
  const hasStart = pending?.startedAtMs !== undefined;
  const startedAtMs = pending?.startedAtMs ?? pending?.seenAtMs ?? ms;
  return {
    waitingFromMs: hasStart ? pending?.waitingFromMs : undefined,
    startedAtMs,
    // The clocks of two machines may differ.
    endedAtMs: Math.max(ms, startedAtMs),
    outcome,
  };
}

/** How often it was tried again after a failure. */
export function retryCount(attempts: readonly Attempt[]): number {
  return attempts.filter((_, at) => attempts[at - 1]?.outcome === "failed").length;
}
