/** Questions to a table beside the log: what they may ask for, and the term of a group. */
import { PanelError } from "../../panels.ts";
import type { AskedTable } from "../../query/asked-table.ts";
import { findField } from "../../query/fields.ts";
import { QuestionError } from "../../query/question-error.ts";
import type { Term } from "../../question.ts";

/**
 * @param all the table with the columns that are masked among the others
 * @param masked their names
 * @throws QuestionError where a term asks for one of them, or for a field that is not there
 */
export function refuseMasked(terms: readonly Term[], all: AskedTable, masked: readonly string[]): void {
  for (const term of terms) {
    if (term.kind !== "field") continue;
    const { column } = findField(term.field, all, term.at);
    if (masked.includes(column.name))
      throw new QuestionError(
        `The column ${JSON.stringify(column.name)} is masked, because its name is that of a secret, so that it can't be asked for. With --show-secrets it is shown.`,
        term.at,
      );
  }
}

/**
 * The term that keeps the rows of one group.
 * @param column the one that tells the status
 * @throws PanelError where there is none
 */
export function groupTerm(table: string, column: string | undefined, value: string): Term {
  if (column === undefined)
    throw new PanelError(
      "parameter",
      `${JSON.stringify(table)} has no column that tells the status, so that it has no groups. Leave the parameter group out.`,
      "group",
    );
  return {
    kind: "field",
    isNegated: false,
    at: -1,
    field: { path: [column], isColumn: true },
    test: { kind: "any", values: [[value]] },
  };
}
