import { expect, test } from "bun:test";

import { assert, property, string } from "fast-check";

import { markedText, visibleParts } from "../../../src/web/text/visible-text.ts";

test("plain text, its line breaks and tabs, and any script stay as they are", () => {
  for (const text of ["a\n\tb", "grün, שלום, 日本語 🦉", "👩‍🚀 and 👨‍👩‍👧‍👦 and 🏳️‍🌈", ""])
    expect(visibleParts(text)).toEqual(text === "" ? [] : [{ text, isMark: false }]);
});

test("control characters become their pictures", () => {
  expect(markedText("a\0b\u0007c\u001Bd\u007Fe\rf")).toBe("a␀b␇c␛d␡e␍f");
  expect(markedText("windows\r\nlines")).toBe("windows\nlines");
});

test.each([
  ["\u200B", "U+200B"],
  ["\u200D", "U+200D"],
  ["\u200F", "U+200F"],
  ["\u202E", "U+202E"],
  ["\u2066", "U+2066"],
  ["\u2069", "U+2069"],
  ["\u2028", "U+2028"],
  ["\u2029", "U+2029"],
  ["\uFEFF", "U+FEFF"],
  ["\u00AD", "U+00AD"],
  ["\u0085", "U+0085"],
  ["\u061C", "U+061C"],
])("%j becomes a mark", (character, mark) => {
  expect(visibleParts(`a${character}b`)).toEqual([
    { text: "a", isMark: false },
    { text: mark, isMark: true },
    { text: "b", isMark: false },
  ]);
  expect(markedText(`a${character}b`)).toBe(`a[${mark}]b`);
});

test("what is left has no character that hides or turns the text", () => {
  assert(
    property(string({ unit: "binary" }), (text) => {
      expect(markedText(text)).not.toMatch(
        // oxlint-disable-next-line no-control-regex -- these are the characters that it is about
        /[\0-\x08\v-\x1f\x7f-\x9f\u200b\u200c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad]/,
      );
    }),
  );
});
