import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { parseQuestion, parseTest, QuestionError } from "../../src/query/parse.ts";
import { printQuestion } from "../../src/query/print.ts";
import type { Question, Term } from "../../src/question.ts";

/** The terms without where they stood. */
function termsOf(text: string): object[] {
  return parseQuestion(text).terms.map((term) => ({ ...term, at: undefined }));
}

const field = (...names: (string | number)[]) => ({ path: names, isColumn: false });
const some = (...values: string[]) => ({ kind: "any", values: values.map((value) => value.split("*")) });

describe("a term", () => {
  const READINGS: readonly (readonly [string, object])[] = [
    ["deploy", { kind: "text", isNegated: false, text: ["deploy"] }],
    ['"out of memory"', { kind: "text", isNegated: false, text: ["out of memory"] }],
    ["fail*", { kind: "text", isNegated: false, text: ["fail", ""] }],
    ["-deploy", { kind: "text", isNegated: true, text: ["deploy"] }],
    ["type:done", { kind: "field", isNegated: false, field: field("type"), test: some("done") }],
    [
      "type:done,failed",
      { kind: "field", isNegated: false, field: field("type"), test: some("done", "failed") },
    ],
    ["-actor:scheduler", { kind: "field", isNegated: true, field: field("actor"), test: some("scheduler") }],
    ["target:job-10*", { kind: "field", isNegated: false, field: field("target"), test: some("job-10*") }],
    ['actor:"Ann, B."', { kind: "field", isNegated: false, field: field("actor"), test: some("Ann, B.") }],
    [
      'actor:"a \\"b\\" \\\\ c"',
      { kind: "field", isNegated: false, field: field("actor"), test: some('a "b" \\ c') },
    ],
    [
      'actor:"5 \\* 5"',
      { kind: "field", isNegated: false, field: field("actor"), test: { kind: "any", values: [["5 * 5"]] } },
    ],
    ['actor:""', { kind: "field", isNegated: false, field: field("actor"), test: some("") }],
    ['actor:"",ann', { kind: "field", isNegated: false, field: field("actor"), test: some("", "ann") }],
    [
      "id:>=5",
      {
        kind: "field",
        isNegated: false,
        field: field("id"),
        test: { kind: "compare", operator: ">=", value: "5" },
      },
    ],
    [
      "id:<5",
      {
        kind: "field",
        isNegated: false,
        field: field("id"),
        test: { kind: "compare", operator: "<", value: "5" },
      },
    ],
    [
      "id:3..7",
      { kind: "field", isNegated: false, field: field("id"), test: { kind: "range", from: "3", to: "7" } },
    ],
    [
      "id:3..",
      {
        kind: "field",
        isNegated: false,
        field: field("id"),
        test: { kind: "range", from: "3", to: undefined },
      },
    ],
    [
      "id:..7",
      {
        kind: "field",
        isNegated: false,
        field: field("id"),
        test: { kind: "range", from: undefined, to: "7" },
      },
    ],
    [
      'time:"2026-11-25 10:00".."2026-11-25 11:00"',
      {
        kind: "field",
        isNegated: false,
        field: field("time"),
        test: { kind: "range", from: "2026-11-25 10:00", to: "2026-11-25 11:00" },
      },
    ],
    ['target:"a..b"', { kind: "field", isNegated: false, field: field("target"), test: some("a..b") }],
    ['target:">5"', { kind: "field", isNegated: false, field: field("target"), test: some(">5") }],
    [
      "metadata.error.code:E7",
      { kind: "field", isNegated: false, field: field("metadata", "error", "code"), test: some("E7") },
    ],
    [
      "payload.items[0].sku:7",
      { kind: "field", isNegated: false, field: field("payload", "items", 0, "sku"), test: some("7") },
    ],
    [
      'payload."a b".c:7',
      { kind: "field", isNegated: false, field: field("payload", "a b", "c"), test: some("7") },
    ],
    [
      '"my column":7',
      { kind: "field", isNegated: false, field: { path: ["my column"], isColumn: true }, test: some("7") },
    ],
    ["since:2h", { kind: "bound", isNegated: false, side: "since", time: "2h" }],
    [
      "until:2026-11-25T10:00Z",
      { kind: "bound", isNegated: false, side: "until", time: "2026-11-25T10:00Z" },
    ],
    [
      'actor:"one\\u{a}two\\u{1F600}"',
      { kind: "field", isNegated: false, field: field("actor"), test: some("one\ntwo😀") },
    ],
    // What stands for no character is what it is.
    [
      String.raw`actor:"\n \u{} \u{110000} \u{g} \uabcd \\u{a}"`,
      {
        kind: "field",
        isNegated: false,
        field: field("actor"),
        test: some(String.raw`\n \u{} \u{110000} \u{g} \uabcd \u{a}`),
      },
    ],
    ["a:C:\\x\\y", { kind: "field", isNegated: false, field: field("a"), test: some("C:\\x\\y") }],
  ];

  test.each(READINGS)("%s", (text, expected) => {
    expect(termsOf(text)).toEqual([{ ...expected, at: undefined }]);
  });

  test("follows another after blanks, and knows where it stood", () => {
    const { terms } = parseQuestion('  deploy\t"out of memory"  type:done ');
    expect(terms.map(({ kind, at }) => [kind, at])).toEqual([
      ["text", 2],
      ["text", 9],
      ["field", 26],
    ]);
  });

  test("nothing asks for everything", () => {
    expect(parseQuestion("  ").terms).toEqual([]);
  });
});

describe("what can't be read is told with its place, what is expected, and an example", () => {
  const MISTAKES: readonly (readonly [text: string, at: number, words: RegExp])[] = [
    ['deploy "out of', 7, /never ends/],
    ["type:", 5, /value/],
    ["type:done,", 10, /value/],
    ["type:,done", 5, /value/],
    [":done", 0, /field/],
    ["a -", 3, /After the minus/],
    ["metadata..code:7", 9, /name/],
    ["payload.items[x]:7", 14, /number/],
    ["payload.items[0:7", 15, /bracket/],
    ["id:>", 4, /value/],
    ["id:..", 3, /value/],
    ["id:>=3,4", 6, /alone/],
    ["id:1..2,4", 7, /alone/],
    ["id:>3*", 5, /star/],
    ['"a"b', 3, /blank/],
    ['type:"a"b', 8, /blank/],
    ["a OR b", 2, /no OR/],
    ["a AND b", 2, /AND/],
    ["NOT b", 0, /minus/],
    ["since:1h,2h", 8, /one time/],
    ["since:", 6, /value/],
    ["*", 0, /star/],
    [`type:${Array.from({ length: 101 }, () => "a").join(",")}`, 204, /100 values/],
    ["x".repeat(5000), 4096, /4096/],
    [Array.from({ length: 65 }, () => "a").join(" "), 128, /64/],
  ];

  test.each(MISTAKES)("%s", (text, at, words) => {
    const error = failureOf(() => parseQuestion(text));
    expect(error.at).toBe(at);
    expect(error.message).toMatch(words);
    expect(error.message).toMatch(/for example|Write/i);
  });
});

describe("the value of a parameter", () => {
  test("may have blanks in it", () => {
    expect(parseTest("Ann B.,Bob")).toEqual({ kind: "any", values: [["Ann B."], ["Bob"]] });
    expect(parseTest(">=5")).toEqual({ kind: "compare", operator: ">=", value: "5" });
  });

  test.each([
    ["1..2,4", 4, /alone/],
    [">=3,4", 3, /alone/],
    ["1..2..3", 4, /alone/],
    ["done,", 5, /value/],
  ] as const)("is read to its end: %s", (text, at, words) => {
    const error = failureOf(() => parseTest(text));
    expect(error.at).toBe(at);
    expect(error.message).toMatch(words);
  });
});

function failureOf(call: () => unknown): QuestionError {
  try {
    call();
  } catch (error) {
    if (error instanceof QuestionError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("a question as text", () => {
  const piece = fc.string({
    unit: fc.constantFrom(...Array.from('aB9 ,:"\\.-<>=[]é😀\t\n\r\0\u2028\u202eu{}')),
    maxLength: 8,
  });
  const pattern = fc.array(piece, { minLength: 1, maxLength: 3 });
  const filled = pattern.filter((pieces) => pieces.some((text) => text !== ""));
  const word = piece.filter((text) => text !== "");
  const path = fc
    .tuple(word, fc.array(fc.oneof(word, fc.nat(1000)), { maxLength: 3 }))
    .map(([name, rest]) => [name, ...rest] as [string, ...(string | number)[]]);
  const fieldTest = fc.oneof(
    fc.record({
      kind: fc.constant("any" as const),
      values: fc.array(pattern, { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant("compare" as const),
      operator: fc.constantFrom(">" as const, ">=" as const, "<" as const, "<=" as const),
      value: word,
    }),
    fc
      .record({
        kind: fc.constant("range" as const),
        from: fc.option(word, { nil: undefined }),
        to: fc.option(word, { nil: undefined }),
      })
      .filter(({ from, to }) => from !== undefined || to !== undefined),
  );
  const isNegated = fc.boolean();
  const term: fc.Arbitrary<Term> = fc.oneof(
    fc.record({ kind: fc.constant("text" as const), isNegated, at: fc.constant(0), text: filled }),
    fc.record({
      kind: fc.constant("field" as const),
      isNegated,
      at: fc.constant(0),
      field: path.map((names) => ({
        path: names,
        isColumn:
          !/^[a-zA-Z0-9é]/.test(names[0]) ||
          /[^a-zA-Z0-9é]/.test(names[0]) ||
          ["since", "until"].includes(names[0]),
      })),
      test: fieldTest,
    }),
    fc.record({
      kind: fc.constant("bound" as const),
      isNegated,
      at: fc.constant(0),
      side: fc.constantFrom("since" as const, "until" as const),
      time: word,
    }),
  );

  test("is read as the same question", () => {
    fc.assert(
      fc.property(fc.array(term, { maxLength: 4 }), (terms) => {
        const question: Question = { terms };
        const read = parseQuestion(printQuestion(question));
        expect(read.terms.map((found) => ({ ...found, at: 0 }))).toEqual([...terms]);
      }),
      { numRuns: 2000 },
    );
  });

  test("is as plain as it can be", () => {
    for (const text of [
      'deploy "out of memory" type:task_failed,task_retried -actor:scheduler target:job-10* metadata.attempt:>=3 since:2h',
      'actor:"" payload.items[0].sku:7 id:3..7 "my column":x "OR"',
    ])
      expect(printQuestion(parseQuestion(text))).toBe(text);
  });

  test("is one line in which every character can be seen, whatever it asks for", () => {
    fc.assert(
      fc.property(fc.array(term, { maxLength: 4 }), (terms) => {
        expect(printQuestion({ terms })).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
      }),
    );
    const asked = parseQuestion('actor:"one\ntwo" "a\tb" "new\ncolumn":x');
    expect(printQuestion(asked)).toBe(String.raw`actor:"one\u{a}two" "a\u{9}b" "new\u{a}column":x`);
  });

  test("of any kind is read, or refused with a place in it", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from('ab :",.*-<>=[]\\\n0é')), maxLength: 30 }),
        (text) => {
          try {
            const question = parseQuestion(text);
            expect(parseQuestion(printQuestion(question)).terms.length).toBe(question.terms.length);
          } catch (error) {
            if (!(error instanceof QuestionError)) throw error;
            expect(error.at).toBeWithin(0, text.length + 1);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});
