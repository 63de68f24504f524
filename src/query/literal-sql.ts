/** SQL as a person can run it: with its values as literals in place of what is bound to it. */
import type { Sql, SqlValue } from "./sql.ts";

/** A name, a text, a place for a value, or the break of a line. */
const PIECE = /"(?:[^"]|"")*"|'(?:[^']|'')*'|\?|\n\s*/g;

/** What ends a text of SQLite, does not show on a screen, or would be another thing to a shell. */
const HIDDEN = /[!\p{C}\p{Zl}\p{Zp}]+/u;

const MIN_INTEGER = -(2n ** 63n);

/**
 * One line, so that a command of any shell can hold it.
 * @param nowMs the time that "now" is, in ms since 1970
 */
export function literalSql(statement: Sql, nowMs: number): string {
  const values = statement.bind(nowMs).values();
  return statement.text.replaceAll(PIECE, (piece) => {
    if (piece.startsWith("\n")) return " ";
    return piece === "?" ? literal(values.next().value ?? null) : piece;
  });
}

/** The oldest `sqlite3` that knows all the functions of a statement; undefined where any of this decade does. */
export function oldestShell({ text }: Sql): string | undefined {
  const functions = text.replaceAll(PIECE, "?");
  // With flags, which are the second argument of each of them here.
  if (functions.includes("json_valid(")) return "3.45";
  return functions.includes("unixepoch(") ? "3.38" : undefined;
}

function literal(value: SqlValue): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return textLiteral(value);
  if (value instanceof Uint8Array) return `X'${value.toHex()}'`;
  // Its digits alone would be too large before the minus is applied to them.
  if (value === MIN_INTEGER) return "(-9223372036854775807 - 1)";
  const digits = typeof value === "bigint" ? String(value) : numberLiteral(value);
  // After another minus it would begin a comment.
  return digits.startsWith("-") ? `(${digits})` : digits;
}

function numberLiteral(value: number): string {
  // As it is bound.
  if (Number.isNaN(value)) return "NULL";
  if (!Number.isFinite(value)) return value > 0 ? "9e999" : "-9e999";
  const isReal = !Number.isSafeInteger(value) || Object.is(value, -0);
  const digits = Object.is(value, -0) ? "-0" : String(value);
  return isReal && !/[.e]/.test(digits) ? `${digits}.0` : digits;
}

/** Characters that hide are written as numbers: what is read is what is run. */
function textLiteral(text: string): string {
  const quoted = (part: string): string => `'${part.replaceAll("'", "''")}'`;
  if (!HIDDEN.test(text)) return quoted(text);
  const parts = text
    .split(new RegExp(`(${HIDDEN.source})`, "u"))
    .filter((part) => part !== "")
    .map((part) =>
      HIDDEN.test(part)
        ? `char(${Array.from(part, (character) => character.codePointAt(0)).join(", ")})`
        : quoted(part),
    );
  return `(${parts.join(" || ")})`;
}
