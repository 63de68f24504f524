/** Where a stream starts, by what its reader has, and what it is told of that. */
import type { Cursor, EventId, EventLog, LogPosition, ResetReason } from "../events.ts";
import { encodeGap, encodeHello, encodeReset } from "./notices.ts";

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

/** Where a stream begins. */
export interface Beginning {
  /** The cursor: the row after it is the first. */
  readonly id: EventId;
  /** What its client is told first. */
  readonly notice: string;
  /** Why the cursor that the subscriber has means nothing in this log, if so. */
  readonly reason: ResetReason | undefined;
}

/** @param newcomerId where a subscriber without a cursor starts */
export function beginning(
  { lastEventId, log: logName }: StartCursor,
  position: LogPosition,
  newcomerId: EventId,
  log: Pick<EventLog, "resumePoint">,
): Beginning {
  if (lastEventId === undefined)
    return { id: newcomerId, notice: encodeHello(position, newcomerId), reason: undefined };
  const { reason, id } =
    lastEventId === "malformed"
      ? ({ reason: "cursor-malformed", id: position.latestId } as const)
      : resume({ log: logName ?? position.log, id: lastEventId }, position, log);
  const hello = encodeHello(position, id);
  if (reason !== undefined) return { id, notice: hello + encodeReset(position, reason, id), reason };
  // A cursor of 0 asks for all that there is.
  if (id >= position.startId || id === 0n) return { id, notice: hello, reason };
  return { id: position.startId, notice: hello + encodeGap(id, position.startId), reason };
}

/** Where a subscriber with a cursor goes on, and why that is not where it was. */
function resume(
  cursor: Cursor,
  { startId, latestId, givenId = latestId }: LogPosition,
  log: Pick<EventLog, "resumePoint">,
): { readonly reason: ResetReason | undefined; readonly id: EventId } {
  const id = log.resumePoint(cursor);
  if (id === undefined) return { reason: "log-changed", id: startId };
  if (id < cursor.id) return { reason: "rows-replaced", id };
  return id > givenId ? { reason: "cursor-ahead", id: startId } : { reason: undefined, id };
}
