/** Compiles a question to a table beside the log. */
import { compileQuestion } from "../../../query/compile.ts";
import { Sql } from "../../../query/sql.ts";
import type { Question } from "../../../question.ts";
import { refuseMasked } from "../../panels/question.ts";
import { askedPanel, type DescribedPanel } from "./described.ts";
import { ROW } from "./shape.ts";

/** @throws QuestionError where the table can't answer it, or may not because a column is masked */
export function compilePanelQuestion(panel: DescribedPanel, { terms }: Question, zone: string): Sql {
  const asked = askedPanel(panel, zone);
  const masked = panel.shape.columns.filter(({ isSecret }) => isSecret);
  const all = {
    ...asked,
    columns: [...asked.columns, ...masked.map(({ name, affinity }) => ({ name, affinity }))],
  };
  refuseMasked(
    terms,
    all,
    masked.map(({ name }) => name),
  );
  return compileQuestion({ terms }, asked, new Sql(ROW));
}
