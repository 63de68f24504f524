/** What a table of PostgreSQL looks like: its key, its columns, and what its ids come from. */
import { quoteName } from "../../quote-name.ts";
import type { Client } from "./client.ts";
import { NoKeyError, NotReadableError, TableMissingError } from "./table-errors.ts";

/** How the values of a column are read. */
export type ColumnKind =
  | "integer"
  | "float"
  | "decimal"
  | "boolean"
  | "bytes"
  /** Dates and timestamps: ISO 8601. */
  | "instant"
  /** Arrays and composite types: as JSON. */
  | "nested"
  | "json"
  /** Text of few bytes, such as a uuid. */
  | "short-text"
  | "text"
  /** Everything else, as PostgreSQL prints it. */
  | "printed";

export interface FollowedColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** The name of its type, or of the type that its domain is made of. */
  readonly type: string;
}

export interface FollowedShape {
  readonly oid: bigint;
  readonly schema: string;
  readonly name: string;
  /** For SQL: schema and name, quoted. */
  readonly quoted: string;
  readonly key: string;
  /** Without the key, in the table's order. Those that the role can't read are left out. */
  readonly columns: readonly FollowedColumn[];
  readonly isPartitioned: boolean;
  readonly hasIndex: boolean;
  /** Where its ids come from; undefined where nothing says so. */
  readonly sequence: SequenceShape | undefined;
  /** Other text after ALTER TABLE. */
  readonly version: string;
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

const INTEGERS = ["int2", "int4", "int8"];

const KINDS: Readonly<Record<string, ColumnKind>> = {
  int2: "integer",
  int4: "integer",
  int8: "integer",
  float4: "float",
  float8: "float",
  numeric: "decimal",
  bool: "boolean",
  bytea: "bytes",
  date: "instant",
  timestamp: "instant",
  timestamptz: "instant",
  json: "json",
  jsonb: "json",
  text: "text",
  varchar: "text",
  bpchar: "text",
  uuid: "short-text",
  name: "short-text",
  oid: "short-text",
  time: "short-text",
  timetz: "short-text",
  interval: "short-text",
  inet: "short-text",
  cidr: "short-text",
  macaddr: "short-text",
  money: "short-text",
};

/** A name as it is written, or as SQL would read it. */
const FIND = `SELECT c.oid, n.nspname, c.relname, c.relkind::text,
    c.relhassubclass, has_any_column_privilege(c.oid, 'SELECT')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = coalesce(
    to_regclass(quote_ident($1::text)),
    CASE WHEN $1 ~ '^([A-Za-z_][A-Za-z0-9_$]*|"[^"]+")([.]([A-Za-z_][A-Za-z0-9_$]*|"[^"]+"))?$' THEN to_regclass($1) END)`;

const COLUMNS = `WITH RECURSIVE base(oid, type) AS (
    SELECT a.atttypid, a.atttypid FROM pg_attribute a WHERE a.attrelid = $1::bigint::oid
    UNION SELECT base.oid, t.typbasetype FROM base JOIN pg_type t ON t.oid = base.type AND t.typtype = 'd')
  SELECT a.attnum::int4, a.attname, t.typname, t.typtype::text, t.typcategory::text,
    a.attidentity <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid), '') LIKE 'nextval(%'
  FROM pg_attribute a
    JOIN base ON base.oid = a.atttypid
    JOIN pg_type t ON t.oid = base.type AND t.typtype <> 'd'
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = $1::bigint::oid AND a.attnum > 0 AND NOT a.attisdropped
    AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')
  ORDER BY a.attnum`;

/** The columns of an index that a search can begin with. */
const INDEXES = `SELECT i.indkey[0]::int4, i.indnkeyatts::int4, i.indisunique, i.indisprimary
  FROM pg_index i WHERE i.indrelid = $1::bigint::oid AND i.indisvalid AND i.indpred IS NULL`;

/** A default's sequence, or an identity column's. */
const SEQUENCE = `SELECT s.oid, quote_ident(n.nspname) || '.' || quote_ident(s.relname), q.seqcache,
    has_sequence_privilege(s.oid, 'SELECT, USAGE') AND has_schema_privilege(n.oid, 'USAGE')
  FROM pg_class s JOIN pg_namespace n ON n.oid = s.relnamespace JOIN pg_sequence q ON q.seqrelid = s.oid
  WHERE s.oid IN (
    SELECT d.refobjid FROM pg_attrdef a JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = a.oid
      AND d.refclassid = 'pg_class'::regclass
      WHERE a.adrelid = $1::bigint::oid AND a.adnum = $2::int4
    UNION ALL
    SELECT d.objid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
      AND d.refobjid = $1::bigint::oid AND d.refobjsubid = $2::int4 AND d.deptype IN ('i', 'a'))
  ORDER BY s.oid LIMIT 1`;

interface FoundColumn {
  readonly number: number;
  readonly column: FollowedColumn;
  readonly isNumbered: boolean;
}

interface FoundIndex {
  readonly first: number;
  readonly isAlone: boolean;
  readonly isUnique: boolean;
  readonly isPrimary: boolean;
}

/** @throws TableMissingError, NotReadableError, NoKeyError, or what Bun.SQL throws */
export async function inspectTable(client: Client, name: string): Promise<FollowedShape> {
  const [found] = await client.query(FIND, [name]);
  if (found === undefined) throw new TableMissingError(name);
  const [oidCell, schemaCell, nameCell, relkind, hasChildren, mayRead] = found;
  const oid = BigInt(String(oidCell));
  const [schema, table] = [String(schemaCell), String(nameCell)];
  if (relkind !== "r" && relkind !== "p") throw new NoKeyError(table, String(relkind));
  if (mayRead !== true) throw new NotReadableError(`${quoteName(schema)}.${quoteName(table)}`);
  const columns = (await client.query(COLUMNS, [oid])).map((cells): FoundColumn => {
    const [number, column, type, typeKind, category, isNumbered] = cells;
    return {
      number: Number(number),
      column: {
        name: String(column),
        type: String(type),
        kind: kindOf(String(type), String(typeKind), category),
      },
      isNumbered: isNumbered === true,
    };
  });
  const indexes = (await client.query(INDEXES, [oid])).map(
    ([first, keys, isUnique, isPrimary]): FoundIndex => ({
      first: Number(first),
      isAlone: keys === 1,
      isUnique: isUnique === true,
      isPrimary: isPrimary === true,
    }),
  );
  const key = findKey(columns, indexes);
  if (key === undefined) throw new NoKeyError(table, String(relkind));
  return {
    oid,
    schema,
    name: table,
    quoted: `${quoteName(schema)}.${quoteName(table)}`,
    key: key.column.name,
    columns: columns.filter((each) => each !== key).map(({ column }) => column),
    isPartitioned: hasChildren === true || relkind === "p",
    hasIndex: indexes.some(({ first }) => first === key.number),
    sequence: await findSequence(client, oid, key.number),
    version: JSON.stringify([columns.map(({ column }) => column), key.column.name, indexes]),
  };
}

/** The integer column by which the rows are in the order in which they were inserted. */
function findKey(columns: readonly FoundColumn[], indexes: readonly FoundIndex[]): FoundColumn | undefined {
  const integers = columns.filter(({ column }) => INTEGERS.includes(column.type));
  const primary = indexes.find(({ isPrimary, isAlone }) => isPrimary && isAlone);
  const unique = new Set(indexes.filter((each) => each.isUnique && each.isAlone).map(({ first }) => first));
  return (
    integers.find(({ number }) => number === primary?.first) ??
    integers.find(({ isNumbered }) => isNumbered) ??
    integers.find(
      ({ column, number }) => column.name === "id" && (unique.has(number) || unique.size === 0),
    ) ??
    integers.find(({ number }) => unique.has(number))
  );
}

async function findSequence(client: Client, oid: bigint, column: number): Promise<SequenceShape | undefined> {
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

function kindOf(type: string, typeKind: string, category: unknown): ColumnKind {
  if (category === "A" || typeKind === "c") return "nested";
  if (typeKind === "e") return "short-text";
  return KINDS[type] ?? "printed";
}
