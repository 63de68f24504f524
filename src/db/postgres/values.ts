/** Values of PostgreSQL as rows have them: read as text, so that no digit is lost, and bytes as they are. */
import { type ColumnValue, JsonText, type RowValue } from "../../events.ts";
import type { Affinity, StoredKind } from "../../query/asked-table.ts";
import { shownText } from "../../query/postgres-text-sql.ts";
import { Sql, sql } from "../../query/sql.ts";
import type { ReadValue } from "./session.ts";

/** A JavaScript number holds all decimal numbers of so many digits. */
const EXACT_DIGITS = 15;

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** What `pg_type` says of a type, or of the type that a domain is made of. */
export interface PostgresType {
  readonly name: string;
  /** Such as "A" of arrays: https://www.postgresql.org/docs/current/catalog-pg-type.html */
  readonly category: string;
  /** Such as "c" of composite types. */
  readonly kind: string;
  /** Of PostgreSQL itself: a type of somebody's own may have the same name. */
  readonly isBuiltIn: boolean;
}

const STORED: Readonly<Record<string, StoredKind>> = {
  text: "text",
  varchar: "text",
  int2: "integer",
  int4: "integer",
  int8: "integer",
  numeric: "numeric",
  float4: "float4",
  float8: "float8",
  bool: "boolean",
  timestamptz: "timestamptz",
  timestamp: "timestamp",
  date: "date",
  jsonb: "jsonb",
  json: "json",
  bytea: "bytes",
};

export function storedKind({ name, category, kind, isBuiltIn }: PostgresType): StoredKind {
  if (category === "A" || kind === "c") return "document";
  return (isBuiltIn ? STORED[name] : undefined) ?? "other";
}

/** Whether a word is looked for in a column: as in a SQLite file, not in numbers and times. */
export function affinityOf({ category }: PostgresType, stored: StoredKind): Affinity {
  if (["B", "D", "N", "T"].includes(category)) return "numeric";
  return stored === "text" || stored === "other" ? "text" : "none";
}

/** Kinds whose values are never long. */
const SHORT: readonly StoredKind[] = [
  "integer",
  "float4",
  "float8",
  "boolean",
  "timestamptz",
  "timestamp",
  "date",
];

export function isShort(stored: StoredKind): boolean {
  return SHORT.includes(stored);
}

/** SQL by which a value is read; `rowValue` makes a value of what comes. */
export function readSql(value: Sql, stored: StoredKind): Sql {
  if (stored === "bytes") return value;
  // In an array a number beyond 2^53 is written as a text, and then all of them are.
  if (stored === "document")
    return sql`(CASE WHEN ${value}::text ~ '[0-9.]{16}' AND jsonb_typeof(to_jsonb(${value})) = 'array' THEN to_jsonb(${value}::text::text[])::text ELSE to_jsonb(${value})::text END)`;
  return shownText(value, stored);
}

/** How many bytes a value has, as it is read. */
export function bytesSql(value: Sql, stored: StoredKind): Sql {
  return stored === "bytes" ? sql`octet_length(${value})` : sql`octet_length(${readSql(value, stored)})`;
}

/** A document is no larger than about 64 KB where so many bytes of it are stored, however well they are packed. */
const SMALL_BYTES = 512;

/** Whether a value has more bytes. That of a text is known without reading it, but not that of a document. */
export function isLargerSql(value: Sql, stored: StoredKind, bytes: number): Sql {
  const limit = new Sql(String(bytes));
  const isLarger = sql`${bytesSql(value, stored)} > ${limit}`;
  if (!["jsonb", "document"].includes(stored) || bytes < 65_536) return isLarger;
  return sql`(pg_column_size(${value}) > ${new Sql(String(SMALL_BYTES))} AND ${isLarger})`;
}

/** @param read of `readSql` */
export function rowValue(read: ReadValue, stored: StoredKind): RowValue {
  if (read === null || read === undefined) return null;
  if (read instanceof Uint8Array) return read;
  const text = String(read);
  switch (stored) {
    case "integer":
      return BigInt(text);
    case "float4":
    case "float8":
      return Number(text);
    case "numeric":
      return decimal(text);
    case "boolean":
      return new JsonText(text);
    case "jsonb":
    case "json":
    case "document":
      // Outside of its texts, where there are none of these, they are blanks.
      return new JsonText(text.replaceAll(/[\r\n\t]+/g, " "));
    case "bytes":
    case "date":
    case "other":
    case "text":
    case "timestamp":
    case "timestamptz":
      return text;
  }
}

/** A number where a JavaScript reader keeps all of its digits, and a text beyond, as of an integer. */
function decimal(text: string): RowValue {
  if (/^-?\d+$/.test(text)) {
    const integer = BigInt(text);
    return integer <= MAX_SAFE && integer >= -MAX_SAFE ? integer : text;
  }
  return /^-?\d+\.\d+$/.test(text) && text.replace(/^-?0*\.?0*/, "").replace(".", "").length <= EXACT_DIGITS
    ? new JsonText(text)
    : text;
}

/** A value as the detection of roles takes it. */
export function plainValue(value: RowValue): ColumnValue {
  return value instanceof JsonText ? value.json : value;
}
