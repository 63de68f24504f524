/** A followed table, as it is read for requests. */
import type { RoleReading, TimeForm, ValueLabels } from "../../column-roles.ts";
import type { RoleReadings } from "../../columns/roles.ts";
import { SAMPLE_CHARACTERS, type SampledColumn, timeFormOf } from "../../columns/sample.ts";
import type { ColumnValue } from "../../events.ts";
import type { AskedColumn, AskedTable } from "../../query/asked-table.ts";
import { joinSql, Sql, sql } from "../../query/sql.ts";
import { findReferences, type PostgresReference } from "./references.ts";
import { columnSql, ROW } from "./rows.ts";
import type { Ask } from "./session.ts";
import { findTable, integerKey, type PostgresColumn, type PostgresTable, tableSql } from "./table.ts";
import { bytesSql, isShort, plainValue, readSql, rowValue } from "./values.ts";

/** More rows tell hardly more. */
export const SAMPLE_ROWS = 100;

/** A larger value is not looked at. In bytes. */
const MAX_SAMPLED_BYTES = 262_144;

export interface LogTable {
  readonly table: PostgresTable;
  readonly key: string;
  /** The key first, and the others in the order of the table. */
  readonly columns: readonly PostgresColumn[];
  readonly references: readonly PostgresReference[];
  /** Columns of times, and how they are written. */
  readonly times: ReadonlyMap<string, TimeForm>;
}

/** Why a table can't be followed. */
export type NoLogTable = "no-table" | "no-key";

/** @param name as in `--table` */
export async function readLogTable(ask: Ask, name: string): Promise<LogTable | NoLogTable> {
  const table = await findTable(ask, name);
  if (table === undefined) return "no-table";
  const key = integerKey(table);
  const keyColumn = table.columns.find((column) => column.name === key);
  if (key === undefined || keyColumn === undefined) {
    // Columns that the role may not read are not among them: then the server says so, in its own words.
    await ask(sql`SELECT ${ROW}.* FROM ${tableSql(table)} AS ${ROW} LIMIT 0`);
    return "no-key";
  }
  const columns = [keyColumn, ...table.columns.filter((column) => column.name !== key)];
  const references = await findReferences(ask, table);
  const sampled = await sampleColumns(ask, table, columns, [key]);
  return { table, key, columns, references, times: timesOf(columns, sampled) };
}

/** The newest rows by column, newest first, as the detection of roles takes them. @param order the columns of the key */
export async function sampleColumns(
  ask: Ask,
  table: PostgresTable,
  columns: readonly PostgresColumn[],
  order: readonly string[],
  rows: number = SAMPLE_ROWS,
): Promise<SampledColumn[]> {
  if (columns.length === 0) return [];
  const values = columns.map(({ name, stored }) => {
    const value = columnSql(name);
    if (isShort(stored)) return readSql(value, stored);
    const beginning =
      stored === "bytes"
        ? readSql(value, stored)
        : sql`left(${readSql(value, stored)}, ${new Sql(String(SAMPLE_CHARACTERS))})`;
    return sql`CASE WHEN ${bytesSql(value, stored)} <= ${new Sql(String(MAX_SAMPLED_BYTES))} THEN ${beginning} END`;
  });
  const sorted = order.map((name) => sql`${columnSql(name)} DESC`);
  const orderBy = sorted.length === 0 ? sql`` : sql` ORDER BY ${joinSql(sorted, ", ")}`;
  const found = await ask(
    sql`SELECT ${joinSql(values, ", ")} FROM ${tableSql(table)} AS ${ROW}${orderBy} LIMIT ${rows}::int8`,
  );
  return columns.map(({ name, stored }, at) => ({
    name,
    values: found.map((row): ColumnValue => plainValue(rowValue(row[at], stored))),
  }));
}

/** The types say it, and where they don't, the values do. */
export function timesOf(
  columns: readonly PostgresColumn[],
  sampled: readonly SampledColumn[],
): ReadonlyMap<string, TimeForm> {
  return new Map(
    columns.flatMap(({ name, stored }, at) => {
      if (isTimeType(stored)) return [[name, "text"] as const];
      const column = sampled[at];
      const form = column === undefined ? undefined : timeFormOf(column);
      return form === undefined ? [] : [[name, form] as const];
    }),
  );
}

function isTimeType(stored: PostgresColumn["stored"]): boolean {
  return stored === "timestamptz" || stored === "timestamp" || stored === "date";
}

/** What can be asked of it. */
export function askedTable(
  { key, columns, references, times }: LogTable,
  reading: { readonly roles: RoleReadings; readonly zone: string; readonly labels: ValueLabels },
): AskedTable {
  return {
    key,
    columns: columns.map((column) => askedColumn(column, references, timeOf(column, reading.roles.time))),
    ...reading,
  };

  function timeOf({ name, stored }: PostgresColumn, time: RoleReading | undefined): TimeForm | undefined {
    return !isTimeType(stored) && time?.column === name ? (time.form ?? times.get(name)) : times.get(name);
  }
}

export function askedColumn(
  { name, affinity, stored }: PostgresColumn,
  references: readonly PostgresReference[],
  time: TimeForm | undefined,
): AskedColumn {
  const by = references.find(({ column }) => column === name);
  return {
    name,
    affinity,
    stored,
    ...(time === undefined ? {} : { time }),
    ...(by === undefined
      ? {}
      : { shownBy: { table: by.table, schema: by.schema, key: by.key, text: by.text } }),
  };
}
