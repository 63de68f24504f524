/** How the page reads the columns of the table. The server says it, and it may change while the page is open. */
import type { ColumnRole, ColumnRoles, TimeForm, ValueLabels } from "../../column-roles.ts";
import { readInstant } from "../../columns/instant.ts";
import { isZone } from "../../columns/zone.ts";
import type { EventJson, Status } from "../../events.ts";

export interface Reading {
  readonly roles: ColumnRoles;
  /** Why a column plays its role, in a sentence. */
  readonly why: Readonly<Partial<Record<ColumnRole, string>>>;
  /** How the column of the time is written. Undefined where each value may be written in its own way. */
  readonly timeForm: TimeForm | undefined;
  /** What times without a zone mean. */
  readonly timeZone: string;
  readonly labels: ValueLabels;
}

/** What is read of an event. */
interface Row {
  readonly json: EventJson;
}

export const ROLES = ["id", "time", "type", "actor", "target", "summary", "metadata"] as const;

/** Until the server has said anything. */
export const FIRST_READING: Reading = {
  roles: { id: "id" },
  why: {},
  timeForm: undefined,
  timeZone: "UTC",
  labels: {},
};

export function readingOf({
  columns,
  roles,
  timeZone,
  labels,
}: Pick<Status, "columns" | "roles" | "timeZone" | "labels">): Reading {
  const why: Partial<Record<ColumnRole, string>> = {};
  for (const role of ROLES) {
    const reason = roles[role]?.why;
    if (reason !== undefined) why[role] = reason;
  }
  // The browser's list of zones may be older than the server's.
  return {
    roles: columns,
    why,
    timeForm: roles.time?.form,
    timeZone: isZone(timeZone) ? timeZone : "UTC",
    labels,
  };
}

export function isSameReading(one: Reading, other: Reading): boolean {
  return canonical(one) === canonical(other);
}

function canonical({ roles, why, timeForm, timeZone, labels }: Reading): string {
  return JSON.stringify([ROLES.map((role) => [roles[role], why[role]]), timeForm, timeZone, labels]);
}

/** The instant of a value in the column of the time, in ms since 1970; undefined where it is none. */
export function instantOf(value: unknown, { timeForm, timeZone }: Reading): number | undefined {
  const ms = readInstant(value, timeForm, timeZone);
  // A program that was changed may write another form from some row on.
  return ms ?? (timeForm === undefined ? undefined : readInstant(value, undefined, timeZone));
}

/** @returns the parts that some of these events fill, as in `time type who` */
export function partsOf(events: readonly Row[], { roles }: Reading): string {
  const isFilled = (column: string | undefined) =>
    column !== undefined &&
    events.some(({ json }) => json[column] !== null && json[column] !== undefined && json[column] !== "");
  return [
    ...(isFilled(roles.time) ? ["time"] : []),
    ...(isFilled(roles.type) ? ["type"] : []),
    ...(isFilled(roles.actor) || isFilled(roles.target) ? ["who"] : []),
  ].join(" ");
}

/** Whether rows that came under another reading have the columns that this one names. */
export function canRead(events: readonly Row[], reading: Reading, before: Reading): boolean {
  const columns = Object.values(reading.roles);
  return (
    reading.roles.id === before.roles.id &&
    events.every(({ json }) => columns.every((column) => Object.hasOwn(json, column)))
  );
}
