/** A run of rows of the log without a gap, which can be read on at both ends. Nothing here changes one in place. */
import type { LogEvent } from "../event/event.ts";

export interface Segment {
  /** Newest first. */
  readonly events: readonly LogEvent[];
  readonly newer: End;
  readonly older: End;
}

/** What comes after an end of the segment. */
export type End =
  /** Rows may follow beyond this id. */
  | { readonly kind: "more"; readonly from: bigint }
  /** There was nothing more when somebody looked. */
  | { readonly kind: "end" };

/** A screen shows some 40 rows. Beyond these the far ones are let go, and are fetched again when they are needed. */
export const MAX_SEGMENT_ROWS = 1500;

/** Of the texts, as JavaScript counts them. A row of the list may have some 64 KiB in each column. */
export const MAX_SEGMENT_BYTES = 16_000_000;

/**
 * What is kept where there are more, of the rows and of the bytes. Many are let go at once, and seldom: what is in sight
 * moves in the page then, so that the browser draws all of it anew.
 */
const KEPT_SHARE = 2 / 3;

export const EMPTY_SEGMENT: Segment = { events: [], newer: { kind: "end" }, older: { kind: "end" } };

/**
 * @param events newest first, from the middle of a log or from its end
 * @param isFromFirst nothing of the log is older
 */
export function segmentOf(events: readonly LogEvent[], isFromFirst: boolean): Segment {
  const [newest, oldest] = [events[0], events.at(-1)];
  if (newest === undefined || oldest === undefined) return EMPTY_SEGMENT;
  const older: End = isFromFirst ? { kind: "end" } : { kind: "more", from: oldest.id };
  return { events, newer: { kind: "more", from: newest.id }, older };
}

/**
 * @param events the next older ones, newest first
 * @param older what comes after them
 */
export function withOlder(segment: Segment, events: readonly LogEvent[], older: End): Segment {
  const last = segment.events.at(-1);
  const added = last === undefined ? events : events.filter(({ id }) => id < last.id);
  const all = [...segment.events, ...added];
  const kept = all.slice(all.length - countKept(all.toReversed()));
  return { events: kept, older, newer: kept.length < all.length ? endAt(kept[0]) : segment.newer };
}

/**
 * @param events the next newer ones, newest first
 * @param newer what comes after them
 */
export function withNewer(segment: Segment, events: readonly LogEvent[], newer: End): Segment {
  const first = segment.events[0];
  const added = first === undefined ? events : events.filter(({ id }) => id > first.id);
  const all = [...added, ...segment.events];
  const kept = all.slice(0, countKept(all));
  return { events: kept, newer, older: kept.length < all.length ? endAt(kept.at(-1)) : segment.older };
}

function endAt(event: LogEvent | undefined): End {
  return event === undefined ? { kind: "end" } : { kind: "more", from: event.id };
}

/** How many of these are kept, from the first on; one at least. */
function countKept(events: readonly LogEvent[]): number {
  if (countWithin(events, 1) === events.length) return events.length;
  return Math.max(countWithin(events, KEPT_SHARE), 1);
}

/** How many of these are within a share of both limits, from the first on. */
function countWithin(events: readonly LogEvent[], share: number): number {
  let bytes = 0;
  const limit = Math.min(events.length, MAX_SEGMENT_ROWS * share);
  for (let count = 0; count < limit; count++) {
    const event = events[count];
    if (event !== undefined) bytes += bytesOf(event);
    if (bytes > MAX_SEGMENT_BYTES * share) return count;
  }
  return limit;
}

/** About what its texts take. Numbers and names take little beside them. */
function bytesOf({ json }: LogEvent): number {
  let bytes = 0;
  for (const value of Object.values(json)) {
    if (typeof value === "string") bytes += value.length;
    else if (typeof value === "object" && value !== null && "$base64" in value)
      bytes += String(value.$base64).length;
  }
  return bytes;
}
