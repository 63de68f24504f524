/** One event as the page holds it, and what its row shows. */

import type { ColumnRole, ColumnRoles, EventJson } from "../events.ts";
import { keyLabel, type Label, labelsOf } from "./metadata.ts";
import { isRecord, shorten, textOf } from "./text.ts";

export interface LogEvent {
  /** A bigint, because a number rounds beyond 2^53. */
  readonly id: bigint;
  readonly json: EventJson;
}

/** In characters. A row that can't be described is told by its beginning. */
const MAX_RAW_LENGTH = 1000;

export interface EventText {
  /** As the database has it; see time.ts. */
  readonly time: unknown;
  readonly type: string;
  readonly actor: string;
  readonly target: string;
  readonly summary: string;
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

/** The texts of an event's row. A column without a role is shown where there is no summary. */
export function describeEvent(event: LogEvent, roles: ColumnRoles): EventText {
  const valueOf = (role: ColumnRole) => {
    const column = roles[role];
    return column === undefined ? undefined : event.json[column];
  };
  const summary = textOf(valueOf("summary"));
  return {
    time: valueOf("time"),
    type: textOf(valueOf("type")),
    actor: textOf(valueOf("actor")),
    target: textOf(valueOf("target")),
    summary,
    labels: [
      ...(summary === "" ? remainingColumns(event.json, roles) : []),
      ...labelsOf(valueOf("metadata")),
      ...truncatedColumns(event.json).map((column) => keyLabel(column, "too large for the list")),
    ],
  };
}

/** All columns as one text, for a row that can't be described. */
export function rawTextOf({ json }: LogEvent): string {
  const columns = Object.entries(json).map(([column, value]) => `${column}: ${textOf(value)}`);
  return shorten(columns.join(", "), MAX_RAW_LENGTH);
}

function remainingColumns(json: EventJson, roles: ColumnRoles): Label[] {
  const taken = new Set<string>(Object.values(roles));
  const rest = Object.entries(json).filter(
    ([column, value]) => value !== null && !taken.has(column) && column !== "$truncated",
  );
  return labelsOf(Object.fromEntries(rest));
}

function truncatedColumns(json: EventJson): string[] {
  const columns = json["$truncated"];
  return Array.isArray(columns) ? columns.map(String) : [];
}
