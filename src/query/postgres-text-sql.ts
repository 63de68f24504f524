/** Texts in PostgreSQL: contained, equal, or like a pattern. The collation of the database does not matter: letters are compared as they are in "C". */
import type { Pattern } from "../question.ts";
import type { StoredKind } from "./asked-table.ts";
import { anyOf, joinSql, Sql, sql } from "./sql.ts";
import { casesOf, hasOtherCase, spellings } from "./text-sql.ts";

/** What a reader sees of a value; never of bytes. */
export function shownText(value: Sql, stored: StoredKind = "text"): Sql {
  switch (stored) {
    case "bytes":
      return sql`NULL::text`;
    case "timestamptz":
      return isoText(value, sql`(${value} AT TIME ZONE 'UTC')`, "Z");
    case "timestamp":
      return isoText(value, value, "");
    case "date":
      // As text it would be written as the server is set to.
      return sql`(CASE WHEN isfinite(${value}) THEN to_char(${value}, 'YYYY-MM-DD') ELSE ${value}::text END)`;
    case "document":
      return sql`to_jsonb(${value})::text`;
    case "boolean":
    case "float4":
    case "float8":
    case "integer":
    case "json":
    case "jsonb":
    case "numeric":
    case "other":
    case "text":
      return sql`${value}::text`;
  }
}

/** To the millisecond, or the microsecond where there are some. */
function isoText(value: Sql, local: Sql, zone: "Z" | ""): Sql {
  const text = (fraction: "MS" | "US"): Sql =>
    sql`to_char(${local}, ${new Sql(`'YYYY-MM-DD"T"HH24:MI:SS.${fraction}${zone === "Z" ? '"Z"' : ""}'`)})`;
  return sql`(CASE WHEN NOT isfinite(${value}) THEN ${value}::text
    WHEN date_trunc('milliseconds', ${value}) = ${value} THEN ${text("MS")} ELSE ${text("US")} END)`;
}

/** Whether a text is one of these, letter by letter. No text of PostgreSQL has a NUL in it. */
export function equalsText(text: Sql, texts: readonly string[]): Sql {
  const possible = texts.filter((other) => !other.includes("\0"));
  if (possible.length === 0) return sql`FALSE`;
  const bound = possible.map((other) => sql`${other}::text`);
  return sql`${text} IN (${joinSql(bound, ", ")})`;
}

/**
 * Whether a text contains another, whatever the case of its letters.
 * @param mayBeEscaped it may be JSON as any program writes it; `jsonb` escapes nothing that needs none
 */
export function containsText(text: Sql, pattern: Pattern, mayBeEscaped: boolean): Sql {
  const [plain = pattern, ...escaped] = spellings(pattern);
  const found = containsSpelling(text, plain);
  if (escaped.length === 0) return found;
  const others = anyOf(
    (mayBeEscaped ? escaped : escaped.slice(0, 1)).map((pieces) => containsSpelling(text, pieces)),
  );
  // Few texts have an escape in them, which is found out sooner.
  return anyOf([found, sql`(strpos(${text}, ${new Sql("'\\'")}) > 0 AND ${others})`]);
}

/** In "C" ILIKE knows the case of ASCII alone, so that other letters are looked for in both cases. */
function containsSpelling(text: Sql, pieces: Pattern): Sql {
  if (pieces.some((piece) => piece.split("").some(hasOtherCase)))
    return sql`${text} COLLATE "C" ~ ${pieces.map(regularOf).join(".*")}::text`;
  return sql`${text} COLLATE "C" ILIKE ${`%${pieces.map(likeOf).join("%")}%`}::text`;
}

/** Whether a text is like a pattern with stars, letter by letter. */
export function isLikeText(text: Sql, pattern: Pattern): Sql {
  return sql`${text} COLLATE "C" LIKE ${pattern.map(likeOf).join("%")}::text`;
}

function likeOf(piece: string): string {
  return piece.replaceAll(/[%_\\]/g, "\\$&");
}

/** A piece of a regular expression that means itself, in both cases. */
function regularOf(piece: string): string {
  return Array.from(piece)
    .map((letter) => {
      const cases = casesOf(letter);
      if (cases.length > 1) return `[${cases.join("")}]`;
      return /[!-/:-@[-`{-~]/.test(letter) ? `\\${letter}` : letter;
    })
    .join("");
}
