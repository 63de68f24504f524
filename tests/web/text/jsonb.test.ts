import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";

import { readJsonb } from "../../../src/web/text/jsonb.ts";

const database = new Database(":memory:");
const jsonb = (json: string): Uint8Array =>
  database.query<{ b: Uint8Array }, [string]>("SELECT jsonb(?) AS b").get(json)?.b ?? new Uint8Array();
const plain = (json: string): string =>
  database.query<{ j: string }, [string]>("SELECT json(?) AS j").get(json)?.j ?? "";

test.each([
  ["null"],
  ["true"],
  ["false"],
  ["0"],
  ["-12345678901234567890"],
  ["1.50"],
  ["-2.5e-300"],
  ['""'],
  ['"plain"'],
  [String.raw`"a \"quote\", a \u00e9 and a \n"`],
  ['"ünï 🦉"'],
  ["[]"],
  ["{}"],
  ['[1,"two",[3,[4]],{"five":5}]'],
  ['{"a":1,"b":{"c":[true,null]},"a b":"x"}'],
  [`{"long":"${"x".repeat(300)}","longer":"${"y".repeat(70_000)}"}`],
  [`[${"[".repeat(500)}${"]".repeat(500)}]`],
])("reads what SQLite writes for %s", (json) => {
  expect(readJsonb(jsonb(json))).toBe(plain(json));
});

test.each([
  ["{a:1}", '{"a":1}'],
  ["[0x1F,+5,-0x10]", "[31,5,-16]"],
  ["[.5,5.,-.25]", "[0.5,5.0,-0.25]"],
  [String.raw`['it\'s','\x41\v\0']`, String.raw`["it's","A\u000b\u0000"]`],
  ["[Infinity]", "[9e999]"],
])("writes JSON5 as JSON: %s", (json5, json) => {
  expect(readJsonb(jsonb(json5))).toBe(json);
});

test("quotes text that was stored raw", () => {
  const blob =
    database.query<{ b: Uint8Array }, []>(`SELECT jsonb_array('a "b"' || char(10)) AS b`).get()?.b ??
    new Uint8Array();
  expect(readJsonb(blob)).toBe(String.raw`["a \"b\"\n"]`);
});

test.each([
  ["nothing", []],
  ["a byte too many", [...jsonb('{"a":1}'), 0]],
  ["a byte too few", [...jsonb('{"a":1}')].slice(0, -1)],
  ["an object with a name and no value", [0x2c, 0x17, 0x61]],
  ["an object whose name is a number", [0x4c, 0x13, 0x31, 0x13, 0x31]],
  ["an integer that is none", [0x23, 0x61, 0x62]],
  ["text that is no UTF-8", [0x1b + 0x10, 0x17, 0xff]],
  ["a type that is reserved", [0x0d]],
  ["a size beyond the end", [0xfb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ["a true with a payload", [0x11, 0x00]],
])("does not take for JSONB: %s", (_name, bytes) => {
  expect(readJsonb(Uint8Array.from(bytes))).toBeUndefined();
});

test("does not end the stack on a blob that nests for ever", () => {
  let blob: number[] = [0x0b];
  for (let depth = 0; depth < 3000; depth++) {
    const size = blob.length;
    blob = [0xeb, (size >> 24) & 255, (size >> 16) & 255, (size >> 8) & 255, size & 255, ...blob];
  }
  expect(readJsonb(Uint8Array.from(blob))).toBeUndefined();
});
