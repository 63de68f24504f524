/** The question of a request: `?q=`, and the parameters that do the same as its terms. */
import { parseQuestion, parseTest, QuestionError } from "../query/parse.ts";
import type { Question, Term } from "../question.ts";
import type { Parameters } from "./parameters.ts";
import { HttpProblem } from "./problem.ts";

/** Parameters that stand for `field:value`. */
const FIELDS = ["type", "actor", "target"] as const;
const BOUNDS = ["since", "until"] as const;

export const QUESTION_PARAMETERS = ["q", ...FIELDS, ...BOUNDS] as const;

/** A term that stands in no text has no place in one. */
const NOWHERE = -1;

/** How long a search may take before it answers with what it has. In ms. */
export const DEFAULT_BUDGET_MS = 250;
export const MAX_BUDGET_MS = 5000;

export function parseBudget(parameters: Parameters): number {
  return parameters.wholeNumber("budget", DEFAULT_BUDGET_MS, 1, MAX_BUDGET_MS);
}

/** @throws HttpProblem where it can't be read, with the place */
export function readQuestion(parameters: Parameters): Question {
  const terms: Term[] = [];
  const text = parameters.text("q");
  if (text !== undefined) {
    try {
      terms.push(...parseQuestion(text).terms);
    } catch (error) {
      throw problemOf(error, text);
    }
  }
  for (const name of FIELDS) {
    const value = parameters.text(name);
    if (value === undefined) continue;
    try {
      const test = parseTest(value);
      terms.push({
        kind: "field",
        isNegated: false,
        at: NOWHERE,
        field: { path: [name], isColumn: false },
        test,
      });
    } catch (error) {
      throw problemOf(error, value, name);
    }
  }
  for (const side of BOUNDS) {
    const time = parameters.text(side);
    if (time !== undefined) terms.push({ kind: "bound", isNegated: false, at: NOWHERE, side, time });
  }
  return { terms };
}

/** Where in the text, and what of it. In characters. */
const SHOWN_LENGTH = 20;

/**
 * The answer to a question that can't be read, or that the table can't answer.
 * @param text of the question, where the error has a place in it
 */
export function problemOf(error: unknown, text: string | undefined, parameter = "q"): unknown {
  if (!(error instanceof QuestionError)) return error;
  const { at, message } = error;
  const rest = text === undefined || at < 0 ? "" : text.slice(at, at + SHOWN_LENGTH);
  const near = rest === "" ? "at its end" : `at ${JSON.stringify(rest)}`;
  const place =
    text === undefined || at < 0 ? "" : `In the parameter ${parameter}, character ${at + 1}, ${near}: `;
  return new HttpProblem({
    status: 400,
    title: "Bad question",
    detail: place + message,
    ...(place === "" ? {} : { more: { parameter, position: at, reason: message } }),
  });
}
