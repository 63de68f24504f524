/** Reads a page of a table beside the log, and its groups. */
import type { PageLimits } from "../../../events.ts";
import type { PanelGroup } from "../../../panels.ts";
import { Sql, sql } from "../../../query/sql.ts";
import { idForJson, valueJson } from "../../../rows/json.ts";
import { panelRowJson } from "../../../rows/panel-json.ts";
import { encodeCursor } from "../../panels/cursor.ts";
import { columnSql, ROW, type RowsQuery, rowsQuery } from "../rows.ts";
import type { Ask, ReadValue } from "../session.ts";
import { StatementTimeoutError } from "../session.ts";
import { tableSql } from "../table.ts";
import { rowValue } from "../values.ts";
import { type DescribedPanel, statusColumn } from "./described.ts";
import { compared, orderBy, type PanelOrder, type Place, type Range, rangesAfter } from "./order.ts";

/** Rows that are looked at in a window where not all match. */
const WINDOW_ROWS = 8192;

/** A larger table is not counted by group: it would take more than a few ms at each page. */
const COUNTED_ROWS = 20_000;

/** Values that are told apart. Beyond, the column is no status. */
const MOST_VALUES = 1000;

/** Groups in an answer, the most frequent first. */
const MOST_GROUPS = 20;

/** A longer value is no status, and is counted under its beginning. In characters. */
const LONGEST_VALUE = 200;

export interface PageQuestion {
  readonly panel: DescribedPanel;
  readonly order: PanelOrder;
  readonly condition: Sql;
  /** Whether every row matches. */
  readonly isAll: boolean;
  readonly place: Place | undefined;
  readonly limits: PageLimits;
  readonly nowMs: number;
  /** Of `performance.now()`. */
  readonly deadlineMs: number;
}

export interface PageRows {
  /** As JSON. */
  readonly rows: readonly string[];
  readonly next: string | null;
  readonly hasMore: boolean;
}

/** Runs statements, each in a transaction of its own: one that takes too long ends no other. */
export type AskAlone = Ask;

export class PanelPageReader {
  readonly #question: PageQuestion;
  readonly #query: RowsQuery;
  readonly #rows: string[] = [];
  #bytes = 0;
  #last: Place | undefined;

  constructor(question: PageQuestion) {
    this.#question = question;
    this.#query = panelRowsQuery(question.panel);
    this.#last = question.place;
  }

  async read(ask: AskAlone): Promise<PageRows> {
    const { order, place, isAll, panel } = this.#question;
    // Nothing tells the rows of a view apart, so that no window ends anywhere.
    const isWhole = isAll || panel.unique.length === 0;
    for (const range of rangesAfter(order, place)) {
      if (isWhole) {
        if (await this.#readRange(ask, range)) return this.#page(true);
        continue;
      }
      let left: Range | undefined = range;
      while (left !== undefined) {
        try {
          const edge: Place | undefined = await this.#edge(ask, left);
          if (await this.#readRange(ask, left, edge)) return this.#page(true);
          this.#last = edge ?? this.#last;
          left = edge === undefined ? undefined : this.#after(range, edge);
        } catch (error) {
          if (error instanceof StatementTimeoutError && this.#last !== place) return this.#page(true);
          throw error;
        }
        if (left !== undefined && performance.now() >= this.#question.deadlineMs) return this.#page(true);
      }
    }
    return this.#page(false);
  }

  /** The place of the last row of a window; undefined where the range ends before. */
  async #edge(ask: AskAlone, range: Range): Promise<Place | undefined> {
    const { order, panel, nowMs } = this.#question;
    const [found] = await ask(
      sql`SELECT ${this.#placeSql()} FROM ${tableSql(panel.table)} AS ${ROW} WHERE ${range.where}${orderBy(range, order.isDescending)}
        LIMIT 1 OFFSET ${WINDOW_ROWS - 1}::int8`,
      nowMs,
    );
    return found === undefined ? undefined : this.#placeOf(found);
  }

  /** What of a range is behind a place in it. */
  #after(range: Range, { sort, unique }: Place): Range {
    const values = range.by.length > unique.length ? [sort ?? null, ...unique] : unique;
    const operator = this.#question.order.isDescending ? "<" : ">";
    return { ...range, where: sql`(${range.where} AND ${compared(range.by, values, operator)})` };
  }

  /** @returns whether the page is full */
  async #readRange(ask: AskAlone, range: Range, edge?: Place): Promise<boolean> {
    const { order, panel, condition, limits, nowMs } = this.#question;
    const left = limits.rows - this.#rows.length;
    const values =
      edge === undefined
        ? []
        : range.by.length > edge.unique.length
          ? [edge.sort ?? null, ...edge.unique]
          : edge.unique;
    const within =
      edge === undefined ? sql`` : sql` AND ${compared(range.by, values, order.isDescending ? ">=" : "<=")}`;
    const found = await ask(
      sql`SELECT ${this.#query.selected}, ${this.#placeSql()} FROM ${tableSql(panel.table)} AS ${ROW}
        WHERE ${range.where}${within} AND ${condition}${orderBy(range, order.isDescending)} LIMIT ${left + 1}::int8`,
      nowMs,
    );
    for (const read of found) {
      if (this.#rows.length >= limits.rows || (this.#rows.length > 0 && this.#bytes >= limits.bytes))
        return true;
      const json = panelRowText(panel, this.#query, read, this.#rows.length);
      this.#rows.push(json);
      this.#bytes += json.length;
      this.#last = this.#placeOf(read.slice(this.#query.width));
    }
    return false;
  }

  #placeSql(): Sql {
    const { sort, unique } = this.#question.order;
    const values = [...(sort === undefined ? [] : [sort]), ...unique].map(
      ({ value }) => `${value.text}::text`,
    );
    return new Sql(values.length === 0 ? "NULL" : values.join(", "));
  }

  #placeOf(values: readonly ReadValue[]): Place {
    const texts = values.map((value) => (value === null || value === undefined ? null : String(value)));
    const { sort, unique } = this.#question.order;
    return sort === undefined
      ? { sort: undefined, unique: texts.slice(0, unique.length) }
      : { sort: texts[0] ?? null, unique: texts.slice(1, unique.length + 1) };
  }

  #page(hasMore: boolean): PageRows {
    const { order, panel } = this.#question;
    const last = panel.unique.length > 0 ? this.#last : undefined;
    const next = hasMore && last !== undefined ? encodeCursor(order.text ?? "", last) : undefined;
    return { rows: this.#rows, next: next ?? null, hasMore };
  }
}

/** A masked value is not even read. */
export function panelRowsQuery({ columns, references }: DescribedPanel, maxValueBytes?: number): RowsQuery {
  const shown = columns.filter(({ isSecret }) => !isSecret);
  return rowsQuery(shown, references, maxValueBytes);
}

/** @param at the place of the row in the answer, which stands for a key where there is none */
export function panelRowText(
  { columns, key }: DescribedPanel,
  query: RowsQuery,
  read: readonly ReadValue[],
  at: number,
): string {
  const { values, truncated, names } = query.row(read);
  const shown = columns.filter(({ isSecret }) => !isSecret);
  const valueOf = (name: string) => values[shown.findIndex((column) => column.name === name)] ?? null;
  const keyValues = key.map((name) => ({ name, value: valueOf(name) }));
  const [only, ...more] = keyValues;
  const textOf = (name: string): string => String(read[shown.findIndex((column) => column.name === name)]);
  const text =
    only === undefined || keyValues.some(({ value }) => value === null)
      ? `#${at + 1}`
      : more.length === 0
        ? (bytesText(only.value) ?? textOf(only.name))
        : `[${keyValues.map(({ name, value }) => (typeof value === "bigint" ? valueJson(value) : JSON.stringify(bytesText(value) ?? textOf(name)))).join(",")}]`;
  return panelRowJson({
    key: text,
    columns,
    values: columns.map(({ name, isSecret }) => (isSecret ? null : valueOf(name))),
    truncated,
    names: names ?? {},
  });
}

/** As PostgreSQL writes bytes. */
function bytesText(value: unknown): string | undefined {
  return value instanceof Uint8Array ? `\\x${value.toHex()}` : undefined;
}

/** How many rows have each status; null where there is none, or too much to count. */
export async function countGroups(
  ask: Ask,
  panel: DescribedPanel,
  condition: Sql,
  nowMs: number,
): Promise<PanelGroup[] | null> {
  const name = statusColumn(panel);
  const column = panel.columns.find((other) => other.name === name);
  if (column === undefined) return null;
  const value = columnSql(column.name);
  const found = await ask(
    sql`SELECT g.value, count(*)::text FROM (SELECT left(${value}::text, ${LONGEST_VALUE}::int4) AS value
      FROM ${tableSql(panel.table)} AS ${ROW} WHERE ${condition} LIMIT ${COUNTED_ROWS + 1}::int8) AS g
      GROUP BY g.value LIMIT ${MOST_VALUES + 1}::int8`,
    nowMs,
  );
  const groups = found.map(([text, count]) => ({
    value: groupValue(rowValue(text, column.stored === "integer" ? "integer" : "text")),
    count: Number(count),
  }));
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  if (total > COUNTED_ROWS || groups.length > MOST_VALUES) return null;
  return groups
    .toSorted((a, b) => b.count - a.count || (String(a.value) < String(b.value) ? -1 : 1))
    .slice(0, MOST_GROUPS);
}

function groupValue(value: unknown): PanelGroup["value"] {
  if (typeof value === "bigint") return idForJson(value);
  return typeof value === "string" ? value : null;
}
