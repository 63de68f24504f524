/** The question of a request: `?q=`, and the parameters that do the same as its terms. */
import { parseQuestion, parseTest, QuestionError } from "../query/parse.ts";
import type { FieldTest, Question, Term } from "../question.ts";
import type { Parameters } from "./parameters.ts";
import { HttpProblem } from "./problem.ts";

/** Parameters that stand for `field:value`. */
const FIELDS = ["type", "actor", "target"] as const;
const BOUNDS = ["since", "until"] as const;

export const QUESTION_PARAMETERS = ["q", ...FIELDS, ...BOUNDS] as const;

/** How long a search may take before it answers with what it has. In ms. */
export const DEFAULT_BUDGET_MS = 250;
export const MAX_BUDGET_MS = 5000;

export function parseBudget(parameters: Parameters): number {
  return parameters.wholeNumber("budget", DEFAULT_BUDGET_MS, 1, MAX_BUDGET_MS);
}

/** The value of a parameter; undefined where it is left out. */
type Values = (name: string) => string | undefined;

/** A parameter of the question, and where its value begins where all of them stand one after the other. */
interface Part {
  readonly parameter: (typeof QUESTION_PARAMETERS)[number];
  readonly text: string;
  readonly fromAt: number;
}

/** A term knows its place in all of them together, so that the place tells the parameter too. */
function partsOf(values: Values): Part[] {
  let nextAt = 0;
  return QUESTION_PARAMETERS.map((parameter) => {
    const part = { parameter, text: values(parameter) ?? "", fromAt: nextAt };
    // One more, because the end of a value is a place in it.
    nextAt += part.text.length + 1;
    return part;
  });
}

/** @throws QuestionError where it can't be read */
export function readQuestion(parameters: Parameters): Question {
  const parts = partsOf((name) => parameters.text(name)).filter(({ text }) => text !== "");
  return { terms: parts.flatMap(termsOf) };
}

/** @throws QuestionError */
function termsOf({ parameter, text, fromAt: at }: Part): readonly Term[] {
  switch (parameter) {
    case "q":
      return parseQuestion(text).terms;
    case "since":
    case "until":
      return [{ kind: "bound", isNegated: false, at, side: parameter, time: text }];
    case "type":
    case "actor":
    case "target":
      return [
        {
          kind: "field",
          isNegated: false,
          at,
          field: { path: [parameter], isColumn: false },
          test: testOf(text, at),
        },
      ];
  }
}

/** @throws QuestionError */
function testOf(text: string, fromAt: number): FieldTest {
  try {
    return parseTest(text);
  } catch (error) {
    throw error instanceof QuestionError ? new QuestionError(error.message, fromAt + error.at) : error;
  }
}

/** What of a value is shown where something is wrong in it. In characters. */
const SHOWN_LENGTH = 20;

/** The answer to a question that can't be read, or that the table can't answer, with the place of what is wrong. */
export function problemOf({ at, message }: QuestionError, values: Values): HttpProblem {
  const problem = { status: 400, title: "Bad question" };
  const part = partsOf(values).findLast(({ fromAt }) => fromAt <= at);
  if (part === undefined) return new HttpProblem({ ...problem, detail: message });
  const { parameter, text, fromAt } = part;
  const position = at - fromAt;
  const rest = text.slice(position, position + SHOWN_LENGTH);
  const near = rest === "" ? "at its end" : `at ${JSON.stringify(rest)}`;
  return new HttpProblem({
    ...problem,
    detail: `In the parameter ${parameter}, character ${position + 1}, ${near}: ${message}`,
    more: { parameter, position, reason: message },
  });
}
