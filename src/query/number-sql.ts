/** Texts and numbers in SQL: equal as they are stored, or compared as numbers. */
import type { Operator } from "../question.ts";
import type { AskedColumn } from "./asked-table.ts";
import { joinSql, type Sql, sql, type SqlValue } from "./sql.ts";

/** As it is written in a question. */
export const INTEGER = /^-?\d{1,19}$/;
export const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** Exactly as it is stored: as a text, or as a number where it is written like one. */
export function isOneOf(value: Sql, texts: readonly string[]): Sql {
  const same = sql`${value} IN (${list(texts.flatMap(readings))})`;
  // 3.0 is the number 3, but not the text 3.
  const numbers = texts.filter((text) => NUMBER.test(text) && readings(text).length === 1).map(numberOf);
  if (numbers.length === 0) return same;
  return sql`(${same} OR (typeof(${value}) IN ('integer', 'real') AND ${value} IN (${list(numbers)})))`;
}

/** A text, and the number that is written as this text. */
export function readings(text: string): SqlValue[] {
  if (!NUMBER.test(text)) return [text];
  const number = numberOf(text);
  return String(number) === text ? [text, number] : [text];
}

/** Exact where it is an integer of 64 bits. */
export function numberOf(text: string): number | bigint {
  if (!INTEGER.test(text)) return Number(text);
  const integer = BigInt(text);
  return BigInt.asIntN(64, integer) === integer ? integer : Number(text);
}

/** Numbers, and texts that are written like numbers, where the column does not turn them into numbers anyway. */
export function isCompared(
  value: Sql,
  affinity: AskedColumn["affinity"],
  operator: Operator,
  number: SqlValue,
): Sql {
  const bound = sql`CAST(${number} AS NUMERIC)`;
  const compare = (what: Sql): Sql => {
    switch (operator) {
      case ">":
        return sql`${what} > ${bound}`;
      case ">=":
        return sql`${what} >= ${bound}`;
      case "<":
        return sql`${what} < ${bound}`;
      case "<=":
        return sql`${what} <= ${bound}`;
    }
  };
  // The plus keeps an index from being used, which would sort by the value.
  if (affinity === "numeric")
    return sql`(typeof(${value}) IN ('integer', 'real') AND ${compare(sql`+${value}`)})`;
  // Beside a CAST to NUMERIC a text that is nothing but a number becomes one. Any other text is above every number.
  return sql`(${value} <= CAST(9e999 AS NUMERIC) AND ${compare(value)})`;
}

export function list(values: readonly SqlValue[]): Sql {
  return joinSql(
    values.map((value) => sql`${value}`),
    ", ",
  );
}
