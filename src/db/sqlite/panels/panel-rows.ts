/** Reads rows of a table beside the log whole, as JSON, within limits. To be used in a read transaction. */
import type { Database, Statement } from "bun:sqlite";

import type { ColumnValue, PageLimits } from "../../../events.ts";
import { Sql, sql, type SqlValue } from "../../../query/sql.ts";
import { panelRowJson } from "../../../rows/panel-json.ts";
import type { Place } from "../../panels/cursor.ts";
import { quoteName } from "../../quote-name.ts";
import { isLeftOut, unlessTooLarge } from "../queries.ts";
import { ReferenceNames } from "../references.ts";
import type { DescribedPanel } from "./described.ts";
import { rowKey } from "./row-key.ts";
import { columnSql, ROW } from "./shape.ts";

/** How large the values of a row may be. In bytes. */
export interface RowLimits {
  readonly valueBytes: number;
  readonly rowBytes: number;
}

const PAGE_ROW: RowLimits = { valueBytes: 65_536, rowBytes: 1_048_576 };

/** Of a view, whose rows are all read at once. */
const VIEW_BYTES = 4_194_304;

/** Of the row that is asked for alone. */
export const WHOLE_ROW: RowLimits = { valueBytes: 16_777_216, rowBytes: 33_554_432 };

export interface JsonRows {
  readonly rows: string[];
  /** Whether the bytes ended it before all rows were read. */
  readonly isCut: boolean;
}

/** @param rows that are read at once */
export function viewRow(rows: number): RowLimits {
  return { ...PAGE_ROW, rowBytes: Math.min(PAGE_ROW.rowBytes, Math.floor(VIEW_BYTES / rows)) };
}

export class PanelRows implements Disposable {
  readonly #database: Database;
  readonly #panel: DescribedPanel;
  readonly #names: ReferenceNames;
  /** The columns of the key, the unique columns, and all columns. */
  readonly #selected: string;
  readonly #keys = new Set<string>();
  #byPlace: Statement<ColumnValue[], SqlValue[]> | undefined;

  constructor(database: Database, panel: DescribedPanel, { valueBytes, rowBytes }: RowLimits = PAGE_ROW) {
    this.#database = database;
    this.#panel = panel;
    const { key, unique, columns } = panel.shape;
    // All values of a row together stay within its limit, however many columns there are.
    const limit = Math.min(valueBytes, Math.floor(rowBytes / Math.max(1, columns.length)));
    this.#selected = [
      ...key.map(columnSql),
      ...unique,
      ...columns.map(({ name, isSecret }) => (isSecret ? "NULL" : unlessTooLarge(columnSql(name), limit))),
    ].join(", ");
    // Made anew for each page: a text that is remembered would outlive a commit that changes it.
    this.#names = new ReferenceNames(
      database,
      panel.references.values(),
      columns.map(({ name }) => name),
    );
  }

  /** The rows at some places. At least one is read. */
  at(places: readonly Place[], limitBytes: number): JsonRows {
    this.#byPlace ??= this.#prepare(
      sql`${new Sql(this.#panel.shape.unique.map((column) => `${column} = ?`).join(" AND "))}`,
    );
    const rows: string[] = [];
    let bytes = 0;
    for (const { unique } of places) {
      if (bytes >= limitBytes) return { rows, isCut: true };
      const [values] = this.#byPlace.values(...unique);
      if (values === undefined) continue;
      const json = this.#json(values, rows.length);
      bytes += json.length;
      rows.push(json);
    }
    return { rows, isCut: false };
  }

  /** The first rows for which a condition holds, in whatever order they come. */
  first(
    condition: Sql,
    orderBy: Sql | undefined,
    { rows: limitRows, bytes: limitBytes }: PageLimits,
    nowMs: number,
  ): JsonRows {
    const order = orderBy === undefined || orderBy.text === "" ? sql`` : sql` ORDER BY ${orderBy}`;
    const where = sql`${condition}${order} LIMIT ${limitRows}`;
    using statement = this.#prepare(where);
    const rows: string[] = [];
    let bytes = 0;
    for (const values of statement.values(...where.bind(nowMs))) {
      if (bytes >= limitBytes) return { rows, isCut: true };
      const json = this.#json(values, rows.length);
      bytes += json.length;
      rows.push(json);
    }
    return { rows, isCut: false };
  }

  [Symbol.dispose](): void {
    this.#byPlace?.finalize();
    this.#names[Symbol.dispose]();
  }

  #prepare(where: Sql): Statement<ColumnValue[], SqlValue[]> {
    const { name } = this.#panel.shape;
    return this.#database.prepare(
      `SELECT ${this.#selected} FROM ${quoteName(name)} AS ${ROW} WHERE ${where.text}`,
    );
  }

  /** @param at the place of the row in the answer, which stands for a key where there is none */
  #json(read: readonly ColumnValue[], at: number): string {
    const { columns, key, unique } = this.#panel.shape;
    const keyValues = read.slice(0, key.length);
    const uniqueValues = read.slice(key.length, key.length + unique.length);
    const values = read.slice(key.length + unique.length);
    const truncated: string[] = [];
    for (const [index, { name }] of columns.entries()) {
      if (!isLeftOut(values[index])) continue;
      values[index] = null;
      truncated.push(name);
    }
    this.#names.learn([values]);
    const [named] = this.#names.addTo([{ id: 0n, values, truncated }]);
    const found = key.length === 0 ? undefined : rowKey(keyValues, uniqueValues);
    // What looks like the key of a view may turn out not to be one.
    const isKey = found !== undefined && !this.#keys.has(found);
    if (isKey && unique.length === 0) this.#keys.add(found);
    return panelRowJson({
      key: isKey ? found : `#${at + 1}`,
      columns,
      values,
      truncated,
      names: named?.names ?? {},
    });
  }
}
