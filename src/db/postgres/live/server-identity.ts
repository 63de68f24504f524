/** Which cluster of PostgreSQL, which of its databases, and which of its histories it is. */
import type { Client } from "./client.ts";

export interface ServerIdentity {
  readonly system: string;
  readonly database: string;
  /** Another one after a failover or a restore. */
  readonly timeline: string;
}

/** What somebody's service may keep to itself; the rows tell of a failover all the same. */
const UNKNOWN = "";

/** @returns undefined where it is a standby */
export async function identify(client: Client): Promise<ServerIdentity | undefined> {
  const [found = []] = await client.query(
    "SELECT d.oid::text, pg_is_in_recovery() FROM pg_database AS d WHERE d.datname = current_database()",
  );
  const [database, isStandby] = found;
  if (isStandby === true) return undefined;
  return {
    system: await tell(client, "SELECT system_identifier::text FROM pg_control_system()"),
    database: String(database),
    timeline: await tell(client, "SELECT left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)"),
  };
}

async function tell(client: Client, question: string): Promise<string> {
  try {
    const [found] = await client.query(question);
    return String(found?.[0] ?? UNKNOWN);
  } catch (error) {
    // Not allowed, or not known there. Whatever is wrong with the connection is thrown by the next question.
    if (error instanceof Bun.SQL.PostgresError && error.code === "ERR_POSTGRES_SERVER_ERROR") return UNKNOWN;
    throw error;
  }
}

export function isSameServer(a: ServerIdentity, b: ServerIdentity): boolean {
  return a.system === b.system && a.database === b.database;
}
