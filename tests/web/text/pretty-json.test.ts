import { expect, test } from "bun:test";

import { prettyJson } from "../../../src/web/text/pretty-json.ts";

test("writes JSON over several lines", () => {
  const value = { a: 1, b: [true, null, "x"], c: { d: {}, e: [] }, f: 'a "b", {c}: [d]' };
  expect(prettyJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
  expect(prettyJson(" [ 1 ,\n 2 ] ")).toBe("[\n  1,\n  2\n]");
});

test("keeps the digits of numbers, and keys that stand twice", () => {
  expect(prettyJson('{"n":12345678901234567890,"p":1.10,"p":2}')).toBe(
    '{\n  "n": 12345678901234567890,\n  "p": 1.10,\n  "p": 2\n}',
  );
});

test.each([["text"], ["12"], ['"quoted"'], ["{broken"], [""], ["true"]])(
  "%j is no JSON object or array",
  (text) => {
    expect(prettyJson(text)).toBeUndefined();
  },
);

test("what is nested very deep is written, and its indentation ends somewhere", () => {
  const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
  expect((prettyJson(deep) ?? "").length).toBeLessThan(10_000_000);
});
