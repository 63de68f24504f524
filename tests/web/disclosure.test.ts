import { expect, test } from "bun:test";

import { togglesRow } from "../../src/web/disclosure.ts";

test.each([
  ["a click", { detail: 1, isSelecting: false }, true],
  ["a key", { detail: 0, isSelecting: false }, true],
  ["the end of a selection", { detail: 1, isSelecting: true }, false],
  ["a double click, which takes its first click back", { detail: 2, isSelecting: true }, true],
  ["a triple click", { detail: 3, isSelecting: true }, false],
])("%s", (_name, click, toggles) => {
  expect(togglesRow(click)).toBe(toggles);
});
