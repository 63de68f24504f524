/** Goes through the rows of a table in an order, some at a time, and tells which of them match. */
import type { Database } from "bun:sqlite";

import type { ColumnValue } from "../../../events.ts";
import { joinSql, Sql, sql, type SqlValue } from "../../../query/sql.ts";
import type { Place } from "../../panels/cursor.ts";
import { quoteName } from "../../quote-name.ts";
import { type PanelOrder, placeColumns, type Range, rangesAfter } from "./order.ts";
import { type PanelShape, ROW } from "./shape.ts";

/** A row that was looked at. */
export interface Seen {
  readonly place: Place;
  readonly isMatch: boolean;
  /** Of what was asked for besides. */
  readonly extra: ColumnValue;
}

export interface PlacesQuery {
  readonly order: PanelOrder;
  readonly condition: Sql;
  /** What "now" is in the condition, in ms since 1970. */
  readonly nowMs: number;
  /** SQL of one more value of each row. */
  readonly extra?: Sql;
}

export class OrderedPlaces {
  readonly #database: Database;
  readonly #shape: PanelShape;
  readonly #query: PlacesQuery;
  #ranges: Range[];

  /** @param after the rows that come after this place; all where it is undefined */
  constructor(database: Database, shape: PanelShape, query: PlacesQuery, after: Place | undefined) {
    this.#database = database;
    this.#shape = shape;
    this.#query = query;
    this.#ranges = rangesAfter(query.order, after);
  }

  /** Whether every row was looked at. */
  get isDone(): boolean {
    return this.#ranges.length === 0;
  }

  /**
   * Looks at the next rows. To be called in a read transaction.
   * @throws SQLiteError where a writer holds the file: the same rows are the next ones then
   */
  next(limitRows: number): Seen[] {
    const seen: Seen[] = [];
    while (seen.length < limitRows) {
      const [range, ...rest] = this.#ranges;
      if (range === undefined) break;
      const left = limitRows - seen.length;
      const found = this.#read(range, left);
      seen.push(...found);
      const last = found.at(-1);
      const isCut = found.length === left && last !== undefined;
      this.#ranges = isCut ? rangesAfter(this.#query.order, last.place) : rest;
    }
    return seen;
  }

  /** The condition is a value of the row, and no condition of the statement: a row is looked at once in any case. */
  #read({ where, orderBy }: Range, limitRows: number): Seen[] {
    const { order, condition, nowMs, extra = sql`NULL` } = this.#query;
    const from = new Sql(`${quoteName(this.#shape.name)} AS ${ROW}`);
    const values = joinSql([...placeColumns(order), extra, condition], ", ");
    const sorted = orderBy.text === "" ? sql`` : sql` ORDER BY ${orderBy}`;
    const statement = sql`SELECT ${values} FROM ${from} WHERE ${where}${sorted} LIMIT ${limitRows}`;
    using prepared = this.#database.prepare<ColumnValue[], SqlValue[]>(statement.text);
    return prepared.values(...statement.bind(nowMs)).map((found) => {
      const unique = found.slice(0, order.unique.length);
      const sort = order.sort === undefined ? undefined : (found[order.unique.length] ?? null);
      return { place: { sort, unique }, extra: found.at(-2) ?? null, isMatch: isTrue(found.at(-1)) };
    });
  }
}

/** A condition is true, false or NULL. */
function isTrue(value: ColumnValue | undefined): boolean {
  return value === 1n || value === 1;
}
