/** What of a followed table can be asked for, and the conditions of questions that were put to it. */
import type { TimeForm, ValueLabels } from "../column-roles.ts";
import type { RoleReadings } from "../columns/roles.ts";
import type { AskedColumn, AskedTable } from "../query/asked-table.ts";
import { compileQuestion } from "../query/compile.ts";
import { printQuestion } from "../query/print.ts";
import { type Sql, sql } from "../query/sql.ts";
import type { Question } from "../question.ts";
import type { Queries } from "./queries.ts";

/** How the columns of a table are read just now. */
export interface TableReading {
  readonly roles: RoleReadings;
  readonly times: ReadonlyMap<string, TimeForm>;
  readonly zone: string;
  readonly labels: ValueLabels;
}

export function askedTable(queries: Queries, { roles, times, zone, labels }: TableReading): AskedTable {
  const { key, columns, affinities } = queries.table;
  const time = roles.time;
  const asked = (name: string, affinity: AskedColumn["affinity"]): AskedColumn => {
    const form = time?.column === name ? (time.form ?? times.get(name)) : times.get(name);
    const reference = queries.references.get(name);
    return {
      name,
      affinity,
      ...(form === undefined ? {} : { time: form }),
      ...(reference === undefined
        ? {}
        : { shownBy: { table: reference.table, key: reference.key, text: reference.textColumn } }),
    };
  };
  return {
    key,
    columns: [asked(key, "numeric"), ...columns.map((name) => asked(name, affinities.get(name) ?? "none"))],
    roles,
    zone,
    labels,
  };
}

/** Conditions that are kept: a browser asks the same question again and again. Beyond it the oldest goes. */
const KEPT_CONDITIONS = 64;

export class Conditions {
  readonly #conditions = new Map<string, Sql>();
  #queries: Queries | undefined;
  #reading: TableReading | undefined;

  /**
   * The condition of a question for the table as it is now.
   * @throws QuestionError where the table can't answer it
   */
  of(question: Question, queries: Queries, reading: TableReading): Sql {
    if (queries !== this.#queries || reading !== this.#reading) this.#conditions.clear();
    this.#queries = queries;
    this.#reading = reading;
    const text = printQuestion(question);
    const kept = this.#conditions.get(text);
    if (kept !== undefined) return kept;
    const condition = compileQuestion(question, askedTable(queries, reading), sql`t`);
    this.#conditions.set(text, condition);
    for (const [oldest] of this.#conditions) {
      if (this.#conditions.size <= KEPT_CONDITIONS) break;
      this.#conditions.delete(oldest);
    }
    return condition;
  }
}
