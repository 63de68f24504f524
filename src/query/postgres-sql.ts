/** Pieces of SQL as PostgreSQL takes them: with numbered places, and every value as text. */
import type { Sql, SqlValue } from "./sql.ts";

export interface PostgresStatement {
  readonly text: string;
  readonly values: (string | null)[];
}

/** A name, a text, a place for a value, or the break of a line. */
const PIECE = /"(?:[^"]|"")*"|'(?:[^']|'')*'|\?|\n\s*/g;

/** @param nowMs what "now" is, in ms since 1970 */
export function postgresSql(statement: Sql, nowMs: number): PostgresStatement {
  let place = 0;
  const text = statement.text.replaceAll(PIECE, (piece) => (piece === "?" ? `$${++place}` : piece));
  return { text, values: statement.bind(nowMs).map(textOf) };
}

/** One line, with its values as literals. */
export function postgresLiteralSql(statement: Sql, nowMs: number): string {
  const values = statement.bind(nowMs).values();
  return statement.text.replaceAll(PIECE, (piece) => {
    if (piece.startsWith("\n")) return " ";
    return piece === "?" ? literal(textOf(values.next().value ?? null)) : piece;
  });
}

function textOf(value: SqlValue): string | null {
  return value === null || typeof value === "string" ? value : String(value);
}

/** What does not show on a screen is written as escapes. */
function literal(text: string | null): string {
  if (text === null) return "NULL";
  const quoted = text.replaceAll("'", "''");
  if (!/[\p{C}\p{Zl}\p{Zp}]/u.test(text)) return `'${quoted}'`;
  const escaped = quoted
    .replaceAll("\\", "\\\\")
    .replaceAll(
      /[\p{C}\p{Zl}\p{Zp}]/gu,
      (hidden) => `\\U${(hidden.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`,
    );
  return `E'${escaped}'`;
}
