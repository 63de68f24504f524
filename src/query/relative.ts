/** Whether the answers to a question change as time goes by. */
import type { Question, Term } from "../question.ts";
import { readTime } from "./time-literal.ts";

export function isRelativeQuestion({ terms }: Question): boolean {
  return terms.some((term) => timesOf(term).some((text) => readTime(text, "UTC")?.kind === "ago"));
}

/** Whatever may be read as a time. */
function timesOf(term: Term): string[] {
  if (term.kind === "bound") return [term.time];
  if (term.kind === "text") return [];
  const { test } = term;
  if (test.kind === "compare") return [test.value];
  if (test.kind === "range") return [test.from, test.to].filter((end) => end !== undefined);
  return [];
}
