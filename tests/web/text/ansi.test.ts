import { expect, test } from "bun:test";

import { assert, property, string } from "fast-check";

import { readAnsi, withoutAnsi } from "../../../src/web/text/ansi.ts";

const ESC = "\u001B";

test("text without escapes is one run", () => {
  expect(readAnsi("a\nb")).toEqual([{ text: "a\nb", style: {} }]);
  expect(readAnsi("")).toEqual([]);
});

test("reads the 16 colours, bold, underline, and the reset", () => {
  expect(readAnsi(`${ESC}[1;31mred${ESC}[0m plain ${ESC}[4;92;44munder${ESC}[m.`)).toEqual([
    { text: "red", style: { foreground: 1, isBold: true } },
    { text: " plain ", style: {} },
    { text: "under", style: { foreground: 10, background: 4, isUnderlined: true } },
    { text: ".", style: {} },
  ]);
});

test("reads the 256 colours and true colours, with either separator", () => {
  expect(readAnsi(`${ESC}[38;5;9ma${ESC}[38;5;208mb${ESC}[48;5;244mc`)).toEqual([
    { text: "a", style: { foreground: 9 } },
    { text: "b", style: { foreground: "rgb(255 135 0)" } },
    { text: "c", style: { foreground: "rgb(255 135 0)", background: "rgb(128 128 128)" } },
  ]);
  expect(readAnsi(`${ESC}[38;2;1;2;3;1ma${ESC}[48:2::4:5:6mb`)).toEqual([
    { text: "a", style: { foreground: "rgb(1 2 3)", isBold: true } },
    { text: "b", style: { foreground: "rgb(1 2 3)", background: "rgb(4 5 6)", isBold: true } },
  ]);
});

test("takes single settings back, and swaps the colours where they are reversed", () => {
  expect(readAnsi(`${ESC}[1;4;31;42mA${ESC}[22;24;39;49mB`)).toEqual([
    { text: "A", style: { isBold: true, isUnderlined: true, foreground: 1, background: 2 } },
    { text: "B", style: {} },
  ]);
  expect(readAnsi(`${ESC}[7;31mA`)).toEqual([{ text: "A", style: { background: 1 } }]);
});

test.each([
  ["moving the cursor", `${ESC}[2K${ESC}[1;1Hdone`],
  ["a title", `${ESC}]0;the title\u0007done`],
  ["a link", `${ESC}]8;;https://example.com${ESC}\\done${ESC}]8;;${ESC}\\`],
  ["a character set", `${ESC}(Bdone`],
  ["keypad mode", `${ESC}=done`],
])("removes %s", (_name, text) => {
  expect(withoutAnsi(text)).toBe("done");
});

test("an escape that does not end stays to be seen", () => {
  expect(withoutAnsi(`a${ESC}`)).toBe(`a${ESC}`);
  expect(withoutAnsi(`a${ESC}[31`)).toBe(`a${ESC}[31`);
  expect(withoutAnsi(`a${ESC}]0;never ends`)).toBe(`a${ESC}]0;never ends`);
});

test("a colour that there is not leaves the text as it is", () => {
  expect(
    readAnsi(`${ESC}[38;5;999ma${ESC}[38;2;1mb${ESC}[38mc`)
      .map(({ text }) => text)
      .join(""),
  ).toBe("abc");
});

test("never loses a character of text without escapes", () => {
  assert(
    property(string({ unit: "binary" }), (text) => {
      if (text.includes(ESC)) return;
      expect(withoutAnsi(text)).toBe(text);
    }),
  );
});
