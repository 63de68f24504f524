/** What of a table of PostgreSQL matters to who follows it, besides its columns: where its ids come from. */
import { type LogTable, readLogTable } from "../log-table.ts";
import { tableSql } from "../table.ts";
import type { Client } from "./client.ts";
import { NoKeyError, TableMissingError } from "./table-errors.ts";

export interface FollowedShape {
  readonly oid: bigint;
  readonly schema: string;
  readonly name: string;
  /** For SQL: schema and name, quoted. */
  readonly quoted: string;
  /** Its key and its columns. */
  readonly log: LogTable;
  readonly isPartitioned: boolean;
  /** Whether an index begins with the key. */
  readonly hasIndex: boolean;
  /** Where its ids come from; undefined where nothing says so. */
  readonly sequence: SequenceShape | undefined;
}

export interface SequenceShape {
  readonly oid: bigint;
  /** For SQL. */
  readonly quoted: string;
  /** How many ids a session draws at a time. */
  readonly cache: bigint;
  /** Whether the role may see how far it came. */
  readonly isReadable: boolean;
}

const RELATION = `SELECT c.relkind::text, c.relhassubclass OR c.relkind = 'p',
    EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
      WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL AND a.attname = $2::text)
  FROM pg_class c WHERE c.oid = $1::int8::oid`;

/** A default's sequence, or an identity column's. */
const SEQUENCE = `SELECT s.oid, quote_ident(n.nspname) || '.' || quote_ident(s.relname), q.seqcache,
    has_sequence_privilege(s.oid, 'SELECT, USAGE') AND has_schema_privilege(n.oid, 'USAGE')
  FROM pg_class s JOIN pg_namespace n ON n.oid = s.relnamespace JOIN pg_sequence q ON q.seqrelid = s.oid,
    pg_attribute k
  WHERE k.attrelid = $1::int8::oid AND k.attname = $2::text AND s.oid IN (
    SELECT d.refobjid FROM pg_attrdef a JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = a.oid
      AND d.refclassid = 'pg_class'::regclass
      WHERE a.adrelid = $1::int8::oid AND a.adnum = k.attnum
    UNION ALL
    SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
      AND d.refobjid = $1::int8::oid AND d.refobjsubid = k.attnum AND d.deptype IN ('i', 'a'))
  ORDER BY s.oid LIMIT 1`;

/** Tables and partitioned tables: of the others no lock tells who writes to them. */
const FOLLOWED_KINDS = ["r", "p"];

/** @throws TableMissingError, NoKeyError, or what Bun.SQL throws */
export async function inspectTable(client: Client, wanted: string): Promise<FollowedShape> {
  const log = await readLogTable((statement, nowMs) => client.ask(statement, nowMs), wanted);
  if (log === "no-table") throw new TableMissingError(wanted);
  if (log === "no-key") throw new NoKeyError(wanted, "r");
  const { schema, name } = log.table;
  const oid = BigInt(log.table.oid);
  const quoted = tableSql(log.table).text;
  const [found] = await client.query(RELATION, [oid, log.key]);
  if (found === undefined) throw new TableMissingError(wanted);
  const [relkind, isPartitioned, hasIndex] = found;
  if (!FOLLOWED_KINDS.includes(String(relkind))) throw new NoKeyError(wanted, String(relkind));
  return {
    oid,
    schema,
    name,
    quoted,
    log,
    isPartitioned: isPartitioned === true,
    hasIndex: hasIndex === true,
    sequence: await findSequence(client, oid, log.key),
  };
}

async function findSequence(client: Client, oid: bigint, column: string): Promise<SequenceShape | undefined> {
  const [found] = await client.query(SEQUENCE, [oid, column]);
  if (found === undefined) return undefined;
  const [sequenceOid, quoted, cache, isReadable] = found;
  return {
    oid: BigInt(String(sequenceOid)),
    quoted: String(quoted),
    cache: BigInt(String(cache)),
    isReadable: isReadable === true,
  };
}
