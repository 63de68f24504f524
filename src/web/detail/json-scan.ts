/**
 * Reads JSON a few members at a time, with every number as it is written and keys that stand twice. Nothing here calls
 * itself, and nothing is read that is not asked for: data may be nested 100,000 deep. For text that is JSON; from other
 * text it reads nonsense, and comes to an end.
 */

export type JsonKind = "object" | "array" | "text" | "number" | "word";

/** A value, by its place in the text. */
export interface JsonValue {
  readonly kind: JsonKind;
  readonly start: number;
  /** After its last character. */
  readonly end: number;
}

export interface JsonMember {
  /** Undefined in an array. */
  readonly key: string | undefined;
  /** From 0. */
  readonly place: number;
  readonly value: JsonValue;
}

/** Where reading goes on. */
export interface JsonPosition {
  readonly at: number;
  readonly place: number;
}

export interface JsonPage {
  readonly members: readonly JsonMember[];
  /** Undefined at the end. */
  readonly next: JsonPosition | undefined;
}

const SPACES = /\s*/y;
const WORD_END = /[\s,:\]}]|$/g;

export function rootOf(text: string): JsonValue {
  const start = skipSpaces(text, 0);
  // The whole text is one value, so that its end need not be looked for.
  return { kind: kindAt(text, start), start, end: Math.max(start, text.trimEnd().length) };
}

export function isContainer({ kind }: JsonValue): boolean {
  return kind === "object" || kind === "array";
}

/** @param from where the last page ended; the first member where it is left out */
export function readMembers(
  text: string,
  container: JsonValue,
  limit: number,
  from: JsonPosition = { at: container.start + 1, place: 0 },
): JsonPage {
  const members: JsonMember[] = [];
  let { at, place } = from;
  for (;;) {
    at = skipSpaces(text, at);
    if (at >= container.end - 1) return { members, next: undefined };
    if (members.length === limit) return { members, next: { at, place } };
    let key: string | undefined;
    if (container.kind === "object") {
      const keyEnd = endOf(text, at);
      key = textAt(text, { kind: "text", start: at, end: keyEnd });
      at = skipSpaces(text, skipSpaces(text, keyEnd) + 1);
    }
    const value = valueAt(text, at);
    members.push({ key, place, value });
    place++;
    at = skipSpaces(text, value.end) + 1;
  }
}

export function countMembers(text: string, container: JsonValue): number {
  const isEmpty = skipSpaces(text, container.start + 1) >= container.end - 1;
  let commas = 0;
  let depth = 0;
  for (let at = container.start; at < container.end; at++) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) at = endOfText(text, at) - 1;
    else if (isOpening(character)) depth++;
    else if (isClosing(character)) depth--;
    else if (character === COMMA && depth === 1) commas++;
  }
  return isEmpty ? 0 : commas + 1;
}

/** A text without its quotation marks and escapes; everything else as it is written. */
export function textAt(text: string, { kind, start, end }: JsonValue): string {
  const written = text.slice(start, end);
  if (kind !== "text") return written;
  try {
    return String(JSON.parse(written));
  } catch (error) {
    // It was no JSON.
    if (error instanceof SyntaxError) return written;
    throw error;
  }
}

function valueAt(text: string, start: number): JsonValue {
  return { kind: kindAt(text, start), start, end: endOf(text, start) };
}

function kindAt(text: string, at: number): JsonKind {
  const character = text.charAt(at);
  if (character === "{") return "object";
  if (character === "[") return "array";
  if (character === '"') return "text";
  return /[\d-]/.test(character) ? "number" : "word";
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

const isOpening = (character: number): boolean => character === 0x7b || character === 0x5b;
const isClosing = (character: number): boolean => character === 0x7d || character === 0x5d;

function endOf(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === QUOTE) return endOfText(text, start);
  if (!isOpening(first)) {
    WORD_END.lastIndex = start + 1;
    return WORD_END.exec(text)?.index ?? text.length;
  }
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) at = endOfText(text, at) - 1;
    else if (isOpening(character)) depth++;
    else if (isClosing(character) && --depth === 0) return at + 1;
  }
  return text.length;
}

/** A quotation mark ends the text unless an odd number of backslashes stands before it. */
function endOfText(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at - 1;
    while (before > start && text.charCodeAt(before) === BACKSLASH) before--;
    if ((at - before) % 2 === 1) return at + 1;
  }
  return text.length;
}

function skipSpaces(text: string, at: number): number {
  SPACES.lastIndex = at;
  SPACES.test(text);
  return SPACES.lastIndex;
}
