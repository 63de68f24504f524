/** What is half written in the search box, when the question changes by something else than the box. */
import { parseQuestion } from "../query/parse.ts";
import { printTerm } from "../query/print.ts";
import { mistakeIn } from "./asked.ts";

/**
 * @param draft what stands in the box
 * @param before the question that was asked until now
 * @param after the question that is asked from now on
 * @returns what stands in the box then: the draft, with the terms that were added and without those that went
 */
export function draftAfter(draft: string, before: string, after: string): string {
  if (draft.trim() === before.trim()) return after;
  const [had, has] = [termsOf(before), termsOf(after)];
  const gone = had.filter((term) => !has.includes(term));
  const added = has.filter((term) => !had.includes(term));
  if (mistakeIn(draft) !== undefined) {
    const rest = gone.reduce(withoutText, draft);
    // In front, because the end may be in the middle of a phrase.
    return [...added, rest].join(" ").trim();
  }
  const kept = termsOf(draft).filter((term) => !gone.includes(term));
  return [...kept, ...added.filter((term) => !kept.includes(term))].join(" ");
}

function termsOf(question: string): string[] {
  return mistakeIn(question) === undefined ? parseQuestion(question).terms.map(printTerm) : [];
}

/** Without a term that stands alone between blanks. */
function withoutText(text: string, term: string): string {
  const at = ` ${text} `.indexOf(` ${term} `);
  return at < 0 ? text : (text.slice(0, at) + text.slice(at + term.length)).trimStart();
}
