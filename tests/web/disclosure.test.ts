import { expect, test } from "bun:test";

import { toggled, togglesRow } from "../../src/web/disclosure.ts";

test.each([
  ["a click", { detail: 1, isSelecting: false }, true],
  ["a key", { detail: 0, isSelecting: false }, true],
  ["the end of a selection", { detail: 1, isSelecting: true }, false],
  ["a double click, which takes its first click back", { detail: 2, isSelecting: true }, true],
  ["a triple click", { detail: 3, isSelecting: true }, false],
])("%s", (_name, click, toggles) => {
  expect(togglesRow(click)).toBe(toggles);
});

test("forgets the open rows that are gone", () => {
  expect(toggled(new Set([1n, 2n]), 3n, (id) => id > 1n)).toEqual(new Set([2n, 3n]));
  expect(toggled(new Set([2n, 3n]), 3n, () => true)).toEqual(new Set([2n]));
});
