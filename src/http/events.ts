/** `GET /api/events` and `GET /api/events/:id` */
import {
  type EventId,
  type Later,
  type LogArchive,
  type LogPosition,
  LogUnavailableError,
  MIN_EVENT_ID,
  type Page,
  type PageLimits,
  RowTooLargeError,
} from "../events.ts";
import { parseId } from "../rows/event-id.ts";
import { integerJson, pageJson, rowJsonPieces } from "../rows/json.ts";
import type { App, Exchange } from "./exchange.ts";
import { Parameters } from "./parameters.ts";
import { API_HEADERS, HttpProblem, jsonResponse } from "./problem.ts";

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;

/**
 * A list ends early beyond this size, and `next` goes on: about 3 ms to read, encode and send, during which no stream
 * is served. In bytes.
 */
const LIST_LIMIT_BYTES = 524_288;

/**
 * A row that is larger is not read: a value of this size takes about 10 ms to read, during which no stream is served.
 * In bytes.
 */
export const MAX_EVENT_BYTES = 16_777_216;

export async function listRoute({ archive }: App, { url, turns }: Exchange): Promise<Response> {
  const parameters = new Parameters(url.searchParams, ["limit", "before", "after"]);
  const limits = {
    rows: parameters.wholeNumber("limit", DEFAULT_LIMIT, 1, MAX_LIMIT),
    bytes: LIST_LIMIT_BYTES,
  };
  const before = parameters.id("before");
  const after = parameters.id("after");

  await turns.next();
  const { latestId, log } = await openPosition(archive);
  const found = await (after === undefined
    ? listBefore(archive, before, { latestId, log }, limits)
    : archive.listAfter(after, limits));
  const page = { ...found, rows: found.rows.filter((row) => before === undefined || row.id < before) };
  const lastId = page.rows.at(-1)?.id;
  const hasNext = found.hasMore && page.rows.length === found.rows.length && lastId !== undefined;
  // Put together by hand, because the rows are JSON already.
  return jsonResponse(
    `{"items":[${pageJson(page).join(",")}],"count":${page.rows.length},"latestId":${integerJson(latestId)},"log":${JSON.stringify(log)},"next":${hasNext ? integerJson(lastId) : "null"},"scannedTo":null}`,
  );
}

/** Newest first, and nothing newer than the `latestId` of the same answer: a stream goes on from exactly there. */
function listBefore(
  archive: LogArchive,
  before: EventId | undefined,
  { latestId, log }: Pick<LogPosition, "latestId" | "log">,
  limits: PageLimits,
): Later<Page> {
  if (before === MIN_EVENT_ID) return { log, columns: [], rows: [], hasMore: false };
  const upTo = before === undefined || before > latestId ? latestId : before - 1n;
  return archive.listUpTo(upTo, limits);
}

export async function eventRoute(
  { archive }: App,
  { request, url, id: text, turns }: Exchange,
): Promise<Response> {
  Parameters.none(url.searchParams);
  const id = parseId(text);
  if (id === undefined) {
    const detail = `The id ${JSON.stringify(text)} is none: an event id is a decimal integer of 64 bits.`;
    throw new HttpProblem({ status: 400, title: "Bad id", detail });
  }
  await turns.next();
  await openPosition(archive);
  const page = await readWhole(archive, id);
  if (page.rows[0] === undefined) {
    throw new HttpProblem({
      status: 404,
      title: "No such event",
      detail: `There is no event with the id ${id}.`,
    });
  }
  if (request.method === "HEAD") return jsonResponse("");
  return new Response(inTurns(rowJsonPieces(page.columns, page.rows[0])), { headers: API_HEADERS });
}

/** @throws HttpProblem where it is too large, with how to get it */
async function readWhole(archive: LogArchive, id: EventId): Promise<Page> {
  try {
    return await archive.readOne(id, MAX_EVENT_BYTES);
  } catch (error) {
    if (!(error instanceof RowTooLargeError)) throw error;
    const { database, table, columns } = archive.status();
    const name = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    throw new HttpProblem({
      status: 413,
      title: "Event too large",
      detail:
        `The event ${id} is larger than ${MAX_EVENT_BYTES} bytes, ${error.bytes} of them in the column ` +
        `${JSON.stringify(error.column)}, and reading it would hold up every stream. Read it from the database: ` +
        `sqlite3 -readonly ${JSON.stringify(database.path)} and in it: ` +
        `SELECT ${name(error.column)} FROM ${name(table)} WHERE ${name(columns.id ?? "rowid")} = ${id};`,
    });
  }
}

/** A body whose pieces are each made in a turn of the event loop of their own, when the client takes them. */
function inTurns(pieces: Iterable<string>): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.iterator]();
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setImmediate(resolve));
      const { done, value } = iterator.next();
      if (done === true) controller.close();
      else controller.enqueue(Buffer.from(value));
    },
  });
}

/** @throws LogUnavailableError with what is wrong and what to do */
async function openPosition(archive: LogArchive): Promise<LogPosition> {
  const position = await archive.position();
  if (position !== undefined) return position;
  const { problem, advice } = archive.status();
  throw new LogUnavailableError(
    `${problem ?? "The database is being opened."} ${advice ?? "Ask again in a moment."}`,
  );
}
