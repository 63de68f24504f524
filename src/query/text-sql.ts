/** Texts in SQL: contained, equal, or like a pattern. */
import type { Pattern } from "../question.ts";
import { anyOf, type Sql, sql } from "./sql.ts";

/**
 * Whether a text contains another, whatever the case of its letters. LIKE knows the case of ASCII alone, so that
 * other letters are looked for in both cases by GLOB.
 */
export function contains(value: Sql, pattern: Pattern): Sql {
  return anyOf(spellings(pattern).map((pieces) => containsSpelling(value, pieces)));
}

function containsSpelling(value: Sql, pieces: Pattern): Sql {
  if (pieces.some((piece) => piece.split("").some(hasOtherCase)))
    return sql`${value} GLOB ${`*${pieces.map((piece) => globOf(piece, true)).join("*")}*`}`;
  const isSpecial = pieces.some((piece) => /[%_\\]/.test(piece));
  const like = `%${pieces.map((piece) => piece.replaceAll(/[%_\\]/g, "\\$&")).join("%")}%`;
  return isSpecial ? sql`${value} LIKE ${like} ESCAPE '\\'` : sql`${value} LIKE ${like}`;
}

/** A text stands in JSON as it is, or with escapes, also of all that is not ASCII: a reader sees the same. */
export function spellings(pattern: Pattern): Pattern[] {
  const cases = [
    pattern,
    pattern.map((piece) => piece.toLowerCase()),
    pattern.map((piece) => piece.toUpperCase()),
  ];
  // LIKE knows the case of ASCII, also of the digits of an escape.
  const isAscii = pattern.every((piece) => !/[^ -~\s]/.test(piece));
  const escaped = (isAscii ? [pattern] : cases).map((pieces) => pieces.map((piece) => escapeAll(piece)));
  const all = [pattern, pattern.map(escapeInJson), ...escaped];
  return [...new Map(all.map((pieces) => [JSON.stringify(pieces), pieces])).values()];
}

function escapeInJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function escapeAll(text: string): string {
  return escapeInJson(text).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Whether a text is like a pattern with stars, letter by letter. */
export function isLike(value: Sql, pattern: Pattern): Sql {
  return sql`${value} GLOB ${pattern.map((piece) => globOf(piece, false)).join("*")}`;
}

/** A piece of a GLOB that means itself. */
function globOf(piece: string, inBothCases: boolean): string {
  return Array.from(piece)
    .map((letter) => {
      if (/[*?[]/.test(letter)) return `[${letter}]`;
      const cases = inBothCases ? casesOf(letter) : [letter];
      return cases.length > 1 ? `[${cases.join("")}]` : letter;
    })
    .join("");
}

/** A letter as it is, small and capital; without those that are more than one letter. */
export function casesOf(letter: string): string[] {
  const both = new Set([letter, letter.toLowerCase(), letter.toUpperCase()]);
  return [...both].filter((other) => Array.from(other).length === 1);
}

/** Whether a letter beyond ASCII has another case. */
export function hasOtherCase(letter: string): boolean {
  return letter > "\x7f" && letter.toLowerCase() !== letter.toUpperCase();
}
