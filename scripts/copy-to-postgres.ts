/**
 * Copies the rows of a table of a SQLite file to a table of PostgreSQL, with their ids:
 *
 *     bun scripts/copy-to-postgres.ts events.db postgres://owner@host/database [--table events]
 *
 * The table has to be there already; `tailboard schema-sql` prints one. Columns of the same name are copied, as the types
 * of PostgreSQL's table say. It goes on after the largest id that is there, so that it can be run again: once while the
 * writers still write to the file, and once more when they have stopped. At the end the ids that PostgreSQL gives go on
 * after those that were copied.
 */
import { Database } from "bun:sqlite";
import { parseArgs } from "node:util";

import { SQL } from "bun";

/** In one transaction. A few hundred KB for rows of the usual size. */
const ROWS_PER_BATCH = 500;

type Value = string | number | bigint | Uint8Array | null;

interface TargetColumn {
  readonly name: string;
  /** As `format_type` of PostgreSQL writes it, such as `jsonb`. */
  readonly type: string;
}

/** @returns a name in double quotes, as both databases read it */
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function fail(message: string): never {
  console.error(`copy-to-postgres: ${message}`);
  process.exit(2);
}

/** The columns of the table in PostgreSQL. Empty where there is no such table. */
async function targetColumns(sql: SQL, table: string): Promise<TargetColumn[]> {
  return sql<TargetColumn[]>`
    SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
    WHERE attrelid = to_regclass(${quoted(table)}) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`;
}

/** One value as JSON that `json_populate_recordset` turns into the type of its column. */
function asJson(value: Value, type: string): unknown {
  if (value instanceof Uint8Array) return `\\x${value.toHex()}`;
  // As text, because JSON has no integers beyond 2^53; the column knows what it is.
  if (typeof value === "bigint") return type === "boolean" ? value !== 0n : String(value);
  if (typeof value === "string" && /^jsonb?$/.test(type)) return jsonOf(value);
  return value;
}

/** What is no JSON becomes a text in JSON, so that nothing is lost. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function copy(path: string, url: string, table: string): Promise<void> {
  using source = new Database(path, { readonly: true, safeIntegers: true });
  source.run("PRAGMA busy_timeout = 5000");
  await using sql = new SQL(url, { max: 1 });
  const targets = await targetColumns(sql, table);
  if (targets.length === 0)
    fail(`there is no table ${table} in PostgreSQL: tailboard schema-sql prints one to create`);
  const named = new Set(
    source
      .query<{ name: string }, [string]>("SELECT name FROM pragma_table_info(?)")
      .all(table)
      .map(({ name }) => name),
  );
  if (!named.has("id")) fail(`the table ${table} of ${path} has no column id`);
  const columns = targets.filter(({ name }) => named.has(name));
  const left = [...named].filter((name) => !columns.some((column) => column.name === name));
  if (left.length > 0)
    fail(`PostgreSQL's table lacks the columns ${left.join(", ")}: add them, and start again`);

  const list = columns.map(({ name }) => quoted(name)).join(", ");
  const page = source.query<Record<string, Value>, [bigint, number]>(
    `SELECT ${list} FROM ${quoted(table)} WHERE id > ? ORDER BY id LIMIT ?`,
  );
  const insert = `INSERT INTO ${quoted(table)} (${list}) OVERRIDING SYSTEM VALUE
    SELECT ${list} FROM json_populate_recordset(NULL::${quoted(table)}, $1::text::json)`;
  const [{ last }] = await sql.unsafe(
    `SELECT coalesce(max(id), -9223372036854775808)::text AS last FROM ${quoted(table)}`,
  );
  let cursor = BigInt(last);
  let copied = 0;
  for (;;) {
    const rows = page.all(cursor, ROWS_PER_BATCH);
    const newest = rows.at(-1)?.["id"];
    if (newest === undefined) break;
    const records = rows.map((row) =>
      Object.fromEntries(columns.map(({ name, type }) => [name, asJson(row[name] ?? null, type)])),
    );
    await sql.unsafe(insert, [JSON.stringify(records)]);
    cursor = BigInt(String(newest));
    copied += rows.length;
    console.error(`copy-to-postgres: ${copied} rows, up to the id ${cursor}`);
  }
  // Where the ids come from a sequence, which an identity column has, too.
  await sql.unsafe(
    `SELECT setval(sequence, greatest(coalesce((SELECT max(id) FROM ${quoted(table)}), 1), 1))
     FROM pg_get_serial_sequence($1, 'id') AS sequence WHERE sequence IS NOT NULL`,
    [quoted(table)],
  );
  console.error(`copy-to-postgres: done, ${copied} rows were copied`);
}

const { values, positionals } = parseArgs({
  options: { table: { type: "string", default: "events" } },
  allowPositionals: true,
});
const [path, url] = positionals;
if (path === undefined || url === undefined || positionals.length > 2)
  fail(
    "it takes a SQLite file and a URL: bun scripts/copy-to-postgres.ts events.db postgres://owner@host/db",
  );
try {
  await copy(path, url, values.table);
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
process.exit(0);
