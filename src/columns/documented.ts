/** The table of the documentation, which needs no look at its rows. */
import type { RoleReading } from "../column-roles.ts";
import type { NamedRole } from "./role-names.ts";

const COLUMNS: Readonly<Record<NamedRole | "time", string>> = {
  time: "timestamp",
  type: "event_type",
  actor: "actor_id",
  target: "target_id",
  summary: "summary",
  metadata: "metadata",
};

/** Plays no role, and tells the table from others that have some of its names. */
const BESIDE = "target_type";

export function isDocumented(names: readonly string[]): boolean {
  return [...Object.values(COLUMNS), BESIDE].every((name) => names.includes(name));
}

/** The column of the documented table that plays a role. */
export function documentedReading(role: NamedRole | "time"): RoleReading {
  return { column: COLUMNS[role], why: "the column of the documented table" };
}
