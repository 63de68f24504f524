/** Rows as JSON: the columns by name, in the table's order. */
import type { ColumnValue, EventId, EventRow, Page } from "../events.ts";

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
export function pageJson({ columns, rows }: Page): string[] {
  return rows.map(rowJson(columns));
}

/** @returns what makes one line of JSON of a row with these columns */
export function rowJson(columns: readonly string[]): (row: EventRow) => string {
  const keys = columns.map((column, index) => `${index === 0 ? "{" : ","}${JSON.stringify(column)}:`);
  return ({ values, truncated }) => {
    let json = "";
    for (let index = 0; index < keys.length; index++) json += keys[index] + valueJson(values[index] ?? null);
    if (truncated.length > 0) json += `,"$truncated":${JSON.stringify(truncated)}`;
    return `${json}}`;
  };
}

function valueJson(value: ColumnValue): string {
  if (value === null) return "null";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return integerJson(value);
  // JSON has no infinity, and null would say that nothing was stored.
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : `"${value}"`;
  return `{"$base64":"${value.toBase64()}"}`;
}
