/** The question of some streams, and its condition for the table as it is now. */
import type { EventId, Filter } from "../../events.ts";
import { compileQuestion } from "../../query/compile.ts";
import { printQuestion } from "../../query/print.ts";
import { QuestionError } from "../../query/question-error.ts";
import { type Sql, sql } from "../../query/sql.ts";
import type { Question } from "../../question.ts";
import { askedTable, type TableReading } from "./asked.ts";
import type { Queries } from "./queries.ts";
import type { Scan } from "./scan.ts";

export class StreamFilter implements Filter {
  readonly key: string;
  /** Where replays with this question stand, by their cursors. */
  readonly scans = new Map<EventId, Scan>();
  readonly #question: Question;
  readonly #onUnused: () => void;
  #users = 0;
  #compiled:
    { readonly queries: Queries; readonly reading: TableReading; readonly condition: Sql } | undefined;

  constructor(question: Question, onUnused: () => void) {
    this.key = printQuestion(question);
    this.#question = question;
    this.#onUnused = onUnused;
  }

  /** Another stream asks it. */
  use(): void {
    this.#users++;
  }

  release(): void {
    this.#users--;
    if (this.#users === 0) this.#onUnused();
  }

  /** The same, or undefined where the table can't answer it: for those who look at many questions at once. */
  conditionOrNone(queries: Queries, reading: TableReading): Sql | undefined {
    try {
      return this.condition(queries, reading);
    } catch (error) {
      if (error instanceof QuestionError) return undefined;
      throw error;
    }
  }

  /** @throws QuestionError where the table can't answer it */
  condition(queries: Queries, reading: TableReading): Sql {
    const known = this.#compiled;
    if (known?.queries === queries && known.reading === reading) return known.condition;
    const condition = compileQuestion(this.#question, askedTable(queries, reading), sql`t`);
    this.#compiled = { queries, reading, condition };
    return condition;
  }
}
