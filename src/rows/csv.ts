/** Rows as CSV, as in RFC 4180: https://www.rfc-editor.org/rfc/rfc4180 */
import { JsonText, type RowValue } from "../events.ts";

/** What a spreadsheet takes for a formula: https://owasp.org/www-community/attacks/CSV_Injection */
const FORMULA = /^[=+\-@\t\r]/;

/** A text that is nothing but a number can't do anything. */
const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;

/** A text that stands as it is. */
const PLAIN = /^[^=+\-@\t\r\n",][^\r\n",]*$/;

/** Stands for a value that is too large to be exported. */
const TOO_LARGE = "(too large; see /api/events/ with the id)";

/**
 * One record with its line end. NULL is an empty field; an empty text and an empty BLOB are quoted.
 * @param tooLarge places of the values that were left out
 */
export function csvLine(values: readonly RowValue[], tooLarge: readonly number[]): string {
  let line = "";
  for (let index = 0; index < values.length; index++) {
    if (index > 0) line += ",";
    line += tooLarge.includes(index) ? TOO_LARGE : field(values[index] ?? null);
  }
  return `${line}\r\n`;
}

function field(value: RowValue): string {
  if (value === null) return "";
  if (value instanceof Uint8Array) return value.length === 0 ? '""' : value.toBase64();
  if (value instanceof JsonText) return field(value.json);
  if (typeof value !== "string") return String(value);
  if (PLAIN.test(value)) return value;
  // The apostrophe makes a text of what a spreadsheet would run.
  const text = FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value;
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
