/** Text with everything in sight that is in it: nothing hides, and nothing turns the reading direction of the rest. */
import { withoutAnsi } from "./ansi.ts";
import { shorten } from "./text.ts";

/** A longer title would not fit on the screen. In characters. */
const MAX_TITLE_LENGTH = 2000;

export interface VisiblePart {
  readonly text: string;
  /** It stands for a character that can't be seen, and is to be told from the same letters in the text. */
  readonly isMark: boolean;
}

/** Except for the tab and the line feed, which are shown as what they are. */
const CONTROL = String.raw`[\0-\x08\v-\x1f\x7f-\x9f]`;

/** White space and joiners without a width, the soft hyphen, separators, and what turns the reading direction. */
const INVISIBLE = String.raw`[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff]`;

/** Between two pictures a joiner makes one of them, as in a family or an astronaut: that is how it is written. */
const JOINED_PICTURES = String.raw`(?<=\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]?)\u200d(?=\p{Extended_Pictographic})`;

const SPECIAL = new RegExp(`${CONTROL}|${INVISIBLE}`, "gu");
const ANY_SPECIAL = new RegExp(`${CONTROL}|${INVISIBLE}`, "u");

/** The text in parts, one mark for each character that can't be seen. */
export function visibleParts(text: string): VisiblePart[] {
  if (!ANY_SPECIAL.test(text)) return text === "" ? [] : [{ text, isMark: false }];
  const parts: VisiblePart[] = [];
  let plain = "";
  const lines = text.replaceAll("\r\n", "\n");
  let at = 0;
  for (const match of lines.matchAll(SPECIAL)) {
    const [character] = match;
    plain += lines.slice(at, match.index);
    at = match.index + character.length;
    const isJoined = character === "\u200D" && isBetweenPictures(lines, match.index);
    if (isJoined) plain += character;
    else if (picture(character) !== undefined) plain += picture(character);
    else {
      if (plain !== "") parts.push({ text: plain, isMark: false });
      plain = "";
      parts.push({ text: codePoint(character), isMark: true });
    }
  }
  plain += lines.slice(at);
  if (plain !== "") parts.push({ text: plain, isMark: false });
  return parts;
}

/** For a title, which has no colours and no marks. */
export function titleText(text: string): string {
  return markedText(withoutAnsi(shorten(text, MAX_TITLE_LENGTH)));
}

/** The same as one text, each mark in brackets. */
export function markedText(text: string): string {
  return visibleParts(text)
    .map((part) => (part.isMark ? `[${part.text}]` : part.text))
    .join("");
}

const JOINED = new RegExp(JOINED_PICTURES, "uy");

function isBetweenPictures(text: string, at: number): boolean {
  JOINED.lastIndex = at;
  return JOINED.test(text);
}

/** U+2400 and on are pictures of the 32 control characters of ASCII, and U+2421 of the last one. */
function picture(character: string): string | undefined {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : undefined;
}

function codePoint(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}
