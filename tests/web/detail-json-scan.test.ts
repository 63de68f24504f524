import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import {
  countMembers,
  isContainer,
  type JsonMember,
  type JsonPosition,
  type JsonValue,
  readMembers,
  rootOf,
  textAt,
} from "../../src/web/detail/json-scan.ts";

/** Read in pages, put together again. */
function rebuild(text: string, value: JsonValue): unknown {
  if (!isContainer(value)) return JSON.parse(text.slice(value.start, value.end));
  const members: JsonMember[] = [];
  let from: JsonPosition | undefined;
  do {
    const page = readMembers(text, value, 2, from);
    members.push(...page.members);
    from = page.next;
  } while (from !== undefined);
  expect(countMembers(text, value)).toBe(members.length);
  expect(members.map(({ place }) => place)).toEqual(members.map((_, at) => at));
  if (value.kind === "array") return members.map((member) => rebuild(text, member.value));
  return Object.fromEntries(members.map((member) => [member.key, rebuild(text, member.value)]));
}

describe("JSON read in pages", () => {
  test("is the same JSON", () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, "\t\n"), (json, indent) => {
        const text = ` ${JSON.stringify(JSON.parse(json), null, indent)}\n`;
        expect(rebuild(text, rootOf(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  test("has numbers as they are written, and keys that stand twice", () => {
    const text = '{"n":12345678901234567890,"e":1e400,"p":1.10,"p":-2,"t":true,"z":null,"\\u0061\\"":"\\\\"}';
    const { members } = readMembers(text, rootOf(text), 50);
    expect(members.map(({ key, value }) => [key, value.kind, textAt(text, value)])).toEqual([
      ["n", "number", "12345678901234567890"],
      ["e", "number", "1e400"],
      ["p", "number", "1.10"],
      ["p", "number", "-2"],
      ["t", "word", "true"],
      ["z", "word", "null"],
      ['a"', "text", "\\"],
    ]);
  });

  test.each(["", "{", "[", '{"a', '{"a":', "[1,", '["\\', "}{", ",,,", "{,}", "[1 2]", "{:}"])(
    "comes to an end for what is none: %j",
    (text) => {
      const root = rootOf(text);
      readMembers(text, root, 50);
      countMembers(text, root);
      expect(root.end).toBeLessThanOrEqual(text.length + 1);
    },
  );
});

describe("large JSON is quick", () => {
  const quick = (text: string) => {
    let best = Infinity;
    for (let round = 0; round < 3; round++) {
      const startedAt = performance.now();
      const root = rootOf(text);
      countMembers(text, root);
      const { members } = readMembers(text, root, 50);
      for (const { value } of members) if (isContainer(value)) countMembers(text, value);
      best = Math.min(best, performance.now() - startedAt);
    }
    expect(best).toBeLessThan(50);
  };

  test("of 1 MB in one array", () => quick(`[${"1,".repeat(500_000)}1]`));
  test("of 1 MB in texts", () =>
    quick(JSON.stringify(Array.from({ length: 20_000 }, () => '\\"'.repeat(12)))));
  test("nested 100,000 deep", () => quick(`${'{"a":['.repeat(50_000)}${"]}".repeat(50_000)}`));
});
