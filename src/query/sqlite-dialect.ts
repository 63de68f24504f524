/** Questions in the SQL of SQLite. */
import type { Pattern } from "../question.ts";
import type { AskedColumn } from "./asked-table.ts";
import type { Dialect, Member } from "./dialect.ts";
import { isCompared, isOneOf, list, numberOf, readings } from "./number-sql.ts";
import { nameSql, type Sql, sql } from "./sql.ts";
import { contains, isLike } from "./text-sql.ts";
import { isWithin } from "./time-sql.ts";

/** SQLite binds 32,766 values to a statement. */
const MAX_BOUND_VALUES = 30_000;

export const SQLITE: Dialect = {
  maxBoundValues: MAX_BOUND_VALUES,
  contains: (value, _, text, mayBeJson) => contains(mayBeJson ? readableJson(value) : value, text),
  isLike: (value, _, pattern) => isLike(value, pattern),
  isOneOf: (value, _, texts) => isOneOf(value, texts),
  isLabelled: (value, _, keys) => sql`${value} IN (${list(keys.flatMap(readings))})`,
  isNothing: (value) => sql`(${value} IS NULL OR ${value} = '')`,
  isShownText: (shown, text) => sql`${shown} = ${text}`,
  isCompared: (value, { affinity }, operator, number) =>
    isCompared(value, affinity, operator, numberOf(number)),
  isWithin: (value, { affinity }, { form, zone }, from, to) =>
    isWithin({ value, affinity, form, zone }, from, to),
  member,
  tableName: ({ table }) => nameSql(table),
};

/** JSONB is shown as the JSON that it is. Its own bytes hold letters that nobody wrote. */
function readableJson(value: Sql): Sql {
  return sql`CASE WHEN typeof(${value}) = 'blob' AND json_valid(${value}, 8) THEN json(${value}) ELSE ${value} END`;
}

function member(stored: Sql, _: AskedColumn, rest: readonly (string | number)[]): Member {
  const path = jsonPath(rest);
  // Some programs store the bytes of their JSON.
  const json = sql`CASE WHEN typeof(${stored}) = 'blob' AND NOT json_valid(${stored}, 8) THEN CAST(${stored} AS TEXT) ELSE ${stored} END`;
  const whole = sql`CASE WHEN json_valid(${json}, 9) THEN ${json} END`;
  const value = sql`json_extract(${whole}, ${path})`;
  const type = sql`json_type(${whole}, ${path})`;
  return {
    value,
    column: { name: "", affinity: "none" },
    compared: (comparison) => sql`(${comparison} AND ${type} NOT IN ('true', 'false'))`,
    isLike: (pattern: Pattern) => sql`(${isLike(value, pattern)} AND ${type} NOT IN ('true', 'false'))`,
    isSame: (text) => {
      // SQLite gives 1 for true.
      const isSame = sql`(${isOneOf(value, [text])} AND ${type} NOT IN ('true', 'false'))`;
      return text === "true" || text === "false" ? sql`(${isSame} OR ${type} = ${text})` : isSame;
    },
    isNothing: sql`(${value} IS NULL OR ${value} = '')`,
  };
}

/** As SQLite takes it: https://sqlite.org/json1.html#path_arguments. Names are written as in JSON. */
function jsonPath(rest: readonly (string | number)[]): string {
  return `$${rest.map((step) => (typeof step === "number" ? `[${step}]` : `.${JSON.stringify(step)}`)).join("")}`;
}
