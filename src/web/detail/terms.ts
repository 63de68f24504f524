/** Terms of a question that are made of a value of an event. */
import type { ColumnRole, ColumnRoles } from "../../column-roles.ts";
import { NUMBER } from "../../query/number-sql.ts";
import { parseQuestion } from "../../query/parse.ts";
import { printQuestion, printTerm } from "../../query/print.ts";
import { readTime } from "../../query/time-literal.ts";
import type { Term } from "../../question.ts";
import { ROLES } from "../event/reading.ts";

/** A longer value would fill the search box, and a question has 4096 characters. */
export const MAX_ASKED_LENGTH = 500;

/** Names that mean something else than a column where no quotation marks are around them. */
const TAKEN: readonly string[] = [...ROLES, "since", "until"];

export interface AskedValue {
  readonly column: string;
  /** The way into its JSON. */
  readonly path: readonly (string | number)[];
  /** As it is written; "" for NULL. */
  readonly text: string;
}

/** @returns undefined where the value is too long to be asked for, or means a moment that moves with now */
export function termOf({ column, path, text }: AskedValue, roles: ColumnRoles): Term | undefined {
  if (text.length > MAX_ASKED_LENGTH || text.includes("\0")) return undefined;
  const played = ROLES.find((each) => roles[each] === column);
  const mayBeOther = played === "time" && text !== "" && !NUMBER.test(text);
  const time = mayBeOther ? readTime(text, "UTC") : undefined;
  if (time?.kind === "ago") return undefined;
  // The time of an event is never another text, but its column may store one.
  const role = mayBeOther && time === undefined ? undefined : played;
  return {
    kind: "field",
    isNegated: false,
    at: 0,
    // A role is shorter, and means the same column in a table of other names.
    field: {
      path: [role ?? column, ...path],
      isColumn: role === undefined && TAKEN.includes(column.toLowerCase()),
    },
    test: { kind: "any", values: [[text]] },
  };
}

/** A question about nothing but the value in a role. */
export function questionAbout(role: ColumnRole, text: string): string {
  const field = { path: [role], isColumn: false } as const;
  const test = { kind: "any", values: [[text]] } as const;
  return printQuestion({ terms: [{ kind: "field", isNegated: false, at: 0, field, test }] });
}

/** The question with one more term, and without the one that asks for the contrary. */
export function withTerm(question: string, term: Term, isNegated: boolean): string {
  const added: Term = { ...term, isNegated };
  const contrary = printTerm({ ...term, isNegated: !isNegated });
  const kept = parseQuestion(question).terms.filter((each) => printTerm(each) !== contrary);
  const isThere = kept.some((each) => printTerm(each) === printTerm(added));
  return printQuestion({ terms: isThere ? kept : [...kept, added] });
}
