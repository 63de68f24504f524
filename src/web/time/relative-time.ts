/** How long ago something was, in as few words as possible. */

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Below this a number only flickers. */
const JUST_NOW_MS = 10 * SECOND_MS;

// Making one of these costs a thousand times as much as using it.
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const DAY_OF_YEAR = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });

/**
 * As in `just now`, `12 s ago`, `2 min ago`, `3 h ago`, and the day from 24 hours on. What lies ahead, because two
 * machines do not agree about the time, is `in 2 min`.
 * @param ms since 1970
 * @param nowMs since 1970
 */
export function relativeTime(ms: number, nowMs: number): string {
  const distance = Math.abs(nowMs - ms);
  if (distance < JUST_NOW_MS) return "just now";
  if (distance >= DAY_MS) return dayOf(ms, nowMs);
  const text = amount(distance);
  return ms < nowMs ? `${text} ago` : `in ${text}`;
}

function amount(distanceMs: number): string {
  if (distanceMs < MINUTE_MS) return `${Math.floor(distanceMs / SECOND_MS)} s`;
  if (distanceMs < HOUR_MS) return `${Math.floor(distanceMs / MINUTE_MS)} min`;
  return `${Math.floor(distanceMs / HOUR_MS)} h`;
}

function dayOf(ms: number, nowMs: number): string {
  const isOfYear = new Date(ms).getFullYear() === new Date(nowMs).getFullYear();
  return (isOfYear ? DAY : DAY_OF_YEAR).format(ms);
}
