/** Reads SQLite's binary JSON as JSON text: https://sqlite.org/jsonb.html */

/** SQLite itself writes no JSON that is nested deeper. */
const MAX_DEPTH = 1000;

const NULL = 0;
const TRUE = 1;
const FALSE = 2;
const INT = 3;
const INT5 = 4;
const FLOAT = 5;
const FLOAT5 = 6;
const TEXT = 7;
const TEXTJ = 8;
const TEXT5 = 9;
const TEXTRAW = 10;
const ARRAY = 11;
const OBJECT = 12;

/** A size nibble from 12 on says how many bytes of size follow. */
const SIZE_BYTES = new Map([
  [12, 1],
  [13, 2],
  [14, 4],
  [15, 8],
]);

const INTEGER = /^-?(?:0|[1-9]\d*)$/;
const HEX = /^([+-]?)(0x[\da-f]+)$/i;
const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;
const DECIMAL5 = /^([+-]?)(\d*)(?:\.(\d*))?(e[+-]?\d+)?$/i;

/** What the blob is not: this ends the reading, and nobody outside of this file sees it. */
class NotJsonb extends Error {
  override readonly name = "NotJsonb";
}

interface Element {
  readonly type: number;
  /** Where its payload begins and ends. */
  readonly start: number;
  readonly end: number;
}

/** @returns the JSON, its numbers with the digits that were stored; undefined where the bytes are not all of one value */
export function readJsonb(bytes: Uint8Array): string | undefined {
  try {
    const element = elementAt(bytes, 0, bytes.length);
    if (element.end !== bytes.length) return undefined;
    const pieces: string[] = [];
    write(bytes, element, pieces, 0);
    return pieces.join("");
  } catch (error) {
    if (error instanceof NotJsonb) return undefined;
    throw error;
  }
}

function elementAt(bytes: Uint8Array, at: number, limit: number): Element {
  const head = bytes[at];
  if (head === undefined || at >= limit) throw new NotJsonb("the bytes end within an element");
  const nibble = head >> 4;
  const sizeBytes = SIZE_BYTES.get(nibble) ?? 0;
  let size = sizeBytes === 0 ? nibble : 0;
  for (let index = 1; index <= sizeBytes; index++) size = size * 256 + (bytes[at + index] ?? 0);
  const start = at + 1 + sizeBytes;
  if (start + size > limit) throw new NotJsonb("an element is larger than what holds it");
  return { type: head & 15, start, end: start + size };
}

function write(bytes: Uint8Array, element: Element, pieces: string[], depth: number): void {
  const { type, start, end } = element;
  if (depth > MAX_DEPTH) throw new NotJsonb("nested too deep");
  if (type === ARRAY || type === OBJECT) {
    const isObject = type === OBJECT;
    pieces.push(isObject ? "{" : "[");
    let count = 0;
    for (let at = start; at < end; count++) {
      const child = elementAt(bytes, at, end);
      const isName = isObject && count % 2 === 0;
      if (isName && (child.type < TEXT || child.type > TEXTRAW)) throw new NotJsonb("a name is no text");
      if (count > 0) pieces.push(isObject && !isName ? ":" : ",");
      write(bytes, child, pieces, depth + 1);
      at = child.end;
    }
    if (isObject && count % 2 === 1) throw new NotJsonb("a name has no value");
    pieces.push(isObject ? "}" : "]");
  } else {
    pieces.push(scalar(type, bytes.subarray(start, end)));
  }
}

function scalar(type: number, payload: Uint8Array): string {
  if (type === NULL || type === TRUE || type === FALSE) {
    if (payload.length > 0) throw new NotJsonb("a word has a payload");
    return type === NULL ? "null" : String(type === TRUE);
  }
  const text = utf8(payload);
  switch (type) {
    case INT:
      return matching(INTEGER, text)[0];
    case INT5: {
      const [, sign, digits = "0"] = matching(/^0x|^[+-]0x/i.test(text) ? HEX : /^([+-]?)(\d+)$/, text);
      return `${sign === "-" ? "-" : ""}${BigInt(digits)}`;
    }
    case FLOAT:
      return matching(DECIMAL, text)[0];
    case FLOAT5: {
      const [, sign, whole = "", fraction = "", exponent = ""] = matching(DECIMAL5, text);
      if (whole + fraction === "") throw new NotJsonb("a number has no digits");
      const digits = text.includes(".") ? `.${fraction || "0"}` : "";
      return `${sign === "-" ? "-" : ""}${whole || "0"}${digits}${exponent}`;
    }
    case TEXT:
    case TEXTRAW:
      return JSON.stringify(text);
    case TEXTJ:
      return quoted(text);
    case TEXT5:
      return quoted(withoutJson5(text));
    default:
      throw new NotJsonb("an element has no known type");
  }
}

function matching(pattern: RegExp, text: string): RegExpExecArray {
  const match = pattern.exec(text);
  if (match === null) throw new NotJsonb("a number is none");
  return match;
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new NotJsonb("text is no UTF-8", { cause: error });
  }
}

/** Text that has the escapes of JSON already. */
function quoted(escaped: string): string {
  const json = `"${escaped}"`;
  try {
    JSON.parse(json);
    return json;
  } catch (error) {
    throw new NotJsonb("text has an escape that is none", { cause: error });
  }
}

/** The escapes that only JSON5 has become those of JSON: `\'`, `\v`, `\0`, `\x41`, and a line that goes on. */
function withoutJson5(text: string): string {
  return text.replaceAll(
    /\\(?:x([\da-f]{2})|(\r\n|[\s\S]))|"/gi,
    (escape, hex: string | undefined, next: string | undefined) => {
      if (escape === '"') return String.raw`\"`;
      if (hex !== undefined)
        return JSON.stringify(String.fromCharCode(Number.parseInt(hex, 16))).slice(1, -1);
      if (next === "'") return "'";
      if (next === "v") return String.raw`\u000b`;
      if (next === "0") return String.raw`\u0000`;
      return next !== undefined && /^[\r\n\u2028\u2029]/.test(next) ? "" : escape;
    },
  );
}
