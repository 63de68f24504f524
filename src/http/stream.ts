/** `GET /api/events/stream` */
import { parseId } from "../sse/cursor.ts";
import type { App, Exchange } from "./app.ts";
import { Parameters } from "./parameters.ts";

/**
 * How long a stream may take none of the bytes that wait for it. Twice the keep-alive interval, so that only a
 * client that reads nothing is cut, and that it costs memory in the kernel (about 4 MB) for no longer than needed.
 * It resumes with its cursor. Bun's own default of 10 s would cut quiet ones.
 */
const STUCK_SECONDS = 30;

const STREAM_HEADERS = {
  "Content-Type": "text/event-stream; charset=utf-8",
  // no-transform: a proxy that compresses would hold events back until its buffer is full.
  "Cache-Control": "no-cache, no-store, no-transform",
  Connection: "keep-alive",
  // nginx buffers responses unless told otherwise.
  "X-Accel-Buffering": "no",
  "X-Content-Type-Options": "nosniff",
} as const;

export function streamRoute(app: App, { request, url, connection }: Exchange): Response {
  const parameters = new Parameters(url.searchParams, ["lastEventId", "log"]);
  // The header is the newer one: an EventSource keeps the URL of its first connection for ever.
  const lastEventId = headerCursor(app, request) ?? parameters.id("lastEventId");
  const log = parameters.text("log");
  if (request.method === "HEAD") return new Response(null, { headers: STREAM_HEADERS });
  const leave = app.admission.admit(connection.address());
  try {
    connection.setIdleTimeout(STUCK_SECONDS);
    const stream = app.fanOut.subscribe({ lastEventId, log }, request.signal, leave);
    return new Response(stream, { headers: STREAM_HEADERS });
  } catch (error) {
    leave();
    throw error;
  }
}

/** A malformed header is no reason to refuse: an EventSource that gets an error never comes back. */
function headerCursor(app: App, request: Request): bigint | undefined {
  const header = request.headers.get("last-event-id");
  if (header === null || header === "") return undefined;
  const id = parseId(header);
  if (id === undefined) app.onBadCursor(header);
  return id;
}
