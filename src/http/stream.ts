/** `GET /api/events/stream` */
import { parseId } from "../rows/event-id.ts";
import type { StartCursor } from "../sse/start-cursor.ts";
import type { App, Exchange } from "./exchange.ts";
import { headResponse } from "./head.ts";
import { Parameters } from "./parameters.ts";
import { QUESTION_PARAMETERS, readQuestion } from "./question.ts";

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
} as const;

export function streamRoute(app: App, { request, url, client }: Exchange): Response {
  const parameters = new Parameters(url.searchParams, [
    "lastEventId",
    "log",
    "changes",
    ...QUESTION_PARAMETERS,
  ]);
  const start = startCursor(app, request, parameters);
  const question = readQuestion(parameters);
  const changes = parameters.word("changes", ["0", "1"], "0") === "1";
  const leave = app.admission.admit(client.address);
  if (request.method === "HEAD") {
    // Refused where the GET is; otherwise its place is free again at once.
    leave();
    app.fanOut.check(question);
    return headResponse(STREAM_HEADERS);
  }
  try {
    client.setIdleTimeout(STUCK_SECONDS);
    const stream = app.fanOut.subscribe(start, request.signal, leave, question, changes);
    app.onStream(client);
    return new Response(stream, { headers: STREAM_HEADERS });
  } catch (error) {
    leave();
    throw error;
  }
}

/**
 * The header is the newer one, because an EventSource keeps the URL of its first connection for ever; so the name of
 * the log in that URL is left out of account beside it.
 * @throws HttpProblem for a malformed parameter
 */
function startCursor(app: App, request: Request, parameters: Parameters): StartCursor {
  const lastEventId = parameters.id("lastEventId");
  const header = request.headers.get("last-event-id");
  if (header === null || header === "") return { lastEventId, log: parameters.text("log") };
  const id = parseId(header);
  // No reason to refuse: an EventSource that gets an error never comes back. It is told by a reset.
  if (id === undefined) app.onBadCursor(header);
  return { lastEventId: id ?? "malformed", log: undefined };
}
