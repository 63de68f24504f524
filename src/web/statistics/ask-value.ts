/** Asks for one value of a role, from a click. */
import { parseQuestion } from "../../query/parse.ts";
import { printQuestion, printTerm } from "../../query/print.ts";
import type { Term } from "../../question.ts";
import { mistakeIn } from "../asked.ts";

/**
 * @param question that is asked now
 * @param role as in `type`
 * @returns the question with this value in place of others of the role; without it where it asks for it already
 */
export function toggleValue(question: string, role: string, value: string): string {
  const terms = mistakeIn(question) === undefined ? parseQuestion(question).terms : [];
  const wanted = termOf(role, value);
  const others = terms.filter((term) => !isOfRole(term, role));
  return printQuestion({ terms: asksFor(question, role, value) ? others : [...others, wanted] });
}

/** Whether the question asks for this value and for no other of the role. */
export function asksFor(question: string, role: string, value: string): boolean {
  const terms = mistakeIn(question) === undefined ? parseQuestion(question).terms : [];
  const ofRole = terms.filter((term) => isOfRole(term, role)).map(printTerm);
  return ofRole.length === 1 && ofRole[0] === printTerm(termOf(role, value));
}

function termOf(role: string, value: string): Term {
  const field = { path: [role], isColumn: false } as const;
  return { kind: "field", isNegated: false, at: -1, field, test: { kind: "any", values: [[value]] } };
}

function isOfRole(term: Term, role: string): boolean {
  if (term.kind !== "field" || term.isNegated || term.field.isColumn) return false;
  return term.field.path.length === 1 && term.field.path[0].toLowerCase() === role;
}
