/** The key of a row as one text, and the condition that finds the row again. */
import type { ColumnValue } from "../../../events.ts";
import { isOneOf } from "../../../query/number-sql.ts";
import { allOf, anyOf, Sql, sql } from "../../../query/sql.ts";
import { valueJson } from "../../../rows/json.ts";
import { columnSql, type PanelShape } from "./shape.ts";

/** A row whose key is NULL in part is known by its rowid. */
const BY_ROWID = /^rowid:(-?\d{1,19})$/;
const BYTES = /^x'((?:[0-9a-f]{2})*)'$/;

/** @param values of the columns of the key */
export function rowKey(values: readonly ColumnValue[], unique: readonly ColumnValue[]): string {
  const [only = null, ...more] = values;
  if (values.includes(null) && unique.length === 1) return `rowid:${String(unique[0])}`;
  return more.length === 0 ? textOf(only) : `[${values.map(partJson).join(",")}]`;
}

function textOf(value: ColumnValue): string {
  return value instanceof Uint8Array ? `x'${value.toHex()}'` : String(value);
}

function partJson(value: ColumnValue): string {
  return valueJson(value instanceof Uint8Array ? textOf(value) : value);
}

/** @returns undefined where no row can have this key */
export function findByKey(shape: PanelShape, key: string): Sql | undefined {
  if (shape.key.length === 0) return undefined;
  const parts = shape.key.length === 1 ? [key] : partsOf(key, shape.key.length);
  const byRowid = BY_ROWID.exec(key)?.[1];
  const [rowid] = shape.unique;
  const found: Sql[] = [];
  if (parts !== undefined)
    found.push(allOf(shape.key.map((column, at) => isValue(new Sql(columnSql(column)), parts[at] ?? ""))));
  if (byRowid !== undefined && rowid !== undefined && shape.unique.length === 1)
    found.push(sql`${new Sql(rowid)} = CAST(${byRowid} AS INTEGER)`);
  return found.length === 0 ? undefined : anyOf(found);
}

function isValue(column: Sql, text: string): Sql {
  const bytes = BYTES.exec(text)?.[1];
  const asWritten = isOneOf(column, [text]);
  return bytes === undefined ? asWritten : anyOf([asWritten, sql`${column} = ${Uint8Array.fromHex(bytes)}`]);
}

/** The parts of a JSON array, as text. */
function partsOf(key: string, count: number): string[] | undefined {
  try {
    const parts: unknown = JSON.parse(key);
    if (!Array.isArray(parts) || parts.length !== count) return undefined;
    return parts.map(String);
  } catch {
    return undefined;
  }
}
