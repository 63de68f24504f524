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

/** The names of the events that are no rows: without an id they leave the client's cursor as it is. */
export type NamedEvent = "hello" | "reset";

/** @throws RangeError when the data can't be sent */
export function encodeNamed(event: NamedEvent, data: Readonly<Record<string, string | number>>): string {
  return `event: ${event}\ndata: ${oneLine(JSON.stringify(data))}\n\n`;
}

function oneLine(json: string): string {
  if (json.includes("\n") || json.includes("\r")) {
    throw new RangeError("encoding an event: the data has a line break, which would end the field");
  }
  return json;
}
