import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import type { ColumnValue } from "../../src/events.ts";
import { csvLine } from "../../src/rows/csv.ts";
import { parseCsv } from "../support/csv.ts";

const FIELDS: readonly (readonly [value: ColumnValue, field: string])[] = [
  [null, ""],
  ["", '""'],
  ["plain text", "plain text"],
  [" blanks ", " blanks "],
  ["a,b", '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ["two\nlines", '"two\nlines"'],
  ["two\r\nlines", '"two\r\nlines"'],
  ["\r", `"'\r"`],
  ["ünï🚀", "ünï🚀"],
  [5, "5"],
  [-5.5, "-5.5"],
  [9_223_372_036_854_775_807n, "9223372036854775807"],
  [-(2n ** 63n), "-9223372036854775808"],
  [new Uint8Array([0, 255]), "AP8="],
  [new Uint8Array(), '""'],
  ["=1+1", "'=1+1"],
  ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
  ["+1 2", "'+1 2"],
  ["-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\t=1", "'\t=1"],
  ["-5", "-5"],
  ["+5.25", "+5.25"],
  ["-5-3", "'-5-3"],
  ["-", "'-"],
  ["a=b", "a=b"],
];

describe("a field", () => {
  test.each(FIELDS)("%p is written as %p", (value, field) => {
    expect(csvLine([value], [])).toBe(`${field}\r\n`);
    expect(csvLine([1, value, "x"], [])).toBe(`1,${field},x\r\n`);
  });

  test("that was too large says so", () => {
    expect(csvLine([1, null, "x"], [1])).toMatch(/^1,\(too large; [^,"]*\),x\r\n$/);
  });
});

test("whatever the values are, a reader gets them back, and no formula", () => {
  const values = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: fc.constantFrom('"', ",", "\r", "\n", "=", "-", "+", "@", "\t", "a", "5", ".") }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constant(null),
  );
  fc.assert(
    fc.property(fc.array(fc.array(values, { minLength: 1, maxLength: 5 }), { maxLength: 5 }), (rows) => {
      const read = parseCsv(rows.map((row) => csvLine(row, [])).join(""));
      expect(read.map((row) => row.length)).toEqual(rows.map((row) => row.length));
      for (const [at, field] of read.flat().entries()) {
        const value = rows.flat()[at] ?? null;
        const isDefused = typeof value === "string" && field === `'${value}`;
        expect(isDefused || field === String(value ?? "")).toBe(true);
        if (/^[=@+\t\r-]/.test(field)) expect(field).toMatch(/^[+-]?[\d.]+$/);
      }
    }),
    { numRuns: 500 },
  );
});
