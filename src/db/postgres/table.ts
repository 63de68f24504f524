/** What a table or view of PostgreSQL looks like, as its catalogue says. */
import type { Affinity, StoredKind } from "../../query/asked-table.ts";
import { nameSql, Sql, sql } from "../../query/sql.ts";
import type { Ask } from "./session.ts";
import { affinityOf, storedKind } from "./values.ts";

export interface PostgresColumn {
  readonly name: string;
  readonly affinity: Affinity;
  readonly stored: StoredKind;
  readonly isNotNull: boolean;
  /** As SQL has it, for a cast. */
  readonly type: string;
}

export interface ForeignKey {
  readonly column: string;
  readonly schema: string;
  readonly table: string;
  /** The column there that it is compared with. */
  readonly key: string;
  /** It is one of several columns that lead to a row together. */
  readonly isPart: boolean;
}

/** As far as this role may read it. */
export interface PostgresTable {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly kind: "table" | "view";
  readonly columns: readonly PostgresColumn[];
  readonly primaryKey: readonly string[];
  readonly foreignKeys: readonly ForeignKey[];
}

/** What is a table to a reader: tables, partitioned and foreign ones, and views, materialized ones too. */
const KINDS = "('r', 'p', 'f', 'v', 'm')";

/**
 * @param name as it is written: `events`, or with its schema `audit.events`
 * @returns undefined where there is none
 */
export async function findTable(ask: Ask, name: string): Promise<PostgresTable | undefined> {
  const dot = name.indexOf(".");
  const [schema, table] = dot < 0 ? [undefined, name] : [name.slice(0, dot), name.slice(dot + 1)];
  // A table may have a dot in its own name.
  const found = await ask(
    sql`SELECT c.oid::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ${new Sql(KINDS)} AND ((c.relname = ${name}::text AND pg_table_is_visible(c.oid))
        OR (c.relname = ${table}::text AND n.nspname = ${schema ?? null}::text))
      ORDER BY c.relname = ${name}::text DESC LIMIT 1`,
  );
  const oid = found[0]?.[0];
  return typeof oid === "string" ? readTable(ask, oid) : undefined;
}

/** @returns undefined where it is gone */
export async function readTable(ask: Ask, oid: string): Promise<PostgresTable | undefined> {
  const [relation] = await ask(
    sql`SELECT n.nspname, c.relname, c.relkind IN ('v', 'm') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.oid = ${oid}::oid`,
  );
  if (relation === undefined) return undefined;
  const columns = await ask(
    sql`SELECT a.attname, a.attnotnull, base.typname, base.typcategory, base.typtype, base.typnamespace = 'pg_catalog'::regnamespace,
      format_type(a.atttypid, NULL)
      FROM pg_attribute a CROSS JOIN LATERAL (
        WITH RECURSIVE made AS (
          SELECT t.* FROM pg_type t WHERE t.oid = a.atttypid
          UNION ALL SELECT t.* FROM made JOIN pg_type t ON made.typtype = 'd' AND t.oid = made.typbasetype
        ) SELECT * FROM made WHERE typtype <> 'd' LIMIT 1
      ) AS base
      WHERE a.attrelid = ${oid}::oid AND a.attnum > 0 AND NOT a.attisdropped
        AND has_column_privilege(a.attrelid, a.attnum, 'SELECT') ORDER BY a.attnum`,
  );
  const keys = await ask(
    sql`SELECT a.attname FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(num, place)
      JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num
      WHERE i.indrelid = ${oid}::oid AND i.indisprimary AND k.place <= i.indnkeyatts ORDER BY k.place`,
  );
  const foreign = await ask(
    sql`SELECT a.attname, n.nspname, c.relname, b.attname, cardinality(f.conkey) > 1
      FROM pg_constraint f CROSS JOIN LATERAL unnest(f.conkey, f.confkey) AS k(num, other)
      JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.num
      JOIN pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = k.other
      JOIN pg_class c ON c.oid = f.confrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE f.conrelid = ${oid}::oid AND f.contype = 'f' AND f.conparentid = 0 ORDER BY f.conname, a.attnum`,
  );
  return {
    oid,
    schema: String(relation[0]),
    name: String(relation[1]),
    kind: relation[2] === true ? "view" : "table",
    columns: columns.map(([name, isNotNull, typeName, category, kind, isBuiltIn, declared]) => {
      const type = {
        name: String(typeName),
        category: String(category),
        kind: String(kind),
        isBuiltIn: isBuiltIn === true,
      };
      const stored = storedKind(type);
      return {
        name: String(name),
        stored,
        affinity: affinityOf(type, stored),
        isNotNull: isNotNull === true,
        type: String(declared),
      };
    }),
    primaryKey: keys.map(([name]) => String(name)),
    foreignKeys: foreign.map(([column, schema, table, key, isPart]) => ({
      column: String(column),
      schema: String(schema),
      table: String(table),
      key: String(key),
      isPart: isPart === true,
    })),
  };
}

/** The column whose integer grows with every event: the primary key, or a column that is called id. */
export function integerKey({ columns, primaryKey }: PostgresTable): string | undefined {
  const isInteger = (name: string): boolean =>
    columns.some((column) => column.name === name && column.stored === "integer");
  const [only, ...more] = primaryKey;
  if (only !== undefined && more.length === 0 && isInteger(only)) return only;
  const parts = primaryKey.filter((name) => isInteger(name));
  // The key of a partitioned table has what it is partitioned by in it.
  if (parts.length === 1) return parts[0];
  return columns.find(({ name, stored }) => name.toLowerCase() === "id" && stored === "integer")?.name;
}

export function tableSql({ schema, name }: Pick<PostgresTable, "schema" | "name">): Sql {
  return sql`${nameSql(schema)}.${nameSql(name)}`;
}
