/** What the JSON of the answers looks like, as JSON Schema 2020-12. */
import { TIME_FORMS } from "../column-roles.ts";
import { TAIL_STATES } from "../events.ts";
import { ROLES } from "../query/fields.ts";
import { arrayOf, closedObject, type JsonObject, orNull, ref } from "./openapi-json.ts";
import { PANEL_SCHEMAS } from "./openapi-panels.ts";
import { STREAM_SCHEMAS } from "./openapi-stream.ts";

const id = ref("schemas", "EventId");
const count: JsonObject = { type: "integer", minimum: 0 };
const text: JsonObject = { type: "string" };
const time: JsonObject = { type: "string", format: "date-time" };

const Event: JsonObject = {
  type: "object",
  description:
    "A row: the columns of the table by name, in their order. Which column plays which role is told by /api/status.",
  properties: {
    $truncated: {
      type: "array",
      items: text,
      description: "The columns whose values are too large for this answer. They are null here.",
    },
    $names: {
      type: "object",
      additionalProperties: text,
      description: "By column: the text of the row of another table to which the value leads.",
    },
  },
  additionalProperties: ref("schemas", "ColumnValue"),
  examples: [
    {
      id: 42,
      timestamp: "2026-11-27T10:00:00.123Z",
      event_type: "task_failed",
      actor_id: "agent-1",
      target_id: "job-7",
      target_type: "job",
      summary: "job 7 failed: out of memory",
      metadata: '{"attempt":1}',
    },
  ],
};

const Problem: JsonObject = closedObject(
  "What is wrong with the request and what to do about it, as in RFC 9457.",
  {
    type: { const: "about:blank" },
    title: { type: "string", description: "The kind of problem, the same for every occurrence." },
    status: { type: "integer", minimum: 400, maximum: 599 },
    detail: { type: "string", description: "What is wrong here, and what to do. For a person." },
    parameter: {
      type: "string",
      description: "The parameter that is wrong. None where there is no such parameter.",
    },
    position: {
      type: "integer",
      minimum: 0,
      description: "Where in the value of a part of the question: in UTF-16 units, from 0.",
    },
    reason: { type: "string", description: "`detail` without the place, beside `position`." },
  },
  ["parameter", "position", "reason"],
);

const EventList: JsonObject = closedObject("A page of events.", {
  items: arrayOf(ref("schemas", "Event"), "Newest first; oldest first where `after` was given."),
  count: { ...count, description: "How many events `items` has." },
  latestId: { ...id, description: "The largest id that was given so far. Nothing in the list is newer." },
  log: {
    type: "string",
    description: "The name of the log, as in the stream. An id means nothing in a log of another name.",
  },
  next: orNull(
    id,
    "Where the next page goes on: as `before`, or as `after` where that was given. Null at the end.",
  ),
  scannedTo: orNull(
    id,
    "How far was looked, where the budget ended before the page was full. It is the same as `next` then.",
  ),
});

const Bucket: JsonObject = closedObject("The events of a length of time.", {
  at: { ...time, description: "When it begins." },
  counts: arrayOf(count, "By the place in `types`. The last one counts the events of all other types."),
});

const ValueCount: JsonObject = closedObject("How often a value occurs.", {
  value: text,
  count,
  lastAt: { ...time, description: "The latest time of the events that have it." },
});

const topValues = arrayOf(ref("schemas", "ValueCount"), "The most frequent first.");

const Stats: JsonObject = closedObject("Counts of the events that match, over the last while.", {
  from: { ...time, description: "When the first bucket begins: up to one bucket before the window." },
  to: { ...time, description: "Where the window ends: when it was counted, or the `to` of the request." },
  bucketMs: { type: "integer", minimum: 1000, description: "The length of a bucket, in milliseconds." },
  completeFrom: {
    ...time,
    description: "From here on every event was counted. Later than `from` where the budget ended first.",
  },
  latestId: { ...id, description: "No newer event was looked at." },
  total: count,
  types: arrayOf(text, "The types that are told apart, the most frequent first. An empty text is none."),
  buckets: arrayOf(ref("schemas", "Bucket"), "The oldest first. Buckets without events are left out."),
  top: closedObject(
    "The most frequent values of each role that a column plays.",
    { type: topValues, actor: topValues, target: topValues },
    ["type", "actor", "target"],
  ),
});

const RoleReading: JsonObject = closedObject(
  "The column that plays a role.",
  {
    column: text,
    form: { enum: [...TIME_FORMS], description: "How the times are written, where the role is the time." },
    why: { type: "string", description: "A sentence for a person." },
  },
  ["form"],
);

/** An object that may have a member for each role. */
function byRole(schema: JsonObject, description: string): JsonObject {
  return closedObject(description, Object.fromEntries(ROLES.map((role) => [role, schema])), ROLES);
}

const QuestionSql: JsonObject = closedObject("A question as SQL.", {
  sql: { type: "string", description: "One SELECT of the newest events that match." },
  command: { type: "string", description: "The line of a shell that runs it with sqlite3." },
  notes: arrayOf(text, "What is to be known of it, such as the version of sqlite3 that it needs."),
});

const Status: JsonObject = closedObject("What is followed, how it is going, and what is wrong.", {
  state: { enum: [...TAIL_STATES] },
  problem: { type: ["string", "null"], description: "What is wrong." },
  advice: { type: ["string", "null"], description: "What to do about it." },
  database: closedObject("The file.", {
    path: text,
    sizeBytes: { type: ["integer", "null"], minimum: 0 },
    journalMode: { type: ["string", "null"] },
  }),
  table: text,
  columns: byRole(text, "The column that plays each role."),
  roles: byRole(ref("schemas", "RoleReading"), "The same, with the form of the time, and why."),
  timeZone: {
    type: "string",
    description: "What times without a zone mean: UTC, or a name of the IANA database.",
  },
  labels: {
    type: "object",
    description: "By column and value: the names of --labels.",
    additionalProperties: { type: "object", additionalProperties: text },
  },
  eventsPerSecond: { type: "number", minimum: 0, description: "Over the last ten seconds." },
  pollIntervalMs: { type: "integer", minimum: 1 },
  latestId: orNull(id, "The largest id that was given so far. Null while the log is not open."),
  subscribers: { ...count, description: "Streams that are open." },
  panels: {
    type: "boolean",
    description: "Whether tables beside the log are offered: /api/tables answers 404 otherwise.",
  },
  needsToken: { type: "boolean", description: "Whether who asks has to show a token." },
  uptimeSeconds: count,
  version: text,
});

export const SCHEMAS: JsonObject = {
  EventId: {
    description:
      "The integer key of a row, exact to 64 bits: a number up to 2^53 − 1, and a string of digits beyond.",
    anyOf: [
      { type: "integer", minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
      { type: "string", pattern: "^-?[0-9]{16,19}$" },
    ],
  },
  ColumnValue: {
    description:
      "A value as it is stored. An integer beyond 2^53 and an infinity are strings; a BLOB is an object.",
    anyOf: [
      { type: ["string", "number", "null"] },
      closedObject("A BLOB.", { $base64: { type: "string", contentEncoding: "base64" } }),
    ],
  },
  Event,
  EventList,
  QuestionSql,
  Stats,
  Bucket,
  ValueCount,
  Status,
  RoleReading,
  Problem,
  ...PANEL_SCHEMAS,
  ...STREAM_SCHEMAS,
};
