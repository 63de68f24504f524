import { expect, test } from "bun:test";

import { fieldsOf } from "../../src/web/detail/fields.ts";
import { FIRST_READING } from "../../src/web/event/reading.ts";

const reading = {
  ...FIRST_READING,
  roles: { id: "id", time: "at", type: "kind" },
  why: { time: "of its values" },
  labels: { state: { "0": "down" } },
};

test("has every column with its role, its value, and what it means", () => {
  const json = {
    id: 1,
    at: 1772600767,
    kind: 3,
    state: 0,
    data: '{"a":[1]}',
    note: null,
    big: null,
    $truncated: ["big"],
    $names: { kind: "changed" },
  };
  expect(
    fieldsOf(json, reading).map(({ column, role, text, isTree, note, isMissing }) => [
      column,
      role,
      text,
      isTree,
      note,
      isMissing,
    ]),
  ).toEqual([
    ["id", "id", "1", false, undefined, false],
    ["at", "time", "1772600767", false, "2026-03-04T05:06:07.000Z", false],
    ["kind", "type", "3", false, "changed", false],
    ["state", undefined, "0", false, "down", false],
    ["data", undefined, '{"a":[1]}', true, undefined, false],
    ["note", undefined, "", false, undefined, false],
    ["big", undefined, "", false, undefined, true],
  ]);
  expect(fieldsOf(json, reading)[1]?.why).toBe("of its values");
});

test.each([["text"], ["12"], ['"quoted"'], ["{broken"], [""], ["true"]])("%j is no tree", (text) => {
  expect(fieldsOf({ text }, reading)[0]?.isTree).toBe(false);
});
