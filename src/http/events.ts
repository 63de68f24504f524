/** `GET /api/events` and `GET /api/events/:id` */
import { type ListStart, type LogArchive, RowTooLargeError } from "../archive.ts";
import type { EventId } from "../events.ts";
import { parseId } from "../rows/event-id.ts";
import { integerJson } from "../rows/json.ts";
import type { App, Exchange } from "./exchange.ts";
import { headResponse } from "./head.ts";
import { Parameters } from "./parameters.ts";
import { API_HEADERS, HttpProblem } from "./problem.ts";
import { parseBudget, QUESTION_PARAMETERS, readQuestion } from "./question.ts";

export const DEFAULT_LIMIT = 50;
export const MAX_LIMIT = 500;

/** A list ends early beyond this size, and `next` goes on: about 1 ms to send. In bytes. */
export const LIST_LIMIT_BYTES = 524_288;

/** A row that is larger is not read: it would take a few times its size in memory. In bytes. */
export const MAX_EVENT_BYTES = 268_435_456;

export async function listRoute({ archive }: App, { request, url }: Exchange): Promise<Response> {
  const parameters = new Parameters(url.searchParams, [
    "limit",
    "before",
    "after",
    "at",
    "budget",
    ...QUESTION_PARAMETERS,
  ]);
  const { timeZone } = archive.status();
  const list = {
    question: readQuestion(parameters),
    start: readStart(parameters, timeZone),
    limits: {
      rows: parameters.wholeNumber("limit", DEFAULT_LIMIT, 1, MAX_LIMIT),
      bytes: LIST_LIMIT_BYTES,
    },
    budgetMs: parseBudget(parameters),
  };
  const { items, count, latestId, log, next, scannedTo } = await archive.list(list, request.signal);
  // Put together by hand, because the rows are JSON already.
  const id = (value: EventId | null): string => (value === null ? "null" : integerJson(value));
  const rest = `],"count":${count},"latestId":${integerJson(latestId)},"log":${JSON.stringify(log)},"next":${id(next)},"scannedTo":${id(scannedTo)}}\n`;
  return new Response(Buffer.concat([Buffer.from('{"items":['), items, Buffer.from(rest)]), {
    headers: API_HEADERS,
  });
}

/** @throws HttpProblem where two parameters contradict each other */
function readStart(parameters: Parameters, timeZone: string): ListStart {
  const before = parameters.id("before");
  const after = parameters.id("after");
  const atMs = parameters.instant("at", timeZone);
  if (atMs !== undefined) {
    if (before !== undefined || after !== undefined)
      throw parameters.contradiction(
        "at",
        "before or after",
        "the page is centred at a time or begins at an id",
      );
    return { kind: "at", atMs };
  }
  return after === undefined ? { kind: "before", before } : { kind: "after", after, before };
}

export async function eventRoute({ archive }: App, { request, url, id: text }: Exchange): Promise<Response> {
  Parameters.none(url.searchParams);
  const id = parseId(text);
  if (id === undefined) {
    const detail = `The id ${JSON.stringify(text)} is none: an event id is a decimal integer of 64 bits.`;
    throw new HttpProblem({ status: 400, title: "Bad id", detail });
  }
  const event = await readWhole(archive, id, request.signal);
  if (event === undefined) {
    throw new HttpProblem({
      status: 404,
      title: "No such event",
      detail: `There is no event with the id ${id}.`,
    });
  }
  if (request.method !== "HEAD") return new Response(event, { headers: API_HEADERS });
  await event.cancel();
  return headResponse(API_HEADERS);
}

/** @throws HttpProblem where it is too large, with how to get it */
async function readWhole(
  archive: LogArchive,
  id: EventId,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array> | undefined> {
  try {
    return await archive.event(id, MAX_EVENT_BYTES, signal);
  } catch (error) {
    if (!(error instanceof RowTooLargeError)) throw error;
    const { database, table, columns } = archive.status();
    const name = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    throw new HttpProblem({
      status: 413,
      title: "Event too large",
      detail:
        `The event ${id} is larger than ${MAX_EVENT_BYTES} bytes, ${error.bytes} of them in the column ` +
        `${JSON.stringify(error.column)}, and reading it would take too much memory. Read it from the database: ` +
        `sqlite3 -readonly ${JSON.stringify(database.path)} and in it: ` +
        `SELECT ${name(error.column)} FROM ${name(table)} WHERE ${name(columns.id ?? "rowid")} = ${id};`,
    });
  }
}
