/** What a backslash means between quotation marks: a character that would end the text, or could not be seen in it. */

/** A quotation mark, backslash or star that means itself, or a character by its number in Unicode. */
const ESCAPE = /^\\(?:(["\\*])|u\{([\da-f]{1,6})\})/i;

/**
 * No text box of one line keeps a line break, nobody sees other control characters, and some turn the reading direction
 * of all that follows. Half of a pair of surrogates fits into no URL.
 */
const UNWRITABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]/gu;

const LAST_CODE_POINT = 0x10ffff;

export interface Escape {
  readonly character: string;
  /** Of what was written, in UTF-16 units. */
  readonly length: number;
}

/** @returns undefined where the text does not begin with one: then a backslash is what it is */
export function escapeAt(text: string): Escape | undefined {
  const [{ length } = "", plain, digits] = ESCAPE.exec(text) ?? [];
  if (plain !== undefined) return { character: plain, length };
  const code = digits === undefined ? Infinity : Number.parseInt(digits, 16);
  return code > LAST_CODE_POINT ? undefined : { character: String.fromCodePoint(code), length };
}

/** As it is written between quotation marks. A star stays one that stands for any text. */
export function escapeText(text: string): string {
  return text
    .replaceAll(/["\\]/g, "\\$&")
    .replaceAll(UNWRITABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** What was written between quotation marks. */
export function unescapeText(written: string): string {
  return written.replaceAll(/\\(?:u\{[\da-f]+\}|.)/gi, (each) => escapeAt(each)?.character ?? each);
}

/** Whether the text can stand in a question as it is. */
export function isWritable(text: string): boolean {
  return text.search(UNWRITABLE) < 0;
}
