/** The questions that streams ask just now, each once, and their conditions for the table as it is read now. */
import type { Filter } from "../../../events.ts";
import { compileQuestion } from "../../../query/compile.ts";
import { POSTGRES } from "../../../query/postgres-dialect.ts";
import { printQuestion } from "../../../query/print.ts";
import { QuestionError } from "../../../query/question-error.ts";
import type { Sql } from "../../../query/sql.ts";
import type { Question } from "../../../question.ts";
import type { Reading } from "../../reading.ts";
import { askedTable } from "../log-table.ts";
import { ROW } from "../rows.ts";
import type { Roles } from "./roles.ts";
import type { FollowedShape } from "./table-shape.ts";

/** What a condition depends on besides the question. */
export interface AskedTable {
  readonly shape: FollowedShape;
  readonly roles: Roles;
  readonly reading: Reading;
}

/** Rows of a window of a replay, at first and at most. */
const FIRST_WINDOW_ROWS = 2000;
const MOST_WINDOW_ROWS = 100_000;

/** A window that was looked through sooner is followed by one of twice its size. In ms. */
const QUICK_MS = 50;

export class StreamQuestion implements Filter {
  readonly key: string;
  readonly #question: Question;
  readonly #onUnused: () => void;
  #users = 0;
  #windowRows = FIRST_WINDOW_ROWS;
  #compiled:
    | { readonly shape: FollowedShape; readonly readings: Roles["readings"]; readonly condition: Sql }
    | undefined;

  constructor(question: Question, onUnused: () => void) {
    this.key = printQuestion(question);
    this.#question = question;
    this.#onUnused = onUnused;
  }

  /** How many rows the next window of a replay has. */
  get windowRows(): number {
    return this.#windowRows;
  }

  noteWindow(elapsedMs: number): void {
    const rows = elapsedMs < QUICK_MS ? this.#windowRows * 2 : this.#windowRows / 2;
    this.#windowRows = Math.min(MOST_WINDOW_ROWS, Math.max(FIRST_WINDOW_ROWS, Math.floor(rows)));
  }

  /** Another stream asks it. */
  use(): void {
    this.#users++;
  }

  release(): void {
    this.#users--;
    if (this.#users === 0) this.#onUnused();
  }

  /** @throws QuestionError where the table can't answer it */
  condition({ shape, roles, reading }: AskedTable): Sql {
    const { readings } = roles;
    const known = this.#compiled;
    if (known?.shape === shape && known.readings === readings) return known.condition;
    const { zone, labels } = reading;
    const asked = askedTable({ ...shape.log, times: roles.times }, { roles: readings, zone, labels });
    const condition = compileQuestion(this.#question, asked, ROW, POSTGRES);
    this.#compiled = { shape, readings, condition };
    return condition;
  }

  /** The same; undefined where the table can't answer it: for those who look at many questions at once. */
  conditionOrNone(table: AskedTable): Sql | undefined {
    try {
      return this.condition(table);
    } catch (error) {
      if (error instanceof QuestionError) return undefined;
      throw error;
    }
  }
}

export class StreamQuestions {
  readonly #byKey = new Map<string, StreamQuestion>();

  get all(): readonly StreamQuestion[] {
    return [...this.#byKey.values()];
  }

  /** The filter of a question, the same for all who ask it. */
  use(question: Question): StreamQuestion {
    const key = printQuestion(question);
    let asked = this.#byKey.get(key);
    if (asked === undefined) {
      asked = new StreamQuestion(question, () => this.#byKey.delete(key));
      this.#byKey.set(key, asked);
    }
    asked.use();
    return asked;
  }
}
