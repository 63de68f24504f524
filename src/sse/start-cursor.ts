/** Where a stream starts, by what its reader has. */
import type { Cursor, EventId, EventLog, LogPosition, ResetReason } from "../events.ts";

/** Where a subscriber wants to start. */
export interface StartCursor {
  /**
   * The last id that it has. Without one the stream starts at the newest event; the same where what it sent is no id,
   * and then it is told.
   */
  readonly lastEventId: EventId | "malformed" | undefined;
  /** The name of the log that the id is from, where the subscriber knows it. */
  readonly log: string | undefined;
}

/** Where a subscriber with a cursor goes on, and why that is not where it was. */
export function resume(
  cursor: Cursor,
  { startId, latestId, givenId = latestId }: LogPosition,
  log: Pick<EventLog, "resumePoint">,
): { readonly reason: ResetReason | undefined; readonly id: EventId } {
  const id = log.resumePoint(cursor);
  if (id === undefined) return { reason: "log-changed", id: startId };
  if (id < cursor.id) return { reason: "rows-replaced", id };
  return id > givenId ? { reason: "cursor-ahead", id: startId } : { reason: undefined, id };
}
