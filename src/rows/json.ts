/** Rows as JSON: the columns by name, in the table's order. */
import { type EventId, type EventRow, JsonText, type Page, type RowValue } from "../events.ts";

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** An integer as JSON: a number while a JavaScript reader keeps it exact, a string beyond. */
export function integerJson(value: bigint): string {
  return isSafe(value) ? String(value) : `"${value}"`;
}

/** The same as a value, for what is put into JSON.stringify. */
export function idForJson(id: EventId): number | string {
  return isSafe(id) ? Number(id) : String(id);
}

function isSafe(value: bigint): boolean {
  return value <= MAX_SAFE && value >= -MAX_SAFE;
}

/** The rows of a page, each as one line of JSON. */
export function pageJson({ columns, rows }: Pick<Page, "columns" | "rows">): string[] {
  return rows.map(rowJson(columns));
}

/** @returns what makes one line of JSON of a row with these columns */
export function rowJson(columns: readonly string[]): (row: EventRow) => string {
  const keys = columns.map((column, index) => `${index === 0 ? "{" : ","}${JSON.stringify(column)}:`);
  return ({ values, truncated, names }) => {
    let json = "";
    for (let index = 0; index < keys.length; index++) json += keys[index] + valueJson(values[index] ?? null);
    if (truncated.length > 0) json += `,"$truncated":${JSON.stringify(truncated)}`;
    if (names !== undefined) json += `,"$names":${JSON.stringify(names)}`;
    return `${json}}`;
  };
}

/** A value as it stands in the JSON of a row. */
export function valueJson(value: RowValue): string {
  if (value === null) return "null";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return integerJson(value);
  if (value instanceof JsonText) return value.json;
  // JSON has no infinity, and null would say that nothing was stored.
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : `"${value}"`;
  return `{"$base64":"${value.toBase64()}"}`;
}

/** Characters that are encoded at a time; a multiple of three and four, so that base64 has no padding in between. */
const PIECE_LENGTH = 262_128;

/** One row as JSON, however large, in pieces that each take about a millisecond to make. */
export function* rowJsonPieces(
  columns: readonly string[],
  { values, truncated, names }: EventRow,
): Generator<string> {
  for (const [index, column] of columns.entries()) {
    yield `${index === 0 ? "{" : ","}${JSON.stringify(column)}:`;
    yield* valueJsonPieces(values[index] ?? null);
  }
  if (truncated.length > 0) yield `,"$truncated":${JSON.stringify(truncated)}`;
  if (names !== undefined) yield `,"$names":${JSON.stringify(names)}`;
  yield "}\n";
}

function* valueJsonPieces(value: RowValue): Generator<string> {
  if (typeof value === "string" && value.length > PIECE_LENGTH) {
    yield '"';
    for (let at = 0; at < value.length;) {
      const end = endOfPiece(value, at + PIECE_LENGTH);
      yield JSON.stringify(value.slice(at, end)).slice(1, -1);
      at = end;
    }
    yield '"';
  } else if (value instanceof JsonText) {
    for (let at = 0; at < value.json.length;) {
      const end = endOfPiece(value.json, at + PIECE_LENGTH);
      yield value.json.slice(at, end);
      at = end;
    }
  } else if (value instanceof Uint8Array && value.length > PIECE_LENGTH) {
    yield '{"$base64":"';
    for (let at = 0; at < value.length; at += PIECE_LENGTH)
      yield value.subarray(at, at + PIECE_LENGTH).toBase64();
    yield '"}';
  } else yield valueJson(value);
}

/** The two halves of a character beyond U+FFFF stay together: alone each would be encoded as an escape. */
function endOfPiece(text: string, end: number): number {
  return /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) ? end + 1 : end;
}
