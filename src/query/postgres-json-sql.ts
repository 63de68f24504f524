/** Members of documents in PostgreSQL: of json and jsonb, of arrays, and of texts that hold JSON. */
import type { AskedColumn } from "./asked-table.ts";
import type { Member } from "./dialect.ts";
import { NUMBER } from "./number-sql.ts";
import { equalsText, isLikeText } from "./postgres-text-sql.ts";
import { anyOf, Sql, sql } from "./sql.ts";

/** Documents in texts that are nested deeper are taken for texts. */
const MAX_TEXT_DEPTH = 20;

const VALUE = new Sql("(member.v #>> '{}')");

export function member(
  value: Sql,
  { stored = "text" }: AskedColumn,
  path: readonly (string | number)[],
): Member {
  const document = documentOf(value, stored);
  // "strict": [0] is a place of an array, and a name is that of a member, never the other.
  const found = path.some((step) => String(step).includes("\0"))
    ? sql`NULL::jsonb`
    : sql`jsonb_path_query_first(${document}, ${jsonPath(path)}::jsonpath, '{}', TRUE)`;
  // OFFSET keeps PostgreSQL from looking the member up for each of its uses.
  const of = (condition: Sql): Sql =>
    sql`(SELECT ${condition} FROM (SELECT ${found} AS v OFFSET 0) AS member)`;
  return {
    value: sql`(CASE WHEN jsonb_typeof(member.v) IN ('string', 'number') THEN ${VALUE} END)`,
    column: { name: "", affinity: "none", stored: "text" },
    compared: of,
    isLike: (pattern) => of(sql`(jsonb_typeof(member.v) <> 'boolean' AND ${isLikeText(VALUE, pattern)})`),
    isSame: (text) => of(isSame(text)),
    isNothing: of(sql`coalesce(${VALUE}, '') = ''`),
  };
}

function isSame(text: string): Sql {
  const isText = sql`(jsonb_typeof(member.v) NOT IN ('boolean', 'number') AND ${equalsText(VALUE, [text])})`;
  const others: Sql[] = [];
  if (text === "true" || text === "false")
    others.push(sql`(jsonb_typeof(member.v) = 'boolean' AND ${VALUE} = ${text}::text)`);
  if (NUMBER.test(text) && Number.isFinite(Number(text)))
    others.push(
      sql`CASE jsonb_typeof(member.v) WHEN 'number' THEN ${VALUE}::numeric = ${Number(text) === 0 ? "0" : text}::numeric ELSE FALSE END`,
    );
  return others.length === 0 ? isText : anyOf([isText, ...others]);
}

function documentOf(value: Sql, stored: AskedColumn["stored"]): Sql {
  switch (stored) {
    case "jsonb":
      return value;
    case "document":
      return sql`to_jsonb(${value})`;
    case "json":
      return sql`CASE WHEN ${isUnreadable(sql`${value}::text`)} THEN NULL ELSE ${value}::jsonb END`;
    case "text":
    case "other":
      return sql`CASE WHEN ${isDocument(sql`${value}::text`)} THEN ${value}::text::jsonb END`;
    case undefined:
    case "boolean":
    case "bytes":
    case "date":
    case "float4":
    case "float8":
    case "integer":
    case "numeric":
    case "timestamp":
    case "timestamptz":
      return sql`NULL::jsonb`;
  }
}

/** What json takes and jsonb refuses: a NUL, half of a pair of escapes, and numbers without an end. */
function isUnreadable(text: Sql): Sql {
  const pairs = new Sql(String.raw`'\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}'`);
  const refused = new Sql(String.raw`'\\u(0000|[dD][89a-fA-F])|[eE][+-]?[0-9]{4}'`);
  return sql`regexp_replace(${text}, ${pairs}, '', 'g') ~ ${refused}`;
}

const STRING = String.raw`"(?:[^"\\\u0001-\u001f]|\\["\\/bfnrt]|\\u(?:(?!0000|[dD][89a-fA-F])[0-9a-fA-F]{4}|[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}))*"`;
const SCALAR = String.raw`-?(?:0|[1-9][0-9]{0,250})(?:[.][0-9]{1,250})?(?:[eE][+-]?[0-9]{1,3})?|true|false|null`;
const LEAF = String.raw`\[(?:(?:0|"")(?:,(?:0|""))*)?\]|\{(?:"":(?:0|"")(?:,"":(?:0|""))*)?\}`;

/**
 * Whether a text is a document of JSON that jsonb takes: a cast would fail, and before version 16 nothing else tells.
 * Its texts become "", its numbers 0, and then arrays and objects of these become 0, from the innermost on.
 */
function isDocument(text: Sql): Sql {
  const quote = (pattern: string): Sql => new Sql(`'${pattern}'`);
  const texts = sql`regexp_replace(${text}, ${quote(STRING)}, '""', 'g')`;
  const scalars = sql`regexp_replace(${texts}, ${quote(SCALAR)}, '0', 'g')`;
  let rest = sql`translate(${scalars}, ' ' || chr(9) || chr(10) || chr(13), '')`;
  for (let depth = 0; depth < MAX_TEXT_DEPTH; depth++)
    rest = sql`regexp_replace(${rest}, ${quote(LEAF)}, '0', 'g')`;
  return sql`CASE WHEN ${text} ~ ${quote(String.raw`^[ \t\n\r]*[\[{]`)} THEN ${rest} = '0' ELSE FALSE END`;
}

/** https://www.postgresql.org/docs/current/datatype-json.html#DATATYPE-JSONPATH. Names are written as in JSON. */
function jsonPath(path: readonly (string | number)[]): string {
  return `strict $${path.map((step) => (typeof step === "number" ? `[${step}]` : `.${JSON.stringify(step)}`)).join("")}`;
}
