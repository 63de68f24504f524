import { PanelError } from "../../../panels.ts";
import { compileQuestion } from "../../../query/compile.ts";
import { findField } from "../../../query/fields.ts";
/** Compiles a question to a table beside the log. */
import { QuestionError } from "../../../query/question-error.ts";
import { Sql } from "../../../query/sql.ts";
import type { Question, Term } from "../../../question.ts";
import { askedPanel, type DescribedPanel, statusColumn } from "./described.ts";
import { ROW } from "./shape.ts";

/** @throws QuestionError where the table can't answer it, or may not because a column is masked */
export function compilePanelQuestion(panel: DescribedPanel, { terms }: Question, zone: string): Sql {
  const asked = askedPanel(panel, zone);
  const masked = panel.shape.columns.filter(({ isSecret }) => isSecret);
  const all = {
    ...asked,
    columns: [...asked.columns, ...masked.map(({ name, affinity }) => ({ name, affinity }))],
  };
  for (const term of terms) {
    if (term.kind !== "field") continue;
    const { column } = findField(term.field, all, term.at);
    if (masked.some(({ name }) => name === column.name))
      throw new QuestionError(
        `The column ${JSON.stringify(column.name)} is masked, because its name is that of a secret, so that it can't be asked for. With --show-secrets it is shown.`,
        term.at,
      );
  }
  return compileQuestion({ terms }, asked, new Sql(ROW));
}

/**
 * The term that keeps the rows of one group.
 * @throws PanelError where the table has no groups
 */
export function groupTerm(panel: DescribedPanel, value: string): Term {
  const column = statusColumn(panel);
  if (column === undefined)
    throw new PanelError(
      "parameter",
      `${JSON.stringify(panel.shape.name)} has no column that tells the status, so that it has no groups. Leave group out.`,
    );
  return {
    kind: "field",
    isNegated: false,
    at: -1,
    field: { path: [column], isColumn: true },
    test: { kind: "any", values: [[value]] },
  };
}
