/** Where to begin: by the options, and by where the log stands. */
import type { EventId } from "../events.ts";
import type { AskedQuestion } from "../reader-options.ts";
import type { Position } from "./follower.ts";
import type { LogSource } from "./log-source.ts";

export interface StartWishes {
  readonly where: AskedQuestion;
  readonly since: string | undefined;
  readonly after: EventId | undefined;
  /** So many of the newest events at most; undefined for all from there. */
  readonly lines: number | undefined;
}

/** What a server gives at a time. */
const PAGE_ROWS = 500;

const EVERYTHING: AskedQuestion = { text: "", tree: { terms: [] } };

/**
 * The cursor to begin at: behind it are the events that are wanted.
 * @returns undefined to go on from where the stream is
 * @throws SourceError
 */
export async function startPoint(
  source: LogSource,
  { where, since, after, lines }: StartWishes,
  { latestId, oldestId, resumedFrom }: Position,
): Promise<EventId | undefined> {
  // The log is empty, or new: all of it comes anyway.
  if (resumedFrom < latestId || latestId < oldestId) return undefined;
  const starts = [
    after,
    since === undefined ? undefined : await startSince(source, since, latestId),
    lines === undefined ? undefined : await startOfLast(source, where, since, lines, { latestId, oldestId }),
  ].filter((start) => start !== undefined);
  return starts.length === 0 ? undefined : starts.reduce((a, b) => (a > b ? a : b));
}

/** Ids and times rise together: the first event since then is looked for by bisection. */
async function startSince(source: LogSource, since: string, latestId: EventId): Promise<EventId> {
  const { items, next } = await source.page({ where: EVERYTHING, at: since, since, rows: 1 });
  // A page of one row names that row as the one to go on from, unless nothing is older.
  if (items.length === 0) return latestId;
  return next === undefined ? latestId - 1n : next - 1n;
}

/** The cursor before the so many newest events that match. */
async function startOfLast(
  source: LogSource,
  where: AskedQuestion,
  since: string | undefined,
  lines: number,
  { latestId, oldestId }: Pick<Position, "latestId" | "oldestId">,
): Promise<EventId> {
  let before: EventId | undefined = latestId + 1n;
  let left = lines;
  if (left === 0) return latestId;
  while (left > 0) {
    const page = await source.page({ where, since, before, rows: Math.min(left, PAGE_ROWS) });
    left -= page.items.length;
    before = page.next;
    if (before === undefined) return oldestId - 1n;
  }
  return before - 1n;
}
