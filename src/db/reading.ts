import type { ValueLabels } from "../column-roles.ts";
import type { GivenRoles } from "../columns/roles.ts";

/** How the columns are to be read. */
export interface Reading {
  /** The roles that the operator has given. */
  readonly given: GivenRoles;
  /** Of times without one: `UTC`, or a name of the IANA time zone database. */
  readonly zone: string;
  readonly labels: ValueLabels;
}

export const PLAIN_READING: Reading = { given: {}, zone: "UTC", labels: {} };
