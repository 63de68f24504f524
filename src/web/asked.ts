/** The question that the page asks, as the address of the page holds it: a link reproduces the view. */
import { isWritable } from "../query/escapes.ts";
import { parseQuestion, QuestionError } from "../query/parse.ts";
import { printQuestion } from "../query/print.ts";
import type { Question } from "../question.ts";

/** What the search box says about a text that is no question. */
export interface Mistake {
  readonly text: string;
  /** Where in the text of the question; undefined where it is not known. */
  readonly at: number | undefined;
}

export function questionInUrl(): string {
  return new URL(location.href).searchParams.get("q") ?? "";
}

/** Puts a question into the address. Another one is a step that the browser's Back takes back. */
export function showInUrl(text: string): void {
  const url = new URL(location.href);
  if (text === "") url.searchParams.delete("q");
  else url.searchParams.set("q", text);
  if (url.href !== location.href) history.pushState(null, "", url);
}

/** For requests: nothing for no question, otherwise as in `&q=…`. */
export function asParameter(question: string): string {
  return question === "" ? "" : `&q=${encodeURIComponent(question)}`;
}

/** @returns why the text can't be read, or undefined where it can */
export function mistakeIn(text: string): Mistake | undefined {
  try {
    parseQuestion(text);
    return undefined;
  } catch (error) {
    if (error instanceof QuestionError) return { text: error.message, at: error.at };
    throw error;
  }
}

/** The question as the search box can hold it, which has one line. */
export function asLine(text: string): string {
  return isWritable(text) || mistakeIn(text) !== undefined ? text : printQuestion(parseQuestion(text));
}

/** A term of the question, for people to see and to take away. */
export interface Chip {
  readonly text: string;
  /** The question without it. */
  readonly without: string;
}

/** The terms of a question that can be read. */
export function chipsOf(text: string): readonly Chip[] {
  if (mistakeIn(text) !== undefined) return [];
  const { terms } = parseQuestion(text);
  return terms.map((term, index) => {
    const rest: Question = { terms: terms.filter((_, other) => other !== index) };
    return { text: printQuestion({ terms: [term] }), without: printQuestion(rest) };
  });
}
