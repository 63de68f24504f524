/** Reads the text of a question. */
import type { FieldPath, FieldTest, Operator, Pattern, Question, Term } from "../question.ts";
import { readPattern, readQuotedName, type WrittenPattern } from "./pattern.ts";
import { QuestionError } from "./question-error.ts";

export { QuestionError } from "./question-error.ts";

/** In UTF-16 units. A URL of this length passes every proxy. */
export const MAX_QUESTION_LENGTH = 4096;

/** Each term is looked at for each row: more is no question of a person. */
export const MAX_TERMS = 64;

/** Values of one term. SQLite takes conditions that are nested up to a thousand times. */
export const MAX_VALUES = 100;

/** Words that other languages join terms with. Taken as text they would quietly find something else. */
const JOINING: Readonly<Record<string, string>> = {
  OR: "There is no OR between terms. Write type:a,b for either of two values",
  AND: "There is no AND: all terms have to hold anyway. Write deploy failed for rows with both words",
  NOT: "There is no NOT. Write a minus before the term: -type:done",
};

const OPERATORS: readonly Operator[] = [">=", "<=", ">", "<"];

/** @throws QuestionError */
export function parseQuestion(text: string): Question {
  if (text.length > MAX_QUESTION_LENGTH)
    throw new QuestionError(
      `A question has at most ${MAX_QUESTION_LENGTH} characters. Write fewer terms.`,
      MAX_QUESTION_LENGTH,
    );
  return new Parser(text).question();
}

/**
 * Reads what stands after the colon of a term, where it stands alone and a blank does not end it: the value of a
 * parameter of the URL.
 * @throws QuestionError
 */
export function parseTest(text: string): FieldTest {
  return new Parser(text, false).onlyTest();
}

/** A run up to a blank that has a colon outside of quotation marks. */
const BEFORE_COLON = /^[^\s"]*(?:"(?:[^"\\]|\\.)*"[^\s"]*)*:/s;

class Parser {
  readonly #text: string;
  readonly #endsAtBlank: boolean;
  #at = 0;

  constructor(text: string, endsAtBlank = true) {
    this.#text = text;
    this.#endsAtBlank = endsAtBlank;
  }

  question(): Question {
    const terms: Term[] = [];
    for (;;) {
      this.#skipBlanks();
      if (this.#at === this.#text.length) return { terms };
      if (terms.length === MAX_TERMS)
        throw this.#error(`A question has at most ${MAX_TERMS} terms. Write fewer.`);
      terms.push(this.#term());
    }
  }

  /** The same as `test`, and nothing after it. */
  onlyTest(): FieldTest {
    const test = this.test();
    if (this.#at < this.#text.length) throw this.#notAlone();
    return test;
  }

  /** What stands after the colon. */
  test(): FieldTest {
    const operator = OPERATORS.find((sign) => this.#text.startsWith(sign, this.#at));
    if (operator !== undefined) {
      this.#at += operator.length;
      return { kind: "compare", operator, value: this.#plain(this.#value(), `${operator}5`) };
    }
    const startAt = this.#at;
    const first = this.#text.startsWith("..", this.#at) ? undefined : this.#value();
    if (this.#text.startsWith("..", this.#at)) {
      this.#at += 2;
      const last = this.#isAtBlank() ? undefined : this.#value();
      if (first === undefined && last === undefined)
        throw this.#error("A range has a value at one end at least, for example id:5.. or id:5..9", startAt);
      const from = first === undefined ? undefined : this.#plain(first, "5..9");
      return { kind: "range", from, to: last === undefined ? undefined : this.#plain(last, "5..9") };
    }
    const values = first === undefined ? [] : [first.pattern];
    while (this.#peek() === ",") {
      if (values.length === MAX_VALUES)
        throw this.#error(`A term has at most ${MAX_VALUES} values. Write fewer.`);
      this.#at++;
      values.push(this.#value().pattern);
      if (this.#text.startsWith("..", this.#at))
        throw this.#error("A range stands alone, for example id:5..9");
    }
    return { kind: "any", values };
  }

  #term(): Term {
    const at = this.#at;
    const isNegated = this.#peek() === "-";
    if (isNegated) this.#at++;
    if (this.#isAtBlank())
      throw this.#error("After the minus comes the term that is not to hold, for example -type:done");
    const field = this.#field();
    if (field === undefined) return { kind: "text", isNegated, at, text: this.#words() };
    const [name] = field.path;
    if ((name === "since" || name === "until") && field.path.length === 1 && !field.isColumn) {
      const value = this.#value();
      if (!this.#isAtBlank())
        throw this.#error(`${name}: takes one time, for example ${name}:2h or ${name}:2026-11-25T10:00Z`);
      return { kind: "bound", isNegated, at, side: name, time: this.#plain(value, "2h") };
    }
    const test = this.test();
    if (!this.#isAtBlank())
      throw test.kind === "any"
        ? this.#error(`After a value comes a blank or a comma, for example ${name}:a,b`)
        : this.#notAlone();
    return { kind: "field", isNegated, at, field, test };
  }

  /** The field before a colon; undefined where the term is a text, and then nothing was read. */
  #field(): FieldPath | undefined {
    const startAt = this.#at;
    const isColumn = this.#peek() === '"';
    const mustBeField = isColumn ? false : BEFORE_COLON.test(this.#text.slice(startAt));
    const name = isColumn ? this.#quotedName() : this.#name();
    const path: [string, ...(string | number)[]] = [name];
    for (;;) {
      const next = this.#peek();
      if (next === ":" && (name !== "" || isColumn)) {
        this.#at++;
        return { path, isColumn };
      }
      if (!mustBeField && (!isColumn || (next !== "." && next !== "["))) break;
      if (next === ".") path.push(this.#member());
      else if (next === "[") path.push(this.#place());
      else
        throw this.#error(
          'Before a colon comes a field, for example type:done. Write "a: b" for text',
          startAt,
        );
    }
    this.#at = startAt;
    return undefined;
  }

  #member(): string {
    const dotAt = this.#at++;
    const isQuoted = this.#peek() === '"';
    const member = isQuoted ? this.#quotedName() : this.#name();
    if (member === "" && !isQuoted)
      throw this.#error("After a dot comes a name, for example metadata.error.code:7", dotAt + 1);
    return member;
  }

  #place(): number {
    this.#at++;
    const digits = /^\d{0,9}/.exec(this.#text.slice(this.#at))?.[0] ?? "";
    if (digits === "")
      throw this.#error("Between brackets comes a number from 0 on, for example payload.items[0]:7");
    this.#at += digits.length;
    if (this.#peek() !== "]")
      throw this.#error(
        "The bracket is not closed after the number, for example payload.items[0]:7",
        this.#at,
      );
    this.#at++;
    return Number(digits);
  }

  /** What a field or member is called, unless it is quoted. */
  #name(): string {
    const name = /^[^\s":.[\]]*/.exec(this.#text.slice(this.#at))?.[0] ?? "";
    this.#at += name.length;
    return name;
  }

  /** A word or phrase up to the next blank. */
  #words(): Pattern {
    const { pattern, at, end } = this.#pattern((rest) => /^\s/.test(rest));
    const word = this.#text.slice(at, end);
    if (JOINING[word] !== undefined) throw this.#error(`${JOINING[word]}, or "${word}" for the word.`, at);
    if (pattern.every((piece) => piece === ""))
      throw this.#error("A text has something besides a star, for example fail*", at);
    return pattern;
  }

  /** A value up to a comma, the dots of a range, or the end. */
  #value(): WrittenPattern {
    if (this.#isAtBlank() || this.#peek() === ",")
      throw this.#error('After this comes a value, for example type:done, or type:"" for none');
    return this.#pattern(
      (rest) => rest.startsWith(",") || rest.startsWith("..") || (this.#endsAtBlank && /^\s/.test(rest)),
    );
  }

  #pattern(isEnd: (rest: string) => boolean): WrittenPattern {
    const written = readPattern(this.#text, this.#at, isEnd);
    this.#at = written.end;
    return written;
  }

  #quotedName(): string {
    const { name, end } = readQuotedName(this.#text, this.#at);
    this.#at = end;
    return name;
  }

  /** The text of a value in which a star would mean nothing. */
  #plain({ pattern, at, end }: WrittenPattern, example: string): string {
    const [text = "", ...more] = pattern;
    if (more.length > 0)
      throw this.#error(
        `A star means nothing here: for example ${example}`,
        at + Math.max(0, this.#text.slice(at, end).indexOf("*")),
      );
    return text;
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #isAtBlank(): boolean {
    return this.#at === this.#text.length || (this.#endsAtBlank && /\s/.test(this.#peek()));
  }

  #skipBlanks(): void {
    while (/\s/.test(this.#peek())) this.#at++;
  }

  #notAlone(): QuestionError {
    return this.#error("A comparison and a range stand alone, for example id:5..9");
  }

  #error(message: string, at = this.#at): QuestionError {
    return new QuestionError(/[.:]$/.test(message) ? message : `${message}.`, at);
  }
}
