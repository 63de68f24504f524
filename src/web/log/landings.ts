/** Where a jump in the log leads: the rows around a time, around an event, and at the beginning. */
import type { LogEvent } from "../event/event.ts";
import { instantOf, type Reading } from "../event/reading.ts";
import { type Page, PAGE_ROWS } from "./pages.ts";
import { type Segment, segmentOf, withOlder } from "./segment.ts";

export interface Landing {
  readonly segment: Segment;
  /** The row to bring into sight; undefined where there is none. */
  readonly target: bigint | undefined;
}

/** @param query as in `limit=50&before=7` */
type FetchPage = (query: string) => Promise<Page>;

/** What is asked for at both sides of an event. */
const HALF_PAGE_ROWS = PAGE_ROWS / 2;

/** SQLite's ids are of 64 bits. The smallest can't be asked for, because nothing is before it. */
const SMALLEST_ID = -(2n ** 63n);
const LARGEST_ID = 2n ** 63n - 1n;

/** @param atMs in ms since 1970 */
export async function landAtTime(fetchPage: FetchPage, atMs: number, reading: Reading): Promise<Landing> {
  const at = encodeURIComponent(new Date(atMs).toISOString());
  const { events, end } = await fetchPage(`limit=${PAGE_ROWS}&at=${at}`);
  return {
    segment: { ...segmentOf(events, false), older: end },
    target: nearest(events, atMs, reading)?.id,
  };
}

/** Whether SQLite and PostgreSQL could give a row this id. */
export function isPossibleId(id: bigint): boolean {
  return id > SMALLEST_ID && id <= LARGEST_ID;
}

/** @returns undefined where the id can't be one of the log's */
export async function landAtEvent(fetchPage: FetchPage, id: bigint): Promise<Landing | undefined> {
  if (!isPossibleId(id)) return undefined;
  const [older, newer] = await Promise.all([
    fetchPage(`limit=${HALF_PAGE_ROWS}&before=${id}`),
    fetchPage(`limit=${HALF_PAGE_ROWS}&after=${id - 1n}`),
  ]);
  const segment = withOlder(
    { events: newer.events.toReversed(), newer: newer.end, older: { kind: "more", from: id } },
    older.events,
    older.end,
  );
  const isThere = newer.events[0]?.id === id;
  return { segment, target: isThere ? id : (older.events[0] ?? newer.events[0])?.id };
}

export async function landAtOldest(fetchPage: FetchPage): Promise<Landing> {
  const { events, end } = await fetchPage(`limit=${PAGE_ROWS}&after=${SMALLEST_ID}`);
  return {
    segment: { events: events.toReversed(), newer: end, older: { kind: "end" } },
    target: events[0]?.id,
  };
}

/** The row whose time is nearest; the one in the middle where none has a time. */
function nearest(events: readonly LogEvent[], atMs: number, reading: Reading): LogEvent | undefined {
  const { time } = reading.roles;
  let best: { readonly event: LogEvent; readonly awayMs: number } | undefined;
  for (const event of events) {
    const ms = time === undefined ? undefined : instantOf(event.json[time], reading);
    const awayMs = ms === undefined ? Infinity : Math.abs(ms - atMs);
    if (awayMs < (best?.awayMs ?? Infinity)) best = { event, awayMs };
  }
  return best?.event ?? events[Math.floor(events.length / 2)];
}
