/** Values of PostgreSQL's types as the values of a row, without loss. Why each so: docs/decisions/rows.md */
import type { ColumnValue } from "../../../events.ts";
import type { Cell } from "./client.ts";
import type { ColumnKind, FollowedColumn } from "./table-shape.ts";

/** A text or bytes larger than this stand as null in a page, as with SQLite. */
export const MAX_VALUE_BYTES = 65_536;

/** Stands in a result for a value that is too large. Random, so that no value that somebody stored is it. */
const TOO_LARGE = crypto.randomUUID();
const TOO_LARGE_BYTES = Buffer.from(TOO_LARGE);

/** Of a value of a type that has one size. */
const SMALL_BYTES = 8;

/** Kinds whose values can be large. */
const LARGE: readonly ColumnKind[] = ["decimal", "bytes", "nested", "json", "text", "printed"];

/** A number of PostgreSQL that JavaScript keeps exact has no more digits. */
const SAFE_DIGITS = 15;

export function canBeLarge({ kind }: FollowedColumn): boolean {
  return LARGE.includes(kind);
}

/** SQL of a value, whole. @param sql of the column */
export function valueSql({ kind }: FollowedColumn, sql: string): string {
  switch (kind) {
    case "integer":
    case "boolean":
    case "bytes":
    case "text":
      return kind === "text" ? `${sql}::text` : sql;
    case "instant":
      return `to_json(${sql}) #>> '{}'`;
    case "nested":
      return `to_json(${sql})::text`;
    case "float":
    case "decimal":
    case "json":
    case "short-text":
    case "printed":
      return `${sql}::text`;
  }
}

/** SQL of a value, or of what `isTooLarge` recognises. @param limit SQL of a number of bytes */
export function limitedSql(column: FollowedColumn, sql: string, limit: string): string {
  const value = valueSql(column, sql);
  if (!canBeLarge(column)) return value;
  if (column.kind === "bytes")
    return `CASE WHEN octet_length(${sql}) > ${limit} THEN '\\x${TOO_LARGE_BYTES.toHex()}'::bytea ELSE ${value} END`;
  // Of a text the server knows the length without reading it; others it knows as they are stored, which is less.
  const isLarger =
    column.kind === "text"
      ? `octet_length(${value}) > ${limit}`
      : `pg_column_size(${sql}) > ${limit} OR octet_length(${value}) > ${limit}`;
  return `CASE WHEN ${isLarger} THEN '${TOO_LARGE}' ELSE ${value} END`;
}

/** SQL of about how many bytes a value takes, without reading it. */
export function sizeSql({ kind }: FollowedColumn, sql: string): string {
  if (kind === "text" || kind === "bytes") return `coalesce(octet_length(${sql}), 0)`;
  return LARGE.includes(kind) ? `coalesce(pg_column_size(${sql}), 0)` : String(SMALL_BYTES);
}

export function isTooLarge(cell: Cell | undefined): boolean {
  return cell === TOO_LARGE || (cell instanceof Uint8Array && Buffer.compare(cell, TOO_LARGE_BYTES) === 0);
}

/** A value of a result as the value of a row. */
export function rowValue({ kind }: FollowedColumn, cell: Cell | undefined): ColumnValue {
  if (cell === null || cell === undefined) return null;
  if (kind === "float") return Number(cell);
  if (kind === "decimal") return decimal(String(cell));
  if (kind === "integer" && typeof cell === "string") return BigInt(cell);
  if (typeof cell === "boolean" || (typeof cell === "object" && !(cell instanceof Uint8Array)))
    return String(cell);
  return cell;
}

/** A number where it is the same one in JavaScript, and a text otherwise: 0.10 is 0.1, but 1e-400 is not 0. */
function decimal(text: string): ColumnValue {
  const digits = text.replace(/^-?0*|\./g, "").replace(/^0+/, "");
  return /^-?[\d.]+$/.test(text) && digits.length <= SAFE_DIGITS && text.length <= 2 * SAFE_DIGITS
    ? Number(text)
    : text;
}
