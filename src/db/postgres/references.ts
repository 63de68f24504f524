/** Columns that lead to a row of another table, shown by a text of that row, as in a SQLite file. */
import { isSecretName } from "../../columns/secrets.ts";
import { nameSql, Sql, sql } from "../../query/sql.ts";
import type { Ask, ReadValue } from "./session.ts";
import { type ForeignKey, type PostgresTable, readTable, tableSql } from "./table.ts";

/** Columns that name a row, where a table has several texts; the likeliest first. */
const NAMING =
  /^(?:name|title|label|display_?name|full_?name|user_?name|login|email|slug|key|code|domain|url)$/i;
const NAMING_ORDER = ["name", "title", "label", "displayname", "fullname", "username", "login", "email"];

/** Texts that are longer are no names. In bytes. */
const MAX_NAME_BYTES = 200;

/** Rows of the other table that are looked at to see whether a column names them. */
const LOOKED_AT_ROWS = 20;

/** Columns that are looked up; a table with more references is shown without the others. */
const MAX_REFERENCES = 8;

export interface PostgresReference extends ForeignKey {
  /** The column of the other table that tells what the row is. */
  readonly text: string;
}

export async function findReferences(ask: Ask, table: PostgresTable): Promise<PostgresReference[]> {
  const found: PostgresReference[] = [];
  for (const foreign of table.foreignKeys) {
    const isSelf = foreign.schema === table.schema && foreign.table === table.name;
    const isKnown = found.some(({ column }) => column === foreign.column);
    if (foreign.isPart || isSelf || isKnown || found.length === MAX_REFERENCES) continue;
    const text = await textColumnOf(ask, foreign);
    if (text !== undefined) found.push({ ...foreign, text });
  }
  return found;
}

/** The one text column that tells what a row of a table is; undefined where there is none, or more than one. */
async function textColumnOf(ask: Ask, foreign: ForeignKey): Promise<string | undefined> {
  const [relation] = await ask(
    sql`SELECT c.oid::text, has_table_privilege(c.oid, 'SELECT') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ${foreign.schema}::text AND c.relname = ${foreign.table}::text`,
  );
  if (relation === undefined || relation[1] !== true) return undefined;
  const other = await readTable(ask, String(relation[0]));
  const columns = (other?.columns ?? []).filter(
    ({ name, affinity, stored }) =>
      name !== foreign.key && affinity === "text" && stored === "text" && !isSecretName(name),
  );
  if (other === undefined || columns.length === 0) return undefined;
  const row = new Sql("shown");
  const read = columns.map(({ name }) => nameOrElse(sql`${row}.${nameSql(name)}`, sql`'{'`).text).join(", ");
  const rows = await ask(
    sql`SELECT ${new Sql(read)} FROM ${tableSql(other)} AS shown LIMIT ${LOOKED_AT_ROWS}::int8`,
  );
  const telling = columns.filter((_, at) => isName(rows.map((values) => values[at])));
  if (telling.length <= 1) return telling[0]?.name;
  const order = ({ name }: { name: string }): number => {
    const at = NAMING_ORDER.indexOf(name.toLowerCase().replaceAll("_", ""));
    return at === -1 ? NAMING_ORDER.length : at;
  };
  return telling.filter(({ name }) => NAMING.test(name)).toSorted((a, b) => order(a) - order(b))[0]?.name;
}

function isName(values: readonly ReadValue[]): boolean {
  const filled = values.filter((value) => value !== null && value !== "");
  return filled.length > 0 && filled.every((value) => typeof value === "string" && !/^\s*[{[]/.test(value));
}

function nameOrElse(value: Sql, otherwise: Sql): Sql {
  return sql`CASE WHEN octet_length(${value}) > ${new Sql(String(MAX_NAME_BYTES))} THEN ${otherwise} ELSE ${value} END`;
}

/** SQL of the text by which a value is shown; NULL where it leads nowhere. */
export function shownSql(reference: PostgresReference, value: Sql): Sql {
  const text = sql`shown.${nameSql(reference.text)}`;
  const from = tableSql({ schema: reference.schema, name: reference.table });
  return sql`(SELECT ${nameOrElse(text, sql`NULL`)} FROM ${from} AS shown WHERE shown.${nameSql(reference.key)} = ${value} LIMIT 1)`;
}
