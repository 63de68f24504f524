/** Writes a question as text that is read as the same question. */
import type { FieldPath, FieldTest, Pattern, Question, Term } from "../question.ts";
import { escapeText, isWritable } from "./escapes.ts";

/** Bare words that are refused, because other languages join terms with them. */
const JOINING = ["OR", "AND", "NOT"];

export function printQuestion({ terms }: Question): string {
  return terms.map(printTerm).join(" ");
}

export function printTerm(term: Term): string {
  return (term.isNegated ? "-" : "") + printPositive(term);
}

function printPositive(term: Term): string {
  switch (term.kind) {
    case "text":
      return printPattern(term.text, /^-|[\s":\\]/, JOINING);
    case "bound":
      return `${term.side}:${printValue([term.time])}`;
    case "field":
      return `${printPath(term.field)}:${printTest(term.test)}`;
  }
}

/** As in `metadata.error.code`. */
export function printPath({ path: [name, ...rest], isColumn }: FieldPath): string {
  const isPlain = !isColumn && /^[^\s":.[\]-][^\s":.[\]]*$/.test(name);
  const steps = rest.map((step) =>
    typeof step === "number"
      ? `[${step}]`
      : `.${/^[^\s":.[\]]+$/.test(step) && isWritable(step) ? step : quote(step)}`,
  );
  return (isPlain && isWritable(name) ? name : quote(name)) + steps.join("");
}

function printTest(test: FieldTest): string {
  switch (test.kind) {
    case "any":
      return test.values.map(printValue).join(",");
    case "compare":
      return test.operator + printValue([test.value]);
    case "range":
      return `${end(test.from)}..${end(test.to)}`;
  }
}

function end(value: string | undefined): string {
  return value === undefined ? "" : printValue([value]);
}

/** One value of a field, quoted where it has to be. */
export function printValue(pattern: Pattern): string {
  return printPattern(pattern, /^[<>=]|\.\.|^\.|\.$|[\s",\\]/, []);
}

/** Plain where that is read as the same, otherwise quoted. */
function printPattern(pattern: Pattern, special: RegExp, refused: readonly string[]): string {
  const plain = pattern.join("*");
  const isPlain =
    plain !== "" &&
    !special.test(plain) &&
    isWritable(plain) &&
    !refused.includes(plain) &&
    !pattern.some((piece) => piece.includes("*"));
  if (isPlain) return plain;
  return `"${pattern.map((piece) => escapeText(piece).replaceAll("*", "\\*")).join("*")}"`;
}

function quote(text: string): string {
  return `"${escapeText(text)}"`;
}
