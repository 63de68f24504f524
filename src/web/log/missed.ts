/** How many rows came since the reader holds the rows, above what he or she has seen. */
import type { LogEvent } from "../event/event.ts";

export interface Received {
  readonly count: number;
  /** How often the newest rows were loaded without those between. */
  readonly leaps: number;
  /** Undefined where there was no row. */
  readonly newestId: bigint | undefined;
}

export interface Missed {
  readonly count: number;
  /** There may be more than were counted. */
  readonly isMore: boolean;
}

export const NOTHING_MISSED: Missed = { count: 0, isMore: false };

type Row = Pick<LogEvent, "id">;

interface Held {
  /** What had come when the rows were held. */
  readonly heldAt: Received;
  /** What has come until now. */
  readonly received: number;
  readonly leaps: number;
  /** The newest rows of the log, newest first. */
  readonly newest: readonly Row[];
  /** The rows that are shown, newest first. */
  readonly shown: readonly Row[];
  /** The newest row that was in sight since. */
  readonly readTo: bigint | undefined;
}

export function missedOf({ heldAt, received, leaps, newest, shown, readTo }: Held): Missed {
  const { newestId } = heldAt;
  const came = received - heldAt.count;
  if (newestId === undefined) return { count: came, isMore: leaps > heldAt.leaps };
  const seen = readTo !== undefined && readTo > newestId ? readTo : newestId;
  // The newest rows have no gap: where they reach down to what was seen, nothing has to be reckoned.
  if (newest.some(({ id }) => id <= seen))
    return { count: newest.filter(({ id }) => id > seen).length, isMore: false };
  const read = shown.filter(({ id }) => id > newestId && id <= seen).length;
  return { count: Math.max(came - read, newest.length), isMore: leaps > heldAt.leaps };
}
