/**
 * Turns a question into a condition of SQL for one table. It is the only place that decides which rows match: the
 * stream, the list, the statistics and the export all ask the database with it.
 */
import type { BoundTerm, FieldTerm, Operator, Pattern, Question, Term, TextTerm } from "../question.ts";
import type { AskedColumn, AskedTable } from "./asked-table.ts";
import type { Dialect } from "./dialect.ts";
import { columnOfRole, type Field, findField, isRole } from "./fields.ts";
import { INTEGER, NUMBER } from "./number-sql.ts";
import { printPath, printValue } from "./print.ts";
import { QuestionError } from "./question-error.ts";
import { isShownOtherwise, ShownValue } from "./shown-value.ts";
import { allOf, anyOf, nameSql, type Sql, sql } from "./sql.ts";
import { SQLITE } from "./sqlite-dialect.ts";
import { momentsOf, readTime, TIME_EXAMPLES, type TimeLiteral } from "./time-literal.ts";
import type { Moment } from "./time-sql.ts";

/** Roles whose text a reader sees first; every other column with text comes after them. */
const TEXT_ROLES = ["summary", "type", "target", "actor", "metadata"] as const;

/** Columns in which a word is looked for; those beyond are found by their names. SQLite nests conditions a thousand deep. */
export const MAX_TEXT_COLUMNS = 100;

/**
 * @param row what the rows of the table are called in the statement
 * @param dialect of the database that is asked
 * @returns a condition that is true for the rows that match, and false or NULL for the others
 * @throws QuestionError where the table has no such field, or a value can't be compared with it
 */
export function compileQuestion(
  { terms }: Question,
  table: AskedTable,
  row: Sql,
  dialect: Dialect = SQLITE,
): Sql {
  // What is cheap comes first: SQLite looks no further where it does not hold.
  const sorted = terms.toSorted((a, b) => Number(a.kind === "text") - Number(b.kind === "text"));
  const condition = allOf(sorted.map((term) => new TermCompiler(table, row, dialect).compile(term)));
  if (condition.values.length > dialect.maxBoundValues)
    throw new QuestionError(
      "The question has too many terms for a table of so many columns. Write fewer, or name the columns: summary:*word*.",
      sorted.at(-1)?.at ?? 0,
    );
  return condition;
}

class TermCompiler {
  readonly #table: AskedTable;
  readonly #row: Sql;
  readonly #dialect: Dialect;

  constructor(table: AskedTable, row: Sql, dialect: Dialect) {
    this.#table = table;
    this.#row = row;
    this.#dialect = dialect;
  }

  compile(term: Term): Sql {
    const condition = this.#positive(term);
    // An index is used for what stands alone. NULL is as good as false there.
    return term.isNegated ? sql`(${condition} IS NOT TRUE)` : condition;
  }

  #positive(term: Term): Sql {
    switch (term.kind) {
      case "text":
        return this.#text(term);
      case "bound":
        return this.#bound(term);
      case "field":
        return this.#field(term);
    }
  }

  #text({ text, at }: TextTerm): Sql {
    refuseNul(text, at);
    const roles = TEXT_ROLES.map((role) => columnOfRole(role, this.#table)).filter(
      (column) => column !== undefined,
    );
    const time = columnOfRole("time", this.#table);
    const others = this.#table.columns.filter(
      (column) =>
        (column.affinity !== "numeric" || isShownOtherwise(column, this.#table)) &&
        column.name !== this.#table.key &&
        column.name !== time?.name &&
        !roles.some((role) => role.name === column.name),
    );
    const metadata = columnOfRole("metadata", this.#table);
    return anyOf(
      [...roles, ...others].slice(0, MAX_TEXT_COLUMNS).flatMap((column) => {
        const mayBeJson = column.affinity === "none" || column.name === metadata?.name;
        return this.#shown(column).contains(text, mayBeJson);
      }),
    );
  }

  #bound({ side, time, at }: BoundTerm): Sql {
    const column = columnOfRole("time", this.#table);
    if (column === undefined)
      throw new QuestionError(
        `The table has no column that tells the time, so that ${side}: means nothing.`,
        at,
      );
    const literal = readTime(time, this.#table.zone);
    if (literal === undefined)
      throw new QuestionError(`${JSON.stringify(time)} is no time: ${side}: takes ${TIME_EXAMPLES}.`, at);
    const value = this.#value(column);
    return side === "since"
      ? this.#isWithin(value, column, momentsOf(literal).from, undefined)
      : this.#isWithin(value, column, undefined, momentsOf(literal).to);
  }

  #field(term: FieldTerm): Sql {
    const field = findField(term.field, this.#table, term.at);
    if (field.rest.length > 0) return this.#jsonField(field, term);
    const { column } = field;
    const { test } = term;
    const value = this.#value(column);
    if (test.kind !== "any") return this.#compared(value, column, term);
    // One list for all values that are compared as they are, so that an index can be used.
    const isPlain = (pattern: Pattern): boolean => this.#isPlain(pattern, column);
    const plain = test.values.filter(isPlain).map(([text = ""]) => text);
    const others = test.values.filter((pattern) => !isPlain(pattern));
    return anyOf([
      ...(plain.length === 0 ? [] : [this.#dialect.isOneOf(value, column, plain)]),
      ...others.map((pattern) => this.#equals(value, column, pattern, term)),
    ]);
  }

  /** Whether a value is nothing but a text or a number of the column itself. */
  #isPlain([text = "", ...more]: Pattern, column: AskedColumn): boolean {
    return (
      more.length === 0 &&
      text !== "" &&
      !isShownOtherwise(column, this.#table) &&
      (column.time === undefined || NUMBER.test(text)) &&
      (column.name !== this.#table.key || INTEGER.test(text))
    );
  }

  #equals(value: Sql, column: AskedColumn, pattern: Pattern, term: FieldTerm): Sql {
    const [text = "", ...more] = pattern;
    if (more.length > 0) {
      refuseNul(pattern, term.at);
      return anyOf(this.#shown(column).isLike(pattern));
    }
    if (text === "") return this.#dialect.isNothing(value, column);
    const span = column.time === undefined || NUMBER.test(text) ? undefined : this.#storedTime(text, term);
    if (span?.kind === "ago")
      throw new QuestionError(
        `${JSON.stringify(text)} ago is a moment, and hardly a row is of exactly that: for example since:${text} or time:>=${text} for the time since then.`,
        term.at,
      );
    if (span !== undefined) {
      const { from, to } = momentsOf(span);
      return this.#isWithin(value, column, from, to);
    }
    if (column.name === this.#table.key && !INTEGER.test(text))
      throw new QuestionError(
        `${JSON.stringify(text)} is no id: an id is an integer, for example id:5 or id:5..9.`,
        term.at,
      );
    return anyOf(this.#shown(column).isSame(text));
  }

  /** A comparison or a range. */
  #compared(value: Sql, column: AskedColumn, term: FieldTerm): Sql {
    const ends = endsOf(term);
    // A number is compared as it is stored, also with a column of times.
    if (ends.every(({ text }) => NUMBER.test(text)))
      return allOf(ends.map(({ operator, text }) => this.#dialect.isCompared(value, column, operator, text)));
    if (column.name === this.#table.key && column.time === undefined)
      throw new QuestionError(`An id is compared with an integer, for example id:>=5 or id:5..9.`, term.at);
    return allOf(
      ends.map(({ operator, text }) => {
        const { from, to } = momentsOf(this.#time(text, term));
        if (operator === ">") return this.#isWithin(value, column, to, undefined);
        if (operator === ">=") return this.#isWithin(value, column, from, undefined);
        return this.#isWithin(value, column, undefined, operator === "<" ? from : to);
      }),
    );
  }

  #jsonField({ column, rest }: Field, term: FieldTerm): Sql {
    const member = this.#dialect.member(this.#value(column), column, rest);
    const { test } = term;
    if (test.kind !== "any") return member.compared(this.#compared(member.value, member.column, term));
    return anyOf(
      test.values.map((pattern) => {
        const [text = "", ...more] = pattern;
        if (more.length > 0) {
          refuseNul(pattern, term.at);
          return member.isLike(pattern);
        }
        return text === "" ? member.isNothing : member.isSame(text);
      }),
    );
  }

  #value(column: AskedColumn): Sql {
    return sql`${this.#row}.${nameSql(column.name)}`;
  }

  #shown(column: AskedColumn): ShownValue {
    return new ShownValue(this.#value(column), column, this.#table, this.#dialect);
  }

  #isWithin(value: Sql, column: AskedColumn, from: Moment | undefined, to: Moment | undefined): Sql {
    const time = { form: column.time ?? "text", zone: this.#table.zone } as const;
    return this.#dialect.isWithin(value, column, time, from, to);
  }

  /** Undefined for another text: a column that is asked for by its own name may store it. */
  #storedTime(text: string, term: FieldTerm): TimeLiteral | undefined {
    const column = isRole(term.field, this.#table) ? this.#table.roles.time?.column : undefined;
    if (column === undefined) return readTime(text, this.#table.zone);
    return this.#time(
      text,
      term,
      ` A text is asked for in its column: ${printPath({ path: [column], isColumn: column === "time" })}:${printValue([text])}.`,
    );
  }

  #time(text: string, term: FieldTerm, advice = ""): TimeLiteral {
    const literal = readTime(text, this.#table.zone);
    if (literal === undefined)
      throw new QuestionError(
        `${JSON.stringify(text)} is neither a number nor a time, and can't be compared: for example >=5, 5..9, >2026-11-25 or ${TIME_EXAMPLES}.${advice}`,
        term.at,
      );
    return literal;
  }
}

function endsOf({ test }: FieldTerm): { readonly operator: Operator; readonly text: string }[] {
  if (test.kind === "compare") return [{ operator: test.operator, text: test.value }];
  if (test.kind === "any") return [];
  return [
    ...(test.from === undefined ? [] : [{ operator: ">=" as const, text: test.from }]),
    ...(test.to === undefined ? [] : [{ operator: "<=" as const, text: test.to }]),
  ];
}

/** Texts and patterns of SQLite end at a NUL, so that the rest of them would not count. */
function refuseNul(pattern: Pattern, at: number): void {
  if (pattern.some((piece) => piece.includes("\0")))
    throw new QuestionError("A NUL character can't be searched for: leave it out, or write a star.", at);
}
