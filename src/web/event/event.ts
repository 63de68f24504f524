/** One event as the page holds it, and what its row shows. */

import type { ColumnRole, ColumnRoles, ValueLabels } from "../../column-roles.ts";
import type { EventJson } from "../../events.ts";
import { isRecord, shorten, textOf } from "../text/text.ts";
import { type Badge, badgeOf, huedBadge } from "./badge.ts";
import { columnLabels, keyLabel, type Label, labelsOf, limitLabels, memberLabels } from "./metadata.ts";
import { columnsOf, type NamedText, namedText, nameOf, truncatedColumns } from "./names.ts";
import type { Reading } from "./reading.ts";

export interface LogEvent {
  /** A bigint, because a number rounds beyond 2^53. */
  readonly id: bigint;
  readonly json: EventJson;
}

/** In characters. A row that can't be described is told by its beginning. */
const MAX_RAW_LENGTH = 1000;

const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;

/** In characters. Three lines of a summary are in sight, and the row opens to all of it. */
const MAX_SUMMARY_LENGTH = 1000;

export interface TypeText extends NamedText {
  readonly badge: Badge;
}

export interface EventText {
  /** As the database has it; see `instantOf` of reading.ts. */
  readonly time: unknown;
  readonly type: TypeText | undefined;
  readonly actor: NamedText;
  readonly target: NamedText;
  readonly summary: NamedText;
  readonly labels: readonly Label[];
}

/**
 * @param idColumn the column that holds the id
 * @param knownId the id where the stream said it already
 * @throws TypeError when there is no id in the column
 */
export function readEvent(json: unknown, idColumn: string, knownId?: bigint): LogEvent {
  if (isRecord(json)) {
    const id = knownId ?? json[idColumn];
    if (typeof id === "bigint") return { id, json };
    if (typeof id === "string" && /^-?\d+$/.test(id)) return { id: BigInt(id), json };
    if (typeof id === "number" && Number.isSafeInteger(id)) return { id: BigInt(id), json };
  }
  throw new TypeError(
    `no integer in the column "${idColumn}" of an event: was the table changed? Reload the page`,
  );
}

/** True when both are the same row with the same values. */
export function isSameEvent(one: LogEvent, other: LogEvent): boolean {
  if (one.id !== other.id) return false;
  const columns = Object.keys(one.json);
  return (
    columns.length === Object.keys(other.json).length &&
    columns.every((column) => textOf(one.json[column]) === textOf(other.json[column]))
  );
}

/** The texts of an event's row. Every column has a place in it, or among the labels. */
export function describeEvent({ json }: LogEvent, { roles, labels }: Reading): EventText {
  const textOfRole = (role: ColumnRole) => namedText(json, roles[role], labels);
  const valueOfRole = (role: ColumnRole) => (roles[role] === undefined ? undefined : json[roles[role]]);
  const summary = textOfRole("summary");
  // A summary that is a JSON object is read as its members.
  const members = memberLabels(valueOfRole("summary"), "", roles.summary);
  return {
    time: valueOfRole("time"),
    type: typeText(json, roles.type, labels),
    actor: textOfRole("actor"),
    target: textOfRole("target"),
    summary:
      members === undefined
        ? { ...summary, text: shorten(summary.text, MAX_SUMMARY_LENGTH) }
        : { text: "", title: "" },
    labels: limitLabels([
      ...(members ?? []),
      ...labelsOf(valueOfRole("metadata"), roles.metadata),
      ...truncatedColumns(json).map((column) => keyLabel(column, "too large for the list")),
      ...remainingLabels(json, roles, labels),
    ]),
  };
}

/** The text and the badge of a type; undefined where it is empty. A number alone says nothing: it comes with its column. */
export function typeText(
  json: EventJson,
  column: string | undefined,
  labels: ValueLabels,
): TypeText | undefined {
  const named = namedText(json, column, labels);
  if (column === undefined || named.text === "") return undefined;
  const isNumber = NUMBER.test(named.text) && nameOf(json, column, labels) === undefined;
  if (!isNumber) return { ...named, badge: badgeOf(named.text) };
  const text = `${column} ${named.text}`;
  // The column may be called `failed` or `done`, and its numbers say neither.
  return { text, title: text, badge: huedBadge(text) };
}

/** All columns as one text, for a row that can't be described. */
export function rawTextOf({ json }: LogEvent): string {
  const columns = columnsOf(json).map(([column, value]) => `${column}: ${textOf(value)}`);
  return shorten(columns.join(", "), MAX_RAW_LENGTH);
}

function remainingLabels(json: EventJson, roles: ColumnRoles, labels: ValueLabels): Label[] {
  const taken = new Set<string>(Object.values(roles));
  return columnsOf(json).flatMap(([column, value]) => {
    if (taken.has(column)) return [];
    const name = nameOf(json, column, labels);
    return name === undefined
      ? columnLabels(column, value)
      : [keyLabel(column, name, namedText(json, column, labels).title)];
  });
}
