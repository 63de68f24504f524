import { describe, expect, test } from "bun:test";

import { parseQuestion } from "../../src/query/parse.ts";
import { printTerm } from "../../src/query/print.ts";
import { MAX_ASKED_LENGTH, questionAbout, termOf, withTerm } from "../../src/web/detail/terms.ts";

const ROLES = { id: "id", time: "at", type: "kind", metadata: "data" };

const printed = (column: string, path: readonly (string | number)[], text: string): string => {
  const term = termOf({ column, path, text }, ROLES);
  if (term === undefined) throw new Error("no term");
  const question = printTerm(term);
  // What is printed is read as the same.
  expect(parseQuestion(question).terms).toEqual([term]);
  return question;
};

describe("a value as a term", () => {
  test.each<[string, readonly (string | number)[], string, string]>([
    ["kind", [], "task_failed", "type:task_failed"],
    ["data", ["error", "code"], "E12", "metadata.error.code:E12"],
    ["data", ["items", 0, "a.b"], "12345678901234567890", 'metadata.items[0]."a.b":12345678901234567890'],
    ["colour", [], "pale *red*", 'colour:"pale \\*red\\*"'],
    ["note", [], "", 'note:""'],
    ["note", [], "line one\nline two", String.raw`note:"line one\u{a}line two"`],
    ["at", [], "2026-11-25T10:00:00Z", "time:2026-11-25T10:00:00Z"],
    ["at", [], "1764028800000", "time:1764028800000"],
    ["at", [], "", 'time:""'],
    // What is no time is the text that the column stores.
    ["at", [], "yesterday at noon", 'at:"yesterday at noon"'],
    // Columns that are called like something else.
    ["type", [], "x", '"type":x'],
    ["Since", [], "x", '"Since":x'],
    ["metadata", ["a"], "x", '"metadata".a:x'],
  ])("%s %j %j", (column, path, text, expected) => {
    expect(printed(column, path, text)).toBe(expected);
  });

  test("is one of the column itself where no time is stored, whatever it is called", () => {
    const term = termOf({ column: "time", path: [], text: "never" }, { id: "id", time: "time" });
    expect(term === undefined ? undefined : printTerm(term)).toBe('"time":never');
  });

  test("is none where it is too long, or can't be searched for", () => {
    expect(termOf({ column: "a", path: [], text: "x".repeat(MAX_ASKED_LENGTH + 1) }, ROLES)).toBeUndefined();
    expect(termOf({ column: "a", path: [], text: "\0" }, ROLES)).toBeUndefined();
    // A moment that moves with now.
    expect(termOf({ column: "at", path: [], text: "2h" }, ROLES)).toBeUndefined();
  });
});

describe("a question with one more term", () => {
  const term = parseQuestion("type:done").terms[0];
  if (term === undefined) throw new Error("no term");

  test.each([
    ["", false, "type:done"],
    ["", true, "-type:done"],
    ["actor:a", false, "actor:a type:done"],
    ["type:done", false, "type:done"],
    ["-type:done actor:a", false, "actor:a type:done"],
    ["type:done actor:a", true, "actor:a -type:done"],
  ])("%j %p", (question, isNegated, expected) => {
    expect(withTerm(question, term, isNegated)).toBe(expected);
  });
});

test("a question about an actor", () => {
  expect(questionAbout("actor", "agent 1")).toBe('actor:"agent 1"');
});
