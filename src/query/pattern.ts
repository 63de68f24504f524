/** Reads a pattern where it stands in a question: plain and quoted text, and its stars. */
import type { Pattern } from "../question.ts";
import { escapeAt } from "./escapes.ts";
import { QuestionError } from "./question-error.ts";

/** Stands for any text. */
const STAR = Symbol("*");

/** A pattern as it was written. Places are in UTF-16 units. */
export interface WrittenPattern {
  readonly pattern: Pattern;
  readonly at: number;
  /** After its last character. */
  readonly end: number;
}

/**
 * Reads up to an end, and splits at the stars. A star between quotation marks is one unless it is escaped.
 * @param isEnd whether these two characters, or the last one, are no longer of the pattern
 * @throws QuestionError where a quotation mark never ends, or something comes after it
 */
export function readPattern(text: string, at: number, isEnd: (rest: string) => boolean): WrittenPattern {
  const pieces = [""];
  const add = (part: string | typeof STAR): void =>
    void pieces.push(part === STAR ? "" : (pieces.pop() ?? "") + part);
  let end = at;
  // A quotation mark inside of a word is nothing but a character.
  let mayQuote = true;
  while (end < text.length) {
    const next = text.charAt(end);
    if (next === '"' && mayQuote) {
      const quoted = quotedParts(text, end);
      quoted.parts.forEach(add);
      end = quoted.end;
      mayQuote = false;
      const rest = text.slice(end, end + 2);
      if (rest !== "" && !rest.startsWith("*") && !isEnd(rest))
        throw new QuestionError(
          'After a closing quotation mark comes a blank, for example "out of memory" type:done.',
          end,
        );
      continue;
    }
    if (isEnd(text.slice(end, end + 2))) break;
    end++;
    mayQuote = next === "*";
    add(next === "*" ? STAR : next);
  }
  return { pattern: pieces, at, end };
}

/**
 * Reads a name between quotation marks, in which a star is nothing but a character.
 * @throws QuestionError where the quotation mark never ends
 */
export function readQuotedName(text: string, at: number): { readonly name: string; readonly end: number } {
  const { parts, end } = quotedParts(text, at);
  return { name: parts.map((part) => (part === STAR ? "*" : part)).join(""), end };
}

/** What stands between quotation marks, with its stars apart. */
function quotedParts(
  text: string,
  openedAt: number,
): { readonly parts: readonly (string | typeof STAR)[]; readonly end: number } {
  const parts: (string | typeof STAR)[] = [];
  let at = openedAt + 1;
  while (at < text.length) {
    const next = text.charAt(at);
    const escape = next === "\\" ? escapeAt(text.slice(at)) : undefined;
    at += escape?.length ?? 1;
    if (next === '"') return { parts, end: at };
    parts.push(escape?.character ?? (next === "*" ? STAR : next));
  }
  throw new QuestionError(
    'The quotation mark never ends. Write a second one, for example "out of memory"; one inside is \\".',
    openedAt,
  );
}
