/** The parameters of the routes. Each has an example, which the tests put to the server. */
import { EXPORT_FORMATS } from "../archive.ts";
import { PANEL_SORTED_ROWS } from "../panels.ts";
import { MAX_QUESTION_LENGTH } from "../query/parse.ts";
import { DEFAULT_LIMIT, MAX_LIMIT } from "./events.ts";
import type { JsonObject } from "./openapi-json.ts";
import { DEFAULT_PANEL_LIMIT } from "./panels.ts";
import { DEFAULT_BUDGET_MS, MAX_BUDGET_MS } from "./question.ts";
import { DEFAULT_BUCKET, DEFAULT_WINDOW, MAX_BUCKETS } from "./stats.ts";

/** After the row with the key T-105, the second one of its table. */
const PANEL_AFTER_EXAMPLE = Buffer.from('["id","tT-105","i2"]').toString("base64url");

const ID: JsonObject = { type: "string", pattern: "^-?[0-9]{1,19}$" };
const TEXT: JsonObject = { type: "string" };
const DURATION: JsonObject = { type: "string", pattern: "^[0-9]{1,6}[smhdw]$" };

interface ParameterFields {
  readonly description: string;
  readonly schema: JsonObject;
  readonly example: string | number;
}

function query(name: string, { description, schema, example }: ParameterFields): JsonObject {
  return { name, in: "query", required: false, description, schema, example };
}

/** A parameter that does what a term of a question does. */
function term(name: string, example: string): JsonObject {
  return query(name, {
    description: `The same as the term \`${name}:…\` of a question, and a blank does not end the value.`,
    schema: TEXT,
    example,
  });
}

/** By the names under which the routes refer to them. */
export const PARAMETERS: JsonObject = {
  id: {
    name: "id",
    in: "path",
    required: true,
    description: "The id of an event: a decimal integer of 64 bits.",
    schema: ID,
    example: "1",
  },
  q: query("q", {
    description:
      "A question in the language of docs/query.md. All terms have to hold; without a term every event is an answer.",
    schema: { type: "string", maxLength: MAX_QUESTION_LENGTH },
    example:
      'deploy "out of memory" type:task_failed,task_retried -actor:scheduler metadata.attempt:>=3 since:2h',
  }),
  type: term("type", "task_failed,task_retried"),
  actor: term("actor", "agent-1"),
  target: term("target", "job-10*"),
  since: term("since", "2h"),
  until: term("until", "2026-11-25T10:00:00+01:00"),
  budget: query("budget", {
    description: "How long the search may take, in milliseconds. Then it answers with what it has.",
    schema: { type: "integer", minimum: 1, maximum: MAX_BUDGET_MS, default: DEFAULT_BUDGET_MS },
    example: 1000,
  }),
  limit: query("limit", {
    description: "How many events the page has at most.",
    schema: { type: "integer", minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
    example: 100,
  }),
  before: query("before", {
    description: "Only events with a smaller id than this one, newest first.",
    schema: ID,
    example: "42",
  }),
  after: query("after", {
    description: "Only events with a larger id than this one, oldest first.",
    schema: ID,
    example: "0",
  }),
  at: query("at", {
    description:
      "The page is centred at this time: half of it from there on, and half before. Not beside `before` or `after`.",
    schema: TEXT,
    example: "2026-11-25T10:00:00+01:00",
  }),
  window: query("window", {
    description:
      "How far back is counted, from `to` on: 1s to 366d. The bucket in which the window begins is counted whole.",
    schema: { ...DURATION, default: DEFAULT_WINDOW },
    example: "2h",
  }),
  to: query("to", {
    description:
      "Where the window ends: the beginning of a time, as in a question. Now, where it is left out or is still to come.",
    schema: TEXT,
    example: "2026-11-25T10:00:00+01:00",
  }),
  bucket: query("bucket", {
    description: `The length of time that is counted together: from 1s to 366d. Buckets begin at multiples of it since 1970 (UTC). A window has at most ${MAX_BUCKETS} buckets.`,
    schema: { ...DURATION, default: DEFAULT_BUCKET },
    example: "1m",
  }),
  format: query("format", {
    description: "NDJSON has a line of JSON for each event; CSV has a line of names first.",
    schema: { enum: [...EXPORT_FORMATS], default: "ndjson" },
    example: "csv",
  }),
  lastEventId: query("lastEventId", {
    description:
      "The last id that the client has: the stream goes on after it. 0 replays a log from its first row. Without it the stream begins at the newest event.",
    schema: ID,
    example: "41",
  }),
  log: query("log", {
    description:
      "The name of the log that `lastEventId` is of. Of another log the cursor is told by a `reset`.",
    schema: TEXT,
    example: "1k9x2c",
  }),
  changes: query("changes", {
    description:
      "1 asks for `change` at each commit to whatever table, too: at most four times a second, and the last one always.",
    schema: { enum: ["0", "1"], default: "0" },
    example: "1",
  }),
  name: {
    name: "name",
    in: "path",
    required: true,
    description: "The name of a table beside the log.",
    schema: TEXT,
    example: "work_items",
  },
  key: {
    name: "key",
    in: "path",
    required: true,
    description: "The `$key` of a row.",
    schema: TEXT,
    example: "T-105",
  },
  panelQ: query("q", {
    description:
      "A question in the language of docs/query.md, to the columns of this table. Masked columns can't be asked for.",
    schema: { type: "string", maxLength: MAX_QUESTION_LENGTH },
    example: "status:blocked -title:*draft* priority:>=2",
  }),
  panelLimit: query("limit", {
    description: "How many rows the page has at most.",
    schema: { type: "integer", minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_PANEL_LIMIT },
    example: 20,
  }),
  panelAfter: query("after", {
    description: "`next` of the page before: the page goes on there, in the same order.",
    schema: TEXT,
    example: PANEL_AFTER_EXAMPLE,
  }),
  sort: query("sort", {
    description: `A column, with a minus before it for the largest first. Without it in the order in which the rows came, and a large table the newest first. A table of more than ${PANEL_SORTED_ROWS} rows is sorted by its key or by a column with an index.`,
    schema: TEXT,
    example: "-priority",
  }),
  group: query("group", {
    description: "Only rows with this value in the status column.",
    schema: TEXT,
    example: "blocked",
  }),
  lastEventIdHeader: {
    name: "Last-Event-ID",
    in: "header",
    required: false,
    description:
      "The same as `lastEventId`, as an EventSource sends it when it connects again. It goes before the parameter.",
    schema: TEXT,
    example: "41",
  },
};
