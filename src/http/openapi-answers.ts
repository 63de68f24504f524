/** The answers of the routes. */
import { type JsonObject, ref } from "./openapi-json.ts";
import { PANEL_HEADERS } from "./openapi-panels.ts";

const RETRY_AFTER = { "Retry-After": ref("headers", "RetryAfter") };

export function jsonAnswer(description: string, schema: string): JsonObject {
  return { description, content: { "application/json": { schema: ref("schemas", schema) } } };
}

export function textAnswer(description: string, mediaType: string, more: JsonObject = {}): JsonObject {
  return { description, content: { [mediaType]: { schema: { type: "string" }, ...more } } };
}

function problem(description: string, headers: JsonObject = {}): JsonObject {
  return {
    description,
    headers,
    content: { "application/problem+json": { schema: ref("schemas", "Problem") } },
  };
}

/** By the names under which the routes refer to them. */
export const ANSWERS: JsonObject = {
  BadRequest: problem(
    "A parameter does not exist, is given twice or has a value that it does not take; or the question can't be read, or the table can't answer it.",
  ),
  NoSuchEvent: problem("There is no event with this id."),
  NoSuchTable: problem(
    "There is no such table or row beside the log, or tables are not offered: --panels none.",
  ),
  NotModified: { description: "Nobody has committed since: what the client has is what there is." },
  TooLarge: problem("The event is too large to be sent. The detail has the SQL that reads it."),
  TooManyFromAddress: problem("This address has as many streams open as it may have.", RETRY_AFTER),
  TooManyStreams: problem("As many streams are open as there may be.", RETRY_AFTER),
  Unavailable: problem(
    "The database can't be read just now, or too much is asked for at once. The detail says which, and what to do.",
    RETRY_AFTER,
  ),
  NotReady: problem("The tail is not following. The detail says why.", RETRY_AFTER),
  Other: problem(
    "401 with WWW-Authenticate where a token is needed (a browser gets a page that asks for it), 403 where the Host header is no name of this server or a page of another site asks, 404 where there is nothing at the path, 405 for another method than GET and HEAD, 414 for an address that is too long, 429 for too many requests or wrong tokens, 500 for an error of the server.",
    {
      Allow: { description: "With 405: the methods that there are.", schema: { type: "string" } },
    },
  ),
};

export const HEADERS: JsonObject = {
  ...PANEL_HEADERS,
  RetryAfter: {
    description: "After how many seconds it makes sense to ask again.",
    schema: { type: "integer", minimum: 1 },
  },
};
