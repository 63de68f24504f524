/**
 * The wire format of an event stream, as in WHATWG HTML, "Server-sent events":
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 *
 * Every function is pure, and throws on what the format can't carry rather than repair it.
 */
import type { EventId } from "../events.ts";

/** How long an EventSource waits before it connects again. */
export const RECONNECTION_TIME_MS = 5000;

/** @param reconnectionTimeMs whole milliseconds */
export function encodeRetry(reconnectionTimeMs: number): string {
  return `retry: ${reconnectionTimeMs}\n\n`;
}

/**
 * A comment, for proxies that cut quiet connections, and a named event, because a page never sees a comment:
 * with it the page can tell a quiet stream from a dead one.
 */
export const KEEP_ALIVE = ": keep-alive\n\nevent: ping\ndata: {}\n\n";

/**
 * A row. Without an `event:` field, so that `onmessage` receives it.
 * @throws RangeError when the JSON is more than one line
 */
export function encodeEvent(id: EventId, json: string): string {
  return `id: ${id}\ndata: ${oneLine(json)}\n\n`;
}

/** The cursor alone, which an EventSource takes over without an event. For rows that the client did not ask for. */
export function encodeCursor(id: EventId): string {
  return `id: ${id}\n\n`;
}

/** The names of the events that are no rows. `onmessage` sees none of them. */
export type NamedEvent =
  /** Where the stream begins. */
  | "hello"
  /** What the client has after the cursor means nothing any longer. */
  | "reset"
  /** Rows after the client's cursor were deleted at the old end of the log. */
  | "gap"
  /** Somebody has committed, to whatever table. */
  | "change"
  /** The stream ends because of its age. */
  | "bye";

/**
 * @param id where it sets the cursor: a client that comes back must bring the cursor that the server had for it
 * @throws RangeError when the data can't be sent
 */
export function encodeNamed(
  event: NamedEvent,
  data: Readonly<Record<string, string | number>>,
  id?: EventId,
): string {
  const idLine = id === undefined ? "" : `id: ${id}\n`;
  return `event: ${event}\n${idLine}data: ${oneLine(JSON.stringify(data))}\n\n`;
}

function oneLine(json: string): string {
  if (json.includes("\n") || json.includes("\r")) {
    throw new RangeError("encoding an event: the data has a line break, which would end the field");
  }
  return json;
}
