/** What the page knows of the fields of the table and of their values: from the rows that are shown, and the counts. */
import { printPath } from "../../query/print.ts";
import type { LogEvent } from "../event/event.ts";
import { columnsOf, nameOf } from "../event/names.ts";
import { type Reading, ROLES } from "../event/reading.ts";
import { isRecord, textOf } from "../text/text.ts";
import type { Knowledge, KnownField } from "./suggestions.ts";

/** Lengths of time that are offered for `since:` and `until:`. */
const TIMES = ["15m", "1h", "24h"];

/** A longer text is not chosen from a list. In characters. */
const MAX_VALUE_LENGTH = 100;

/** JSON that is longer is not looked into: the box must stay quick. In characters. */
const MAX_JSON_LENGTH = 10_000;

/** Members of members of members, and no deeper. */
const MAX_DEPTH = 3;

/** Members of JSON that are known; what is beyond has to be written by hand. */
const MAX_PATHS = 200;

type Path = readonly [string, ...string[]];

/** Values of one field, with how often each was seen. */
type Seen = Map<string, number>;

/**
 * @param events that are shown
 * @param frequent values by role, as the server has counted them
 */
export function knowledgeOf(
  events: readonly LogEvent[],
  reading: Reading,
  frequent: Readonly<Record<string, readonly string[]>>,
): Knowledge {
  const columns = new Map<string, Seen>();
  const members = new Map<string, Seen>();
  for (const { json } of events) {
    for (const [column, value] of columnsOf(json)) {
      see(columns, column, nameOf(json, column, reading.labels) ?? textOf(value));
      const object = objectOf(value);
      if (object !== undefined) seeMembers(members, [rootOf(column, reading)], object, MAX_DEPTH);
    }
  }
  const { roles } = reading;
  const played = ROLES.flatMap((role): KnownField[] => {
    const column = roles[role];
    if (column === undefined) return [];
    const values = [...new Set([...(frequent[role] ?? []), ...sorted(columns.get(column))])];
    return [{ text: role, hint: column === role ? "" : `the column ${column}`, values }];
  });
  const bounds = ["since", "until"].map((text): KnownField => ({ text, hint: "a time", values: TIMES }));
  return {
    fields: [
      ...played.filter(({ text }) => text !== "id" && text !== "metadata" && text !== "time"),
      ...(roles.time === undefined ? [] : bounds),
      ...played.filter(({ text }) => text === "id" || text === "metadata" || text === "time"),
      ...[...columns].flatMap(([column, seen]) => columnField(column, seen, reading)),
      ...[...members].map(([text, seen]) => ({ text, hint: "", values: sorted(seen) })),
    ],
  };
}

/** A column that is called like a role is written in quotation marks, unless it plays that role. */
function columnField(column: string, seen: Seen, { roles }: Reading): KnownField[] {
  const role = ROLES.find((each) => each === column.toLowerCase());
  if (role !== undefined && roles[role] === column) return [];
  return [
    { text: printPath({ path: [column], isColumn: role !== undefined }), hint: "", values: sorted(seen) },
  ];
}

/** The shortest name under which the members of a column are asked for. */
function rootOf(column: string, { roles }: Reading): string {
  return roles.metadata === column ? "metadata" : column;
}

function see(all: Map<string, Seen>, name: string, value: string): void {
  let seen = all.get(name);
  if (seen === undefined) {
    seen = new Map();
    all.set(name, seen);
  }
  if (value !== "" && value.length <= MAX_VALUE_LENGTH) seen.set(value, (seen.get(value) ?? 0) + 1);
}

function seeMembers(all: Map<string, Seen>, root: Path, object: object, depth: number): void {
  for (const [key, value] of Object.entries(object)) {
    const path: Path = [...root, key];
    if (isRecord(value)) {
      if (depth > 1) seeMembers(all, path, value, depth - 1);
      continue;
    }
    const text = printPath({ path, isColumn: false });
    if (all.has(text) || all.size < MAX_PATHS) see(all, text, Array.isArray(value) ? "" : textOf(value));
  }
}

function objectOf(value: unknown): object | undefined {
  const text = typeof value === "string" ? value.trimStart() : "";
  if (!text.startsWith("{") || text.length > MAX_JSON_LENGTH) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : undefined;
  } catch (error) {
    // A text that begins with a brace and is no JSON has no members.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function sorted(seen: Seen | undefined): string[] {
  return [...(seen ?? [])].toSorted(([, a], [, b]) => b - a).map(([value]) => value);
}
