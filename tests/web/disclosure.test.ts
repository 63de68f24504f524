import { expect, test } from "bun:test";

import { whenToOpen } from "../../src/web/disclosure.ts";

const TEXT = { isButton: false, isSelecting: false };

test.each([
  ["a click", { ...TEXT, detail: 1 }, "soon"],
  ["a key", { ...TEXT, detail: 0 }, "now"],
  ["the end of a selection", { ...TEXT, detail: 1, isSelecting: true }, "never"],
  ["a double click", { ...TEXT, detail: 2 }, "never"],
  ["a triple click", { ...TEXT, detail: 3, isSelecting: true }, "never"],
  ["the button", { ...TEXT, detail: 1, isButton: true }, "now"],
  ["the button again", { ...TEXT, detail: 2, isButton: true }, "now"],
] as const)("%s", (_name, click, expected) => {
  expect(whenToOpen(click)).toBe(expected);
});
