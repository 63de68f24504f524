/** What a question becomes in the SQL of one kind of database. What it means is decided in compile.ts, for all kinds. */
import type { TimeForm } from "../column-roles.ts";
import type { Operator, Pattern } from "../question.ts";
import type { AskedColumn } from "./asked-table.ts";
import type { Sql } from "./sql.ts";
import type { Moment } from "./time-sql.ts";

/** Conditions are true where they hold, and false or NULL elsewhere. They never fail, whatever is stored. */
export interface Dialect {
  /** How many values can be bound to a condition. */
  readonly maxBoundValues: number;
  /**
   * Whether a word or phrase is in what a reader sees of the value, whatever the case of its letters.
   * @param mayBeJson the column may hold documents in a form that is no text
   */
  contains(value: Sql, column: AskedColumn, text: Pattern, mayBeJson: boolean): Sql;
  /** Whether the value is like a pattern with stars, letter by letter. */
  isLike(value: Sql, column: AskedColumn, pattern: Pattern): Sql;
  /** Whether the value is one of these, as a text, or as a number where it is written like one. */
  isOneOf(value: Sql, column: AskedColumn, texts: readonly string[]): Sql;
  /** The same for stored values that labels are given for. */
  isLabelled(value: Sql, column: AskedColumn, keys: readonly string[]): Sql;
  /** Whether it is NULL, or the empty text. */
  isNothing(value: Sql, column: AskedColumn): Sql;
  /** Whether a text of another table is exactly this. */
  isShownText(shown: Sql, text: string): Sql;
  /** Compares numbers, and texts that are written like numbers. @param number as it is written */
  isCompared(value: Sql, column: AskedColumn, operator: Operator, number: string): Sql;
  /** Whether a time lies in a span; see time-sql.ts. @param zone of times without one */
  isWithin(
    value: Sql,
    column: AskedColumn,
    time: { readonly form: TimeForm; readonly zone: string },
    from: Moment | undefined,
    to: Moment | undefined,
  ): Sql;
  /** A member of the document that the value is. */
  member(value: Sql, column: AskedColumn, path: readonly (string | number)[]): Member;
  /** The table that a reference leads to. */
  tableName(by: NonNullable<AskedColumn["shownBy"]>): Sql;
}

/** What is at some place in a document. */
export interface Member {
  /** What is compared with numbers and times. */
  readonly value: Sql;
  readonly column: AskedColumn;
  /** A comparison of the value, which must not hold for `true` and `false`. */
  compared(comparison: Sql): Sql;
  isLike(pattern: Pattern): Sql;
  isSame(text: string): Sql;
  /** NULL, the empty text, or no such member. */
  readonly isNothing: Sql;
}

/** The text by which a reference is shown. */
export const SHOWN_TEXT: AskedColumn = { name: "", affinity: "text", stored: "text" };
