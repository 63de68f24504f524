/** What is written into SQL is what would be bound to it. */
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";

import * as fc from "fast-check";

import { literalSql } from "../../src/query/literal-sql.ts";
import { nameSql, sql, type SqlValue } from "../../src/query/sql.ts";

const database = new Database(":memory:", { safeIntegers: true });
const typed = (value: SqlValue) => sql`SELECT typeof(${value}), hex(${value}), 0 - ${value}`;

const agree = (value: SqlValue): void => {
  const statement = typed(value);
  const bound = database.prepare<unknown, SqlValue[]>(statement.text).values(...statement.bind(0));
  const text = literalSql(statement, 0);
  expect(database.prepare(text).values()).toEqual(bound);
  expect(text).not.toMatch(/[!\p{C}]/u);
};

test.each([
  0,
  -0,
  5,
  -5,
  1.5,
  1e21,
  1e-7,
  2 ** 40,
  2 ** 53,
  -(2 ** 53),
  Infinity,
  -Infinity,
  Number.NaN,
  0n,
  -1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  null,
  Uint8Array.of(),
  Uint8Array.of(0, 255),
  "",
  "it's",
  '"?"',
  "a\0b",
  "\0",
  "\u202E!",
  "a\nb\\",
  "\u{1F600}",
  "--",
])("%p", (value) => agree(value));

test("any value", () => {
  const text = fc.string({ unit: "binary" }).map((each) => each.toWellFormed());
  fc.assert(
    fc.property(fc.oneof(text, fc.double(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), agree),
  );
});

test("a question mark in a name or in a text is no place for a value", () => {
  const statement = sql`SELECT ${nameSql('a "?" b')}, ' ? ', ${"?"}`;
  expect(literalSql(statement, 0)).toBe(`SELECT "a ""?"" b", ' ? ', '?'`);
});

test("what depends on the time is of that time", () => {
  expect(literalSql(sql`SELECT ${(nowMs: number) => nowMs - 1}`, 8)).toBe("SELECT 7");
});
