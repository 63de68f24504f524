/** The routes of the tables beside the log, and what their answers look like. */
import { TIME_FORMS } from "../column-roles.ts";
import { PANEL_KINDS, PANEL_ROLES } from "../panels.ts";
import { arrayOf, closedObject, type JsonObject, orNull, ref } from "./openapi-json.ts";

const text: JsonObject = { type: "string" };
const count: JsonObject = { type: "integer", minimum: 0 };

const dataVersion: JsonObject = {
  type: "string",
  description:
    "A name for the state of the file, as in `change` of the stream. It is another one after each commit, and the same as in `ETag`.",
};

const PanelColumn = closedObject("A column of a table beside the log.", {
  name: text,
  role: {
    enum: [...PANEL_ROLES, null],
    description:
      "What it is to a reader: a part of the key, the most telling text, the status, a time, or the time at which something was last heard of.",
  },
  isSecret: { type: "boolean", description: "Its values are masked, and can't be asked for." },
  timeForm: {
    enum: [...TIME_FORMS, null],
    description: "How the times are written, where its values are times.",
  },
  references: orNull(
    closedObject("What a foreign key leads to.", { table: text, column: text }),
    "The table and column that a foreign key leads to.",
  ),
});

const PanelTable = closedObject("A table or view beside the log.", {
  name: text,
  kind: { enum: [...PANEL_KINDS] },
  isOpen: {
    type: "boolean",
    description: "It looks like state: it has few rows, or a column that tells the status.",
  },
  key: arrayOf(
    text,
    "The columns that tell a row from the others. The rowid where the table declares none; of a view a column that differs in all rows; empty where there is none.",
  ),
  columns: arrayOf(ref("schemas", "PanelColumn"), "In the order of the table."),
});

const PanelList = closedObject("The tables beside the log.", {
  tables: arrayOf(
    ref("schemas", "PanelTable"),
    "In the order of --panels, or that in which they were created.",
  ),
  missing: arrayOf(text, "Names of --panels that are not there."),
  omitted: { ...count, description: "How many tables there are beyond those that are listed." },
  dataVersion,
});

const PanelItem: JsonObject = {
  type: "object",
  description: "A row: the columns of the table by name, in their order.",
  properties: {
    $key: {
      type: "string",
      description:
        "The key of the row as one text, for /api/tables/{name}/{key}: of several columns a JSON array, of a BLOB x'…'. Where the table has no key it is # and the place in the answer.",
    },
    $truncated: arrayOf(text, "The columns whose values are too large for this answer. They are null here."),
    $names: {
      type: "object",
      additionalProperties: text,
      description: "By column: the text of the row of another table to which the value leads.",
    },
  },
  required: ["$key"],
  additionalProperties: {
    anyOf: [
      ref("schemas", "ColumnValue"),
      closedObject("A value that is not shown, whatever it is.", { $masked: { const: true } }),
    ],
  },
};

const PanelPage = closedObject("A page of a table beside the log.", {
  table: text,
  items: arrayOf(ref("schemas", "PanelItem"), "In the order of `sort`."),
  count: { ...count, description: "How many rows `items` has." },
  next: {
    type: ["string", "null"],
    description:
      "Where the next page goes on: as `after`. Null at the end, and where nothing tells the rows of a view apart.",
  },
  hasMore: { type: "boolean", description: "Whether there are more rows." },
  sort: {
    type: ["string", "null"],
    description:
      "The order, as in the parameter. Null for a key of several columns, and for the database's own.",
  },
  groups: {
    description:
      "By the value of the status column: the rows that match, whatever `group` is; the most frequent first, 20 at most. Null where there is no such column, where the table is too large to be counted, and beside `after`.",
    anyOf: [
      arrayOf(
        closedObject("The rows with one status.", { value: { type: ["string", "number", "null"] }, count }),
        "The most frequent first.",
      ),
      { type: "null" },
    ],
  },
  dataVersion,
});

const PanelRow = closedObject("One row of a table beside the log.", {
  table: text,
  item: ref("schemas", "PanelItem"),
  dataVersion,
});

export const PANEL_SCHEMAS: JsonObject = {
  PanelColumn,
  PanelTable,
  PanelList,
  PanelItem,
  PanelPage,
  PanelRow,
};

export const PANEL_HEADERS: JsonObject = {
  ETag: {
    description:
      "The state of the file. In If-None-Match it gives 304 until the next commit. It is missing where the answer changes by itself: with a time such as 2h in the question.",
    schema: { type: "string" },
  },
};
