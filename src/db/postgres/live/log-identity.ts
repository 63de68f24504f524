/** Which log a table of PostgreSQL holds, as far as the database itself says, and whether it is the one from before. */
import type { ResetReason } from "../../../events.ts";
import { isSameServer, type ServerIdentity } from "./server-identity.ts";
import type { TableState } from "./table-queries.ts";
import type { FollowedShape } from "./table-shape.ts";

export interface LogIdentity {
  readonly server: ServerIdentity;
  /** Of the table. */
  readonly oid: bigint;
}

/** Why the rows may be others than those from before. */
export function changeBetween(before: LogIdentity, now: LogIdentity): ResetReason {
  if (!isSameServer(before.server, now.server)) return "file-replaced";
  return before.oid === now.oid ? "rows-replaced" : "table-recreated";
}

/**
 * What the database itself says of the log, so that the name is the same after a restart and at every Tailboard, and
 * another one after DROP and CREATE, after TRUNCATE … RESTART IDENTITY, which gives the sequence another storage, after
 * a restore, and after a failover, which begins another timeline.
 */
export function nameBaseOf(
  { server, oid }: LogIdentity,
  { sequence }: Pick<FollowedShape, "sequence">,
  { sequenceStorage }: Pick<TableState, "sequenceStorage">,
): string {
  const { system, database, timeline } = server;
  const parts = [system, database, timeline, oid, sequence?.oid, sequenceStorage];
  return Bun.hash(parts.join(":")).toString(36);
}
