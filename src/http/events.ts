/** `GET /api/events` and `GET /api/events/:id` */
import {
  type EventId,
  type LogArchive,
  type LogPosition,
  LogUnavailableError,
  MIN_EVENT_ID,
  type Page,
} from "../events.ts";
import { parseId } from "../sse/cursor.ts";
import { integerJson, pageJson } from "../sse/json.ts";
import type { App, Exchange } from "./app.ts";
import { Parameters } from "./parameters.ts";
import { HttpProblem, jsonResponse } from "./problem.ts";

const DEFAULT_LIMIT = 50;
/** A page of this many rows takes less than 1 ms to read, whatever the size of the table. */
const MAX_LIMIT = 500;

export function listRoute({ archive }: App, { url }: Exchange): Response {
  const parameters = new Parameters(url.searchParams, ["limit", "before", "after"]);
  const limit = parameters.wholeNumber("limit", DEFAULT_LIMIT, 1, MAX_LIMIT);
  const before = parameters.id("before");
  const after = parameters.id("after");

  const { latestId, identity } = openPosition(archive);
  // One row more than asked for tells whether there is a next page.
  const found =
    after === undefined
      ? listBefore(archive, before, latestId, limit + 1)
      : archive.listAfter(after, limit + 1);
  const rows = found.rows.filter((row) => before === undefined || row.id < before);
  const page = { columns: found.columns, rows: rows.slice(0, limit) };
  const lastId = page.rows.at(-1)?.id;
  const next = rows.length > limit && lastId !== undefined ? integerJson(lastId) : "null";
  // Put together by hand, because the rows are JSON already.
  return jsonResponse(
    `{"items":[${pageJson(page).join(",")}],"count":${page.rows.length},"latestId":${integerJson(latestId)},"log":${JSON.stringify(identity)},"next":${next},"scannedTo":null}`,
  );
}

/** Newest first, and nothing newer than the `latestId` of the same answer: a stream goes on from exactly there. */
function listBefore(
  archive: LogArchive,
  before: EventId | undefined,
  latestId: EventId,
  limitRows: number,
): Page {
  if (before === MIN_EVENT_ID) return { columns: [], rows: [] };
  const upTo = before === undefined || before > latestId ? latestId : before - 1n;
  return archive.listUpTo(upTo, limitRows);
}

export function eventRoute({ archive }: App, { url, id: text }: Exchange): Response {
  Parameters.none(url.searchParams);
  const id = parseId(text);
  if (id === undefined) {
    const detail = `The id ${JSON.stringify(text)} is none: an event id is a decimal integer of 64 bits.`;
    throw new HttpProblem({ status: 400, title: "Bad id", detail });
  }
  openPosition(archive);
  const [json] = pageJson(archive.readOne(id));
  if (json === undefined) {
    throw new HttpProblem({
      status: 404,
      title: "No such event",
      detail: `There is no event with the id ${id}.`,
    });
  }
  return jsonResponse(json);
}

/** @throws LogUnavailableError with what is wrong and what to do */
function openPosition(archive: LogArchive): LogPosition {
  const position = archive.position();
  if (position !== undefined) return position;
  const { problem, advice } = archive.status();
  throw new LogUnavailableError(
    `${problem ?? "The database is being opened."} ${advice ?? "Ask again in a moment."}`,
  );
}
