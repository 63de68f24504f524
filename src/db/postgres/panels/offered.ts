/** Which tables of a schema are offered as panels. */
import type { PanelChoice } from "../../../panels.ts";
import { sql } from "../../../query/sql.ts";
import type { Ask } from "../session.ts";

export interface OfferedTable {
  readonly oid: string;
  readonly name: string;
}

export interface Offer {
  /** In the order of the choice, or that in which they were created. */
  readonly tables: readonly OfferedTable[];
  /** Chosen names that the schema does not have. */
  readonly missing: readonly string[];
}

/**
 * Everything of the schema that may be read, but the log, parts of partitioned tables, and what belongs to extensions.
 * @param log the oid of the followed table
 */
export async function offeredTables(
  ask: Ask,
  { schema, oid: log }: { readonly schema: string; readonly oid: string },
  { chosen }: PanelChoice,
): Promise<Offer> {
  const found = await ask(
    sql`SELECT c.oid::text, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ${schema}::text AND c.relkind IN ('r', 'p', 'f', 'v', 'm') AND NOT c.relispartition
        AND c.oid <> ${log}::oid AND has_table_privilege(c.oid, 'SELECT')
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
      ORDER BY c.oid`,
  );
  const all = found.map(([oid, name]): OfferedTable => ({ oid: String(oid), name: String(name) }));
  if (chosen === undefined) return { tables: all, missing: [] };
  const named = chosen.map((name) => ({ name, table: findByName(all, name) }));
  return {
    tables: named.flatMap(({ table }) => (table === undefined ? [] : [table])),
    missing: named.filter(({ table }) => table === undefined).map(({ name }) => name),
  };
}

/** By its name, and in any case where no other has it. */
export function findByName<T extends { readonly name: string }>(
  all: readonly T[],
  name: string,
): T | undefined {
  return (
    all.find((other) => other.name === name) ??
    all.find((other) => other.name.toLowerCase() === name.toLowerCase())
  );
}
