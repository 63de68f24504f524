/** A value of a row as its readers see it: as it is stored, by the text of what it references, or by its label. */
import type { Pattern } from "../question.ts";
import type { AskedColumn, AskedTable } from "./asked-table.ts";
import { type Dialect, SHOWN_TEXT } from "./dialect.ts";
import { includesIgnoringCase, isShownAs } from "./label-text.ts";
import { nameSql, type Sql, sql } from "./sql.ts";

/** Each test is several conditions, one of which has to hold. */
export class ShownValue {
  readonly #stored: Sql;
  readonly #column: AskedColumn;
  readonly #dialect: Dialect;
  /** Stored values and what is shown for them. */
  readonly #labels: readonly (readonly [stored: string, label: string])[];

  /** @param stored the value in the statement */
  constructor(stored: Sql, column: AskedColumn, { labels }: AskedTable, dialect: Dialect) {
    this.#stored = stored;
    this.#column = column;
    this.#dialect = dialect;
    this.#labels = Object.entries(labels[column.name] ?? {});
  }

  /** @param mayBeJson as in the dialect */
  contains(text: Pattern, mayBeJson: boolean): Sql[] {
    return [
      this.#dialect.contains(this.#stored, this.#column, text, mayBeJson),
      ...this.#referenced((shown) => this.#dialect.contains(shown, SHOWN_TEXT, text, false)),
      ...this.#labelled((label) => includesIgnoringCase(label, text)),
    ];
  }

  isLike(pattern: Pattern): Sql[] {
    return [
      this.#dialect.isLike(this.#stored, this.#column, pattern),
      ...this.#referenced((shown) => this.#dialect.isLike(shown, SHOWN_TEXT, pattern)),
      ...this.#labelled((label) => isShownAs(label, pattern)),
    ];
  }

  isSame(text: string): Sql[] {
    return [
      this.#dialect.isOneOf(this.#stored, this.#column, [text]),
      ...this.#referenced((shown) => this.#dialect.isShownText(shown, text)),
      ...this.#labelled((label) => label === text),
    ];
  }

  #referenced(test: (shown: Sql) => Sql): Sql[] {
    const by = this.#column.shownBy;
    if (by === undefined) return [];
    const [table, key, text] = [this.#dialect.tableName(by), nameSql(by.key), nameSql(by.text)];
    return [
      test(sql`(SELECT shown.${text} FROM ${table} AS shown WHERE shown.${key} = ${this.#stored} LIMIT 1)`),
    ];
  }

  #labelled(isMeant: (label: string) => boolean): Sql[] {
    const keys = this.#labels.filter(([, label]) => isMeant(label)).map(([key]) => key);
    return keys.length === 0 ? [] : [this.#dialect.isLabelled(this.#stored, this.#column, keys)];
  }
}

/** Whether a reader may see something else than what is stored. */
export function isShownOtherwise({ name, shownBy }: AskedColumn, { labels }: AskedTable): boolean {
  return shownBy !== undefined || labels[name] !== undefined;
}
