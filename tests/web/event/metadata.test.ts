import { expect, test } from "bun:test";

import { columnLabels, labelsOf as allLabelsOf, limitLabels } from "../../../src/web/event/metadata.ts";

const labelsOf = (metadata: unknown) => limitLabels(allLabelsOf(metadata));

test("every top-level key of a JSON object becomes a label", () => {
  expect(
    labelsOf('{"branch":"main","attempt":2,"dry":false,"tags":["a","b"],"at":{"x":1},"gone":null}'),
  ).toEqual([
    { key: "branch", value: "main", failed: false },
    { key: "attempt", value: "2", failed: false },
    { key: "dry", value: "false", failed: false },
    { key: "tags", value: '["a","b"]', failed: false },
    { key: "at", value: '{"x":1}', failed: false },
    { key: "gone", value: "null", failed: false },
  ]);
});

test("keys that tell of a failure come last and are marked, unless they are empty", () => {
  expect(labelsOf('{"error":"disk full","exit":1,"stderr":"","lastError":null,"errorCount":0}')).toEqual([
    { key: "exit", value: "1", failed: false },
    { key: "stderr", value: "", failed: false },
    { key: "lastError", value: "null", failed: false },
    { key: "errorCount", value: "0", failed: false },
    { key: "error", value: "disk full", failed: true },
  ]);
});

test("an object that the server already parsed reads the same", () => {
  expect(labelsOf({ branch: "main" })).toEqual([{ key: "branch", value: "main", failed: false }]);
});

test("numbers keep the digits they were written with", () => {
  const labels = labelsOf('{"tweet":12345678901234567890,"price":1.10,"seen":{"last":[9007199254740993]}}');
  expect(labels.map((label) => label.value)).toEqual([
    "12345678901234567890",
    "1.10",
    '{"last":[9007199254740993]}',
  ]);
});

test.each([
  ["not json", "not json"],
  ["{broken", "{broken"],
  ["[1,2]", "[1,2]"],
  ["12", "12"],
  ['"quoted"', '"quoted"'],
])("%s is shown as text", (metadata, text) => {
  expect(labelsOf(metadata)).toEqual([{ key: undefined, value: text, failed: false }]);
});

test.each([[null], [undefined], [""], ["{}"]])("%p has no labels", (metadata) => {
  expect(labelsOf(metadata)).toEqual([]);
});

test("a long value is shortened to whole characters, and further keys are counted", () => {
  const [long] = labelsOf(JSON.stringify({ text: "🦉".repeat(500) }));
  expect(long?.value).toMatch(/^🦉+…$/u);
  expect(long?.value.length).toBeLessThan(140);

  const many = labelsOf(
    JSON.stringify(Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`k${at}`, at]))),
  );
  expect(many).toHaveLength(9);
  expect(many.at(-1)).toEqual({ key: undefined, value: "+22", failed: false });
});

test("a failure is never among the keys that are only counted", () => {
  const keys = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`k${at}`, at]));
  const labels = labelsOf(JSON.stringify({ error: "disk full", ...keys }));
  expect(labels.at(-1)).toEqual({ key: "error", value: "disk full", failed: true });
  expect(labels).toContainEqual({ key: undefined, value: "+23", failed: false });
});

const nested = (depth: number) => `{"a":${"[".repeat(depth)}${"]".repeat(depth)},"n":12345678901234567890}`;

test.each([3000, 100_000])("G: an object nested %i deep has its labels like any other", (depth) => {
  const labels = labelsOf(nested(depth));
  expect(labels.map(({ key }) => key)).toEqual(["a", "n"]);
  expect(labels[0]?.value).toMatch(/^\[+…$/);
  expect(labels[1]?.value).toBe("12345678901234567890");
});

test("G: a value that is nested too deep to be written does not throw", () => {
  expect(labelsOf(JSON.parse(nested(100_000))).map(({ key }) => key)).toEqual(["a", "n"]);
});

test("white space between values is left out, and kept within them", () => {
  const labels = labelsOf(
    '{ "a" : { "x" : "1 , \\" 2" , "y" : [ 1 , "}" ] } , "b\\n" : 1.10 , "c" : "x\\ty" , "a" : [ 2 ] }',
  );
  expect(labels.map(({ key, value }) => [key, value])).toEqual([
    ["a", "[2]"],
    ["b\n", "1.10"],
    ["c", "x\ty"],
  ]);
});

test("a column that holds a JSON object has a label for each member", () => {
  expect(columnLabels("payload", '{"a":1,"b":{"c":2}}').map(({ key, value }) => [key, value])).toEqual([
    ["payload.a", "1"],
    ["payload.b", '{"c":2}'],
  ]);
  expect(columnLabels("ip", "::1")).toEqual([
    { key: "ip", value: "::1", failed: false, source: { column: "ip", path: [] } },
  ]);
  expect(columnLabels("note", "")).toEqual([]);
  expect(columnLabels("note", null)).toEqual([]);
});
