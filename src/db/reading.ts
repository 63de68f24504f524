import type { ValueLabels } from "../column-roles.ts";
import { findColumn, type GivenRoles, type RoleReadings } from "../columns/roles.ts";
import type { LogStatus } from "../events.ts";

/** How the columns are to be read. */
export interface Reading {
  /** The roles that the operator has given. */
  readonly given: GivenRoles;
  /** Of times without one: `UTC`, or a name of the IANA time zone database. */
  readonly zone: string;
  readonly labels: ValueLabels;
}

export const PLAIN_READING: Reading = { given: {}, zone: "UTC", labels: {} };

/** What the status of a log says of it. @param roles that were found, while the table is open */
export function readingStatus(
  { zone, labels }: Reading = PLAIN_READING,
  roles: RoleReadings = {},
): Pick<LogStatus, "columns" | "roles" | "timeZone" | "labels"> {
  const columns = Object.fromEntries(Object.entries(roles).map(([role, { column }]) => [role, column]));
  return { columns, roles, timeZone: zone, labels };
}

/** An option names a column that the table does not have. */
export interface MissingColumn {
  readonly option: "--columns" | "--labels";
  readonly column: string;
  /** What becomes of it. */
  readonly hint: string;
}

/** What the operator named of a table with these columns, and is not there. */
export function missingColumns(
  { given, labels }: Reading,
  columns: readonly string[],
): readonly MissingColumn[] {
  const byName = new Map(columns.map((column) => [column, column]));
  const ofRoles = Object.values(given)
    .map(({ column }) => column)
    .filter((column) => column !== null)
    .filter((column) => findColumn(byName, column) === undefined)
    .map(
      (column) => ({ option: "--columns", column, hint: "its role is found by itself meanwhile" }) as const,
    );
  // Labels are looked up by the name as it is written.
  const ofLabels = Object.keys(labels)
    .filter((column) => !byName.has(column))
    .map(
      (column) => ({ option: "--labels", column, hint: "its labels stand for nothing meanwhile" }) as const,
    );
  return [...ofRoles, ...ofLabels];
}
