/** The description of the API, as in OpenAPI 3.1: https://spec.openapis.org/oas/v3.1.1.html */
import { EXPORT_FORMATS } from "../archive.ts";
import { LIST_LIMIT_BYTES, MAX_EVENT_BYTES } from "./events.ts";
import { CONTENT_TYPES } from "./export.ts";
import { ANSWERS, HEADERS, jsonAnswer, textAnswer } from "./openapi-answers.ts";
import { type Json, type JsonObject, ref } from "./openapi-json.ts";
import { PARAMETERS } from "./openapi-parameters.ts";
import { SCHEMAS } from "./openapi-schemas.ts";
import { STREAM_EVENTS } from "./openapi-stream.ts";
import { QUESTION_PARAMETERS } from "./question.ts";

const BYTES_PER_KIB = 1024;
const BYTES_PER_MIB = 1_048_576;

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly JsonObject[];
  /** By status. */
  readonly responses: JsonObject;
}

/** One route. Every one of them only reads. */
function get({ operationId, summary, description, tags, parameters = [], responses }: Operation): JsonObject {
  const operation: Record<string, Json> = { operationId, summary, tags };
  if (description !== undefined) operation["description"] = description;
  if (parameters.length > 0) operation["parameters"] = parameters;
  return { get: { ...operation, responses: { ...responses, default: ref("responses", "Other") } } };
}

const parameters = (...names: readonly string[]): JsonObject[] =>
  names.map((name) => ref("parameters", name));

const badRequest = { "400": ref("responses", "BadRequest") };
const unavailable = { "503": ref("responses", "Unavailable") };

const noSuchTable = { "404": ref("responses", "NoSuchTable") };

/** The answer, and that there is no newer one. */
function panelAnswer(description: string, schema: string): JsonObject {
  return { "200": jsonAnswer(description, schema), "304": ref("responses", "NotModified") };
}

const EVENT_PATHS: JsonObject = {
  "/api/events/stream": get({
    operationId: "followEvents",
    tags: ["events"],
    summary: "The event stream",
    description:
      "Every committed row that matches, once, in the order of the ids. A row is a message without a name: its id, and one line of JSON. `x-events` says what the data of each named event is. The stream stays open, also while the database is not there.",
    parameters: parameters("lastEventId", "lastEventIdHeader", "log", "changes", ...QUESTION_PARAMETERS),
    responses: {
      "200": textAnswer("Events as they are committed.", "text/event-stream", { "x-events": STREAM_EVENTS }),
      ...badRequest,
      "429": ref("responses", "TooManyFromAddress"),
      "503": ref("responses", "TooManyStreams"),
    },
  }),
  "/api/events": get({
    operationId: "listEvents",
    tags: ["events"],
    summary: "A page of events",
    description: `Newest first, or oldest first with \`after\`. A page ends early at about ${LIST_LIMIT_BYTES / BYTES_PER_KIB} KiB, and where the budget is used up; \`next\` goes on in either case.`,
    parameters: parameters("limit", "before", "after", "at", "budget", ...QUESTION_PARAMETERS),
    responses: { "200": jsonAnswer("A page of events.", "EventList"), ...badRequest, ...unavailable },
  }),
  "/api/events/export": get({
    operationId: "exportEvents",
    tags: ["events"],
    summary: "All events that match, as a file",
    description:
      "Oldest first, up to the newest event at the time of the request, however many there are. The time of each event is ISO 8601 in UTC. In CSV an apostrophe is put before a text that a spreadsheet would take for a formula.",
    parameters: parameters("format", ...QUESTION_PARAMETERS),
    responses: {
      "200": {
        description: "The file. A connection that breaks before its end is an error of the server.",
        headers: {
          "Content-Disposition": {
            description: "A name for the file: the table and the time.",
            schema: { type: "string" },
          },
        },
        content: Object.fromEntries(EXPORT_FORMATS.map((format) => [mediaTypeOf(format), fileOf(format)])),
      },
      ...badRequest,
      ...unavailable,
    },
  }),
  "/api/events/sql": get({
    operationId: "writeSql",
    tags: ["events"],
    summary: "A question as SQL",
    description:
      "One SELECT that gives the newest events that match, with its values in it, and the command that runs it where the file is.",
    parameters: parameters(...QUESTION_PARAMETERS),
    responses: { "200": jsonAnswer("The SQL.", "QuestionSql"), ...badRequest, ...unavailable },
  }),
  "/api/events/{id}": get({
    operationId: "readEvent",
    tags: ["events"],
    summary: "One event whole",
    description: `With the values that are too large for a page, up to ${MAX_EVENT_BYTES / BYTES_PER_MIB} MiB.`,
    parameters: parameters("id"),
    responses: {
      "200": jsonAnswer("The event.", "Event"),
      ...badRequest,
      "404": ref("responses", "NoSuchEvent"),
      "413": ref("responses", "TooLarge"),
      ...unavailable,
    },
  }),
  "/api/stats": get({
    operationId: "countEvents",
    tags: ["events"],
    summary: "Counts by time and type, and the most frequent values",
    parameters: parameters("window", "bucket", "to", "budget", ...QUESTION_PARAMETERS),
    responses: { "200": jsonAnswer("The counts.", "Stats"), ...badRequest, ...unavailable },
  }),
};

/** The tables beside the log. */
const TABLE_PATHS: JsonObject = {
  "/api/tables": get({
    operationId: "listTables",
    tags: ["tables"],
    summary: "The tables beside the log, and what their columns are",
    description: "Everything but the log itself, the tables of SQLite and those inside virtual tables.",
    responses: { ...panelAnswer("The tables.", "PanelList"), ...badRequest, ...noSuchTable, ...unavailable },
  }),
  "/api/tables/{name}": get({
    operationId: "listRows",
    tags: ["tables"],
    summary: "A page of a table beside the log",
    description: `A page ends early at about ${LIST_LIMIT_BYTES / BYTES_PER_KIB} KiB, and where the search takes too long; \`next\` goes on in either case. A row that stays as it is comes on one page exactly, whatever is written meanwhile.`,
    parameters: parameters("name", "panelLimit", "panelAfter", "sort", "panelQ", "group"),
    responses: { ...panelAnswer("A page.", "PanelPage"), ...badRequest, ...noSuchTable, ...unavailable },
  }),
  "/api/tables/{name}/{key}": get({
    operationId: "readRow",
    tags: ["tables"],
    summary: "One row of a table beside the log",
    parameters: parameters("name", "key"),
    responses: { ...panelAnswer("The row.", "PanelRow"), ...badRequest, ...noSuchTable, ...unavailable },
  }),
};

const SERVER_PATHS: JsonObject = {
  "/": get({
    operationId: "openDashboard",
    tags: ["server"],
    summary: "The dashboard",
    responses: { "200": textAnswer("A page for a browser.", "text/html") },
  }),
  "/api/status": get({
    operationId: "readStatus",
    tags: ["server"],
    summary: "What is followed, how it is going, what is wrong and what to do",
    responses: { "200": jsonAnswer("The status.", "Status"), ...badRequest },
  }),
  "/api/openapi.json": get({
    operationId: "readDescription",
    tags: ["server"],
    summary: "This document",
    responses: {
      "200": {
        description: "A description of the API, as in OpenAPI 3.1.",
        content: { "application/json": { schema: { type: "object" } } },
      },
      ...badRequest,
    },
  }),
  "/healthz": get({
    operationId: "checkHealth",
    tags: ["server"],
    summary: "Whether the process is alive",
    responses: { "200": textAnswer("It is.", "text/plain") },
  }),
  "/readyz": get({
    operationId: "checkReadiness",
    tags: ["server"],
    summary: "Whether the tail is following",
    responses: { "200": textAnswer("It is.", "text/plain"), "503": ref("responses", "NotReady") },
  }),
  "/metrics": get({
    operationId: "readMetrics",
    tags: ["server"],
    summary: "Metrics for Prometheus",
    responses: { "200": textAnswer("Metrics in the text format of Prometheus.", "text/plain") },
  }),
};

const SECURITY_SCHEMES: JsonObject = {
  token: { type: "http", scheme: "bearer", description: "The token of --token, where the server has one." },
  cookie: {
    type: "apiKey",
    in: "cookie",
    name: "tailboard-…",
    description: "What a browser gets for the token. Eight digits of the name go by the token.",
  },
};

/**
 * @param version of Tailboard
 * @param basePath under which the routes are, with a slash at both ends
 */
export function openApiDocument(version: string, basePath = "/"): JsonObject {
  return {
    openapi: "3.1.1",
    info: {
      title: "Tailboard",
      version,
      summary: "A live event stream for a table of a SQLite file, and questions to it.",
      description:
        "Only GET and HEAD exist; HEAD has the headers of GET. A parameter with an empty value counts as left out.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [
      {
        url: basePath === "/" ? "/" : basePath.slice(0, -1),
        description: "The server that gave this document.",
      },
    ],
    // Either none is needed, or one of them.
    security: [{}, { token: [] }, { cookie: [] }],
    tags: [
      { name: "events", description: "The rows of the table." },
      { name: "tables", description: "The other tables of the same file: what is the case." },
      { name: "server", description: "How the server is doing." },
    ],
    paths: { ...EVENT_PATHS, ...TABLE_PATHS, ...SERVER_PATHS },
    components: {
      schemas: SCHEMAS,
      parameters: PARAMETERS,
      responses: ANSWERS,
      headers: HEADERS,
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

/** A content type without its parameters, which are no part of a name of a media type. */
function mediaTypeOf(format: (typeof EXPORT_FORMATS)[number]): string {
  return CONTENT_TYPES[format].replace(/;.*/, "");
}

/** In NDJSON each line is an event. */
function fileOf(format: (typeof EXPORT_FORMATS)[number]): JsonObject {
  const schema = { type: "string" };
  return format === "ndjson" ? { schema, "x-line": ref("schemas", "Event") } : { schema };
}
