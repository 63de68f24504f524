/** Questions in the SQL of PostgreSQL, by how each column stores its values. Every value is bound as text, with a cast. */
import type { Operator } from "../question.ts";
import type { AskedColumn, StoredKind } from "./asked-table.ts";
import type { Dialect } from "./dialect.ts";
import { INTEGER, NUMBER } from "./number-sql.ts";
import { member } from "./postgres-json-sql.ts";
import { containsText, equalsText, isLikeText, shownText } from "./postgres-text-sql.ts";
import { isWithin } from "./postgres-time-sql.ts";
import { anyOf, joinSql, nameSql, Sql, sql } from "./sql.ts";

/** PostgreSQL binds 65,535 values to a statement. */
const MAX_BOUND_VALUES = 60_000;

const NEVER = sql`FALSE`;

/** A text that is nothing but a number. */
const NUMBER_TEXT = String.raw`'^\s*[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?\s*$'`;

export const POSTGRES: Dialect = {
  maxBoundValues: MAX_BOUND_VALUES,
  contains: (value, { stored }, text) =>
    stored === "bytes"
      ? NEVER
      : containsText(shownText(value, stored), text, stored !== "jsonb" && stored !== "document"),
  isLike: (value, { stored }, pattern) =>
    stored === "bytes" ? NEVER : isLikeText(shownText(value, stored), pattern),
  isOneOf,
  isLabelled: isOneOf,
  isNothing: (value, { stored = "text" }) =>
    stored === "text" || stored === "other"
      ? sql`(${value} IS NULL OR ${value}::text = '')`
      : sql`(${value} IS NULL)`,
  isShownText: (shown, text) => equalsText(sql`${shown}::text`, [text]),
  isCompared,
  isWithin: (value, { stored = "text" }, { form, zone }, from, to) =>
    isWithin({ value, stored, form, zone }, from, to),
  member,
  tableName: ({ schema, table }) =>
    schema === undefined ? nameSql(table) : sql`${nameSql(schema)}.${nameSql(table)}`,
};

function isOneOf(value: Sql, { stored = "text" }: AskedColumn, texts: readonly string[]): Sql {
  switch (stored) {
    case "integer":
    case "numeric":
    case "float4":
    case "float8": {
      const numbers = texts.filter((text) => NUMBER.test(text));
      return anyOf(
        numbers.map((text) => sql`${numberColumn(value, stored, text)} = ${numberValue(stored, text)}`),
      );
    }
    case "timestamptz":
    case "timestamp":
    case "date":
    case "bytes":
      return NEVER;
    case "text":
      // Without a cast of the column an index can be used.
      return equalsText(value, texts);
    case "boolean":
    case "document":
    case "json":
    case "jsonb":
    case "other":
      return equalsText(shownText(value, stored), texts);
  }
}

function isCompared(value: Sql, { stored = "text" }: AskedColumn, operator: Operator, number: string): Sql {
  switch (stored) {
    case "integer":
      return compare(numberColumn(value, stored, number), operator, numberValue(stored, number));
    case "numeric":
    case "float4":
    case "float8":
      // NaN sorts above every number, and is none.
      return sql`(${value} <> 'NaN' AND ${compare(numberColumn(value, stored, number), operator, numberValue(stored, number))})`;
    case "text":
    case "other":
      // No longer than what `numeric` can be.
      return sql`CASE WHEN length(${value}::text) <= 400 AND ${value}::text ~ ${new Sql(NUMBER_TEXT)} THEN ${compare(sql`${value}::text::numeric`, operator, numberValue("numeric", number))} END`;
    case "boolean":
    case "bytes":
    case "date":
    case "document":
    case "json":
    case "jsonb":
    case "timestamp":
    case "timestamptz":
      return NEVER;
  }
}

function compare(left: Sql, operator: Operator, right: Sql): Sql {
  return joinSql([left, right], ` ${operator} `);
}

/** A column of numbers as it is compared with one. */
function numberColumn(value: Sql, stored: StoredKind, number: string): Sql {
  if (stored === "integer") return isInteger64(number) ? value : sql`${value}::numeric`;
  // 0.1 of four bytes is shown as 0.1, and is another number than that of eight bytes.
  return stored === "float4" ? sql`${value}::text::float8` : value;
}

/** What it is compared with. */
function numberValue(stored: StoredKind, number: string): Sql {
  if (stored === "integer" && isInteger64(number)) return sql`${number}::int8`;
  const bound = boundNumber(number);
  return stored === "integer" || stored === "numeric" ? sql`${bound}::numeric` : sql`${bound}::float8`;
}

function isInteger64(text: string): boolean {
  return INTEGER.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}

/** A number that PostgreSQL can read: a larger exponent than its types have would be an error. */
function boundNumber(text: string): string {
  const number = Number(text);
  if (number === Infinity) return "Infinity";
  if (number === -Infinity) return "-Infinity";
  return number === 0 ? "0" : text;
}
