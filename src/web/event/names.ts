/** What the members of an event's JSON are: columns, and what the server says about them. */
import type { ValueLabels } from "../../column-roles.ts";
import type { EventJson } from "../../events.ts";
import { isRecord, textOf } from "../text/text.ts";

/** A value as it is read, and as it is stored. */
export interface NamedText {
  readonly text: string;
  /** The stored value beside the name that stands in its place; the text itself where there is no name. */
  readonly title: string;
}

/** The columns with their values, in the order of the table. */
export function columnsOf(json: EventJson): [string, unknown][] {
  return Object.entries(json).filter(([key]) => !/^\$(?:truncated|names)/.test(key));
}

/** The columns whose values were too large for the list. */
export function truncatedColumns(json: EventJson): string[] {
  const columns = json["$truncated"];
  return Array.isArray(columns) ? columns.map(String) : [];
}

/**
 * The name that somebody gave to a value, or the text of the row that a reference leads to.
 * @returns undefined where there is none
 */
export function nameOf(json: EventJson, column: string, labels: ValueLabels): string | undefined {
  const value = json[column];
  if (value === null || value === undefined) return undefined;
  const labelled = own(own(labels, column), textOf(value));
  if (labelled !== undefined && labelled !== "") return labelled;
  const names = json["$names"];
  const referenced = isRecord(names) ? own(names, column) : undefined;
  return typeof referenced === "string" && referenced !== "" ? referenced : undefined;
}

export function namedText(json: EventJson, column: string | undefined, labels: ValueLabels): NamedText {
  if (column === undefined) return { text: "", title: "" };
  const stored = textOf(json[column]);
  const name = nameOf(json, column, labels);
  return name === undefined
    ? { text: stored, title: stored }
    : { text: name, title: `${name} (${column}: ${stored})` };
}

/** Not what every object inherits, as its `constructor`: nobody gave that name. */
function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
