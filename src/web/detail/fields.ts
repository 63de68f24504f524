/** An event's columns, each of them whole. */
import type { ColumnRole } from "../../column-roles.ts";
import type { EventJson } from "../../events.ts";
import { columnsOf, nameOf, truncatedColumns } from "../event/names.ts";
import { instantOf, type Reading, ROLES } from "../event/reading.ts";
import { isJson } from "../text/json-members.ts";
import { base64Of, textOf } from "../text/text.ts";

/** Larger JSON is shown as text: reading a page of its members would take longer than a frame. In characters. */
const MAX_TREE_LENGTH = 2_000_000;

export interface Field {
  readonly column: string;
  readonly role: ColumnRole | undefined;
  /** Why the column plays its role. */
  readonly why: string | undefined;
  readonly value: unknown;
  /** The value as it is read: a BLOB by what it is. */
  readonly text: string;
  /** The text is a JSON object or array. */
  readonly isTree: boolean;
  /** The value stands as it is, so that a question can ask for it: no bytes. */
  readonly isAskable: boolean;
  /** Undefined where there is nothing to say. */
  readonly note: string | undefined;
  /** The server has not sent the value so far. */
  readonly isMissing: boolean;
}

export function fieldsOf(json: EventJson, reading: Reading): Field[] {
  const truncated = new Set(truncatedColumns(json));
  return columnsOf(json).map(([column, value]) => {
    const role = ROLES.find((each) => reading.roles[each] === column);
    const text = textOf(value);
    const isTree = text.length <= MAX_TREE_LENGTH && /^\s*[[{]/.test(text) && isJson(text);
    return {
      column,
      role,
      why: role === undefined ? undefined : reading.why[role],
      value,
      text,
      isTree,
      isAskable: !isTree && base64Of(value) === undefined,
      note: noteOf(json, column, role, reading),
      isMissing: truncated.has(column),
    };
  });
}

/** What the value means: the name that was given to it, or the instant. */
function noteOf(
  json: EventJson,
  column: string,
  role: ColumnRole | undefined,
  reading: Reading,
): string | undefined {
  const name = nameOf(json, column, reading.labels);
  if (name !== undefined || role !== "time") return name;
  const ms = instantOf(json[column], reading);
  const iso = ms === undefined ? undefined : new Date(ms).toISOString();
  return iso === json[column] ? undefined : iso;
}
