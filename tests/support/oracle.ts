/**
 * Says which rows a question finds, written differently from src/query: plain JavaScript over the values that a test
 * inserted. It shares nothing with the code under test, and reads no text of a question: a term is data here, which is
 * printed for the code under test.
 */

/** What is in one column of one row. */
export interface Cell {
  readonly value: string | number | null;
  /** What was parsed of its JSON; left out where it is none. */
  readonly document?: unknown;
  /** Stored as JSONB, of the JSON that is in `value`. */
  readonly isJsonb?: boolean;
  /** The text of another table by which it is shown. */
  readonly shown?: string;
}

export interface OracleRow {
  readonly id: bigint;
  /** In ms since 1970; undefined where the row has no time. */
  readonly atMs: number | undefined;
  readonly cells: Readonly<Record<string, Cell>>;
}

export interface OracleTable {
  readonly key: string;
  readonly time: string;
  /** Columns in which a word is looked for. */
  readonly textColumns: readonly string[];
}

export type Comparison = ">" | ">=" | "<" | "<=";

/** Pieces of a text with stars in between. */
export type Starred = readonly string[];

/** What a time covers, in ms since 1970; `toMs` does not belong to it. */
export interface Span {
  readonly text: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export type OracleTerm = { readonly isNegated: boolean } & (
  | { readonly kind: "word"; readonly word: Starred; readonly isQuoted: boolean }
  | {
      readonly kind: "equal";
      /** As it is written. */
      readonly field: string;
      readonly column: string;
      readonly values: readonly Starred[];
    }
  | {
      readonly kind: "compare";
      readonly field: string;
      readonly column: string;
      readonly ends: readonly { readonly operator: Comparison; readonly number: string }[];
      readonly isRange: boolean;
    }
  | {
      readonly kind: "json";
      readonly field: string;
      readonly column: string;
      readonly path: readonly (string | number)[];
      readonly values: readonly Starred[];
    }
  | {
      readonly kind: "jsonCompare";
      readonly field: string;
      readonly column: string;
      readonly path: readonly (string | number)[];
      readonly operator: Comparison;
      readonly number: string;
    }
  | { readonly kind: "bound"; readonly side: "since" | "until"; readonly span: Span }
  | { readonly kind: "time"; readonly field: string; readonly operator: Comparison | ""; readonly span: Span }
);

export function matches(terms: readonly OracleTerm[], row: OracleRow, table: OracleTable): boolean {
  return terms.every((term) => isTrueOf(term, row, table) !== term.isNegated);
}

function isTrueOf(term: OracleTerm, row: OracleRow, table: OracleTable): boolean {
  switch (term.kind) {
    case "word":
      return table.textColumns.some((column) =>
        textsOf(row.cells[column]).some((text) => isFoundIn(text.toLowerCase(), term.word)),
      );
    case "equal":
      return term.values.some((value) => isValue(cellOf(row, term.column, table), value));
    case "compare": {
      const value = numberIn(cellOf(row, term.column, table).value);
      return value !== undefined && term.ends.every(({ operator, number }) => holds(value, operator, number));
    }
    case "json": {
      const value = memberOf(row.cells[term.column]?.document, term.path);
      return term.values.some((wanted) => isMember(value, wanted));
    }
    case "jsonCompare": {
      const member = memberOf(row.cells[term.column]?.document, term.path);
      const value = typeof member === "string" || typeof member === "number" ? numberIn(member) : undefined;
      return value !== undefined && holds(value, term.operator, term.number);
    }
    case "bound":
      return isInTime(row.atMs, term.side === "since" ? ">=" : "<=", term.span);
    case "time":
      return isInTime(row.atMs, term.operator, term.span);
  }
}

/** The key is a column like any other. */
function cellOf(row: OracleRow, column: string, { key }: OracleTable): Cell | { readonly value: bigint } {
  return column === key ? { value: row.id } : (row.cells[column] ?? { value: null });
}

/** What a reader sees of a value: itself, what its JSON says, and the text by which it is shown. */
function textsOf(cell: Cell | undefined): string[] {
  if (cell === undefined || cell.value === null) return [];
  const shown = cell.shown === undefined ? [] : [cell.shown];
  return [String(cell.value), ...stringsIn(cell.document), ...shown];
}

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([name, member]) => [name, ...stringsIn(member)]);
  return [];
}

function isFoundIn(text: string, word: Starred): boolean {
  let rest = text;
  for (const piece of word) {
    const at = rest.indexOf(piece.toLowerCase());
    if (at === -1) return false;
    rest = rest.slice(at + piece.length);
  }
  return true;
}

/** From the first letter to the last one. */
function isLike(text: string, [first = "", ...more]: Starred): boolean {
  if (!text.startsWith(first)) return false;
  let rest = text.slice(first.length);
  const last = more.pop() ?? "";
  for (const piece of more) {
    const at = rest.indexOf(piece);
    if (at === -1) return false;
    rest = rest.slice(at + piece.length);
  }
  return rest.length >= last.length && rest.endsWith(last);
}

function isValue(cell: Cell | { readonly value: bigint }, wanted: Starred): boolean {
  const { value } = cell;
  const shown = "shown" in cell ? cell.shown : undefined;
  if (wanted.length > 1)
    return (
      (value !== null && isLike(String(value), [...wanted])) ||
      (shown !== undefined && isLike(shown, [...wanted]))
    );
  const [text = ""] = wanted;
  if (text === "") return value === null || value === "";
  if (shown === text) return true;
  if (typeof value === "string") return value === text;
  if (typeof value === "bigint") return String(value) === text;
  return value !== null && isNumber(text) && Number(text) === value;
}

function isMember(value: unknown, wanted: Starred): boolean {
  if (wanted.length > 1)
    return (typeof value === "string" || typeof value === "number") && isLike(String(value), [...wanted]);
  const [text = ""] = wanted;
  if (text === "") return value === undefined || value === null || value === "";
  if (typeof value === "boolean") return String(value) === text;
  if (typeof value === "number") return isNumber(text) && Number(text) === value;
  return value === text;
}

function memberOf(document: unknown, path: readonly (string | number)[]): unknown {
  let value = document;
  for (const step of path) {
    if (typeof value !== "object" || value === null) return undefined;
    if (Array.isArray(value) !== (typeof step === "number")) return undefined;
    value = Object.entries(value).find(([name]) => name === String(step))?.[1];
  }
  return value;
}

function isNumber(text: string): boolean {
  return (
    text.trim() === text && /\d/.test(text) && /^[-+.\de]+$/i.test(text) && Number.isFinite(Number(text))
  );
}

/** A number, or a text that is nothing but one. */
function numberIn(value: string | number | bigint | null): number | bigint | undefined {
  if (typeof value !== "string") return value ?? undefined;
  return isNumber(value) ? Number(value) : undefined;
}

/** Exact between integers. */
function holds(value: number | bigint, operator: Comparison, text: string): boolean {
  const other = /^-?\d+$/.test(text) ? BigInt(text) : Number(text);
  switch (operator) {
    case ">":
      return value > other;
    case ">=":
      return value >= other;
    case "<":
      return value < other;
    case "<=":
      return value <= other;
  }
}

function isInTime(atMs: number | undefined, operator: Comparison | "", { fromMs, toMs }: Span): boolean {
  if (atMs === undefined) return false;
  switch (operator) {
    case ">":
      return atMs >= toMs;
    case ">=":
      return atMs >= fromMs;
    case "<":
      return atMs < fromMs;
    case "<=":
      return atMs < toMs;
    case "":
      return atMs >= fromMs && atMs < toMs;
  }
}

/** The text that is to be read as these terms. */
export function printTerms(terms: readonly OracleTerm[]): string {
  return terms.map((term) => (term.isNegated ? "-" : "") + printPositive(term)).join(" ");
}

function printPositive(term: OracleTerm): string {
  switch (term.kind) {
    case "word":
      return term.isQuoted ? quoted(term.word) : unquoted(term.word);
    case "equal":
    case "json":
      return `${term.field}:${term.values.map(unquoted).join(",")}`;
    case "compare": {
      const [from, to] = term.ends;
      if (term.isRange) return `${term.field}:${from?.number}..${to?.number}`;
      return `${term.field}:${from?.operator}${from?.number}`;
    }
    case "jsonCompare":
      return `${term.field}:${term.operator}${term.number}`;
    case "bound":
      return `${term.side}:${term.span.text}`;
    case "time":
      return `${term.field}:${term.operator}${term.span.text}`;
  }
}

/** Where no character in it could mean anything. */
function unquoted(text: Starred): string {
  const isPlain = text.every((piece) => /^[\p{L}\p{N}_%]*$/u.test(piece)) && text.join("") !== "";
  return isPlain && text.join("*") !== "OR" ? text.join("*") : quoted(text);
}

function quoted(text: Starred): string {
  return `"${text.map((piece) => piece.replaceAll(/["\\*]/g, "\\$&")).join("*")}"`;
}
