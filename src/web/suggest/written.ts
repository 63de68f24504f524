/** What stands in the search box around the cursor: a field that is being written, or one of its values. */
import { unescapeText } from "../../query/escapes.ts";

export interface Written {
  readonly kind: "field" | "value";
  /** The field before the colon; "" while it is being written. */
  readonly field: string;
  /** What was written so far of the field or of the value, without its quotation marks. */
  readonly typed: string;
  /** The part of the text that a suggestion takes the place of. */
  readonly from: number;
  readonly to: number;
}

/** A quotation mark that stands elsewhere is a character. */
const MAY_OPEN_QUOTE = /^$|[\s\-:,.*<>=]/;

/** One character of the text, with what it is in the language of questions. */
interface Sign {
  readonly character: string;
  readonly at: number;
  readonly isQuoted: boolean;
}

/**
 * @param caret where the cursor stands, in UTF-16 units
 * @returns undefined where nothing can be suggested: in a phrase, a comparison or a range
 */
export function writtenAt(text: string, caret: number): Written | undefined {
  const signs = signsOf(text);
  const isBlank = ({ character, isQuoted }: Sign): boolean => !isQuoted && /\s/.test(character);
  const start = (signs.slice(0, caret).findLast(isBlank)?.at ?? -1) + 1;
  const end = signs.slice(caret).find(isBlank)?.at ?? text.length;
  const term = signs.slice(start, end);
  const colonAt = term.find(({ character, isQuoted }) => character === ":" && !isQuoted)?.at;
  if (colonAt === undefined || colonAt >= caret) {
    const from = text[start] === "-" && caret > start ? start + 1 : start;
    const typed = text.slice(from, caret);
    // A colon that is there already is written anew.
    return typed.startsWith('"')
      ? undefined
      : { kind: "field", field: "", typed, from, to: colonAt === undefined ? end : colonAt + 1 };
  }
  const isComma = ({ character, isQuoted }: Sign): boolean => character === "," && !isQuoted;
  const from = (signs.slice(colonAt + 1, caret).findLast(isComma)?.at ?? colonAt) + 1;
  const to = signs.slice(caret, end).find(isComma)?.at ?? end;
  const raw = text.slice(from, caret);
  if (/^[<>=]|^\.\.|[^"]\.\./.test(raw)) return undefined;
  const field = text.slice(text[start] === "-" ? start + 1 : start, colonAt);
  return { kind: "value", field, typed: unquoted(raw), from, to };
}

function signsOf(text: string): Sign[] {
  let isQuoted = false;
  let isEscaped = false;
  let before = "";
  // Not by code points: the cursor of the browser counts UTF-16 units.
  return text.split("").map((character, at) => {
    const wasQuoted = isQuoted;
    if (character === '"' && !isEscaped) {
      if (isQuoted) isQuoted = false;
      else if (MAY_OPEN_QUOTE.test(before)) isQuoted = true;
    }
    isEscaped = wasQuoted && character === "\\" && !isEscaped;
    before = character;
    return { character, at, isQuoted: wasQuoted || isQuoted };
  });
}

function unquoted(raw: string): string {
  return raw.startsWith('"') ? unescapeText(raw.slice(1).replace(/(?<!\\)"$/, "")) : raw;
}
