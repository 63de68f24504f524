/** The order of the rows of a panel, and the ranges of it that come after a place: each can be read from an index. */
import type { Database } from "bun:sqlite";

import { allOf, joinSql, Sql, sql } from "../../../query/sql.ts";
import type { Place } from "../../panels/cursor.ts";
import { maskedColumn, noSuchColumn, tooManyRows } from "../../panels/refusals.ts";
import { quoteName } from "../../quote-name.ts";
import { columnSql, type PanelShape, ROW } from "./shape.ts";

/** What is sorted by of a text, where no index is. In characters of a text, and bytes of a BLOB. */
const SORTED_LENGTH = 200;

export interface PanelOrder {
  /** As in `?sort=`; null for the database's own order. */
  readonly text: string | null;
  /** Undefined where the unique columns alone are sorted by. */
  readonly sort: Sql | undefined;
  readonly unique: readonly Sql[];
  readonly isDescending: boolean;
}

/** A part of the rows, in which a place has one meaning. */
export interface Range {
  readonly where: Sql;
  readonly orderBy: Sql;
}

/**
 * @param asked as in `?sort=`; empty for the unique columns
 * @param isLarge the table has more rows than can be sorted at each page
 * @throws PanelError where the table can't be read in this order
 */
export function findOrder(
  database: Database,
  shape: PanelShape,
  asked: string | undefined,
  isLarge: boolean,
): PanelOrder {
  const unique = shape.unique.map((column) => new Sql(column));
  if (asked === undefined) return defaultOrder(database, shape, unique, isLarge);
  if (asked === "") return { text: null, sort: undefined, unique, isDescending: false };
  const { column, isDescending } = findColumn(shape, asked);
  const text = isDescending ? `-${column}` : column;
  const isUnique = column === shape.rowid || (unique.length === 1 && columnSql(column) === unique[0]?.text);
  if (isUnique) return { text, sort: undefined, unique, isDescending };
  const plain: PanelOrder = { text, sort: new Sql(columnSql(column)), unique, isDescending };
  if (unique.length > 0 && isIndexed(database, shape, plain)) return plain;
  if (isLarge) throw tooManyRows(shape.name, asked);
  return { ...plain, sort: shortened(column) };
}

/** In the order in which the rows came, or by the key. Of a large table the newest are what somebody wants to see. */
function defaultOrder(
  database: Database,
  shape: PanelShape,
  unique: readonly Sql[],
  isLarge: boolean,
): PanelOrder {
  const plain: PanelOrder = { text: null, sort: undefined, unique, isDescending: false };
  const name = shape.rowid ?? (shape.key.length === 1 ? shape.key[0] : undefined);
  if (unique.length === 0 || name === undefined) return plain;
  const order: PanelOrder = { ...plain, text: isLarge ? `-${name}` : name, isDescending: isLarge };
  return !isLarge || isIndexed(database, shape, order) ? order : plain;
}

/** @throws PanelError */
function findColumn(shape: PanelShape, asked: string): { column: string; isDescending: boolean } {
  const names = [
    ...shape.columns.map(({ name }) => name),
    ...shape.key,
    ...(shape.rowid === undefined ? [] : [shape.rowid]),
  ];
  const isSecret = (name: string): boolean =>
    shape.columns.some((other) => other.name === name && other.isSecret);
  const find = (name: string): string | undefined =>
    names.find((other) => other === name) ??
    names.find((other) => other.toLowerCase() === name.toLowerCase());
  // A column may have a minus of its own.
  const plain = find(asked);
  const column = plain ?? (asked.startsWith("-") ? find(asked.slice(1)) : undefined);
  if (column === undefined)
    throw noSuchColumn(shape.name, asked, [...new Set(names.filter((name) => !isSecret(name)))]);
  if (isSecret(column)) throw maskedColumn(asked);
  return { column, isDescending: plain === undefined };
}

/** Long texts and BLOBs by their beginning, so that the place of a row stays short. */
function shortened(column: string): Sql {
  const value = columnSql(column);
  return new Sql(
    // Nothing but what is long is cut: SQLite makes NULL of the beginning of an empty BLOB.
    `(CASE WHEN octet_length(${value}) > ${SORTED_LENGTH} THEN substr(${value}, 1, ${SORTED_LENGTH}) ELSE ${value} END)`,
  );
}

/** Whether SQLite reads the rows in this order without sorting them first. */
function isIndexed(database: Database, { name }: PanelShape, order: PanelOrder): boolean {
  return rangesAfter(order, undefined).every(({ where, orderBy }) => {
    using plan = database.prepare<{ detail: string }, []>(
      `EXPLAIN QUERY PLAN SELECT ${joinSql(placeColumns(order), ", ").text} FROM ${quoteName(name)} AS ${ROW} WHERE ${where.text} ORDER BY ${orderBy.text}`,
    );
    return plan.all().every(({ detail }) => !detail.includes("TEMP B-TREE"));
  });
}

/** SQL of the place of a row: the unique columns, and what is sorted by. */
export function placeColumns({ sort, unique }: PanelOrder): readonly Sql[] {
  return sort === undefined ? unique : [...unique, sort];
}

/**
 * What comes after a place, or everything, in the order in which it is to be read. NULL stands before every value, as
 * SQLite sorts it. Rows that are sorted by the same value follow each other by their unique columns.
 */
export function rangesAfter(order: PanelOrder, place: Place | undefined): Range[] {
  const { sort, isDescending } = order;
  const after = (what: readonly Sql[], values: Place["unique"]): Sql => {
    const [left, right] = [
      joinSql(what, ", "),
      joinSql(
        values.map((value) => sql`${value}`),
        ", ",
      ),
    ];
    return isDescending ? sql`(${left}) < (${right})` : sql`(${left}) > (${right})`;
  };
  const all = sql`TRUE`;
  const rest = place === undefined || order.unique.length === 0 ? all : after(order.unique, place.unique);
  const byUnique = inOrder(order.unique, isDescending);
  if (sort === undefined) return [{ where: rest, orderBy: byUnique }];

  const bySort = inOrder([sort, ...order.unique], isDescending);
  const nulls = (where: Sql): Range => ({ where: allOf([sql`${sort} IS NULL`, where]), orderBy: byUnique });
  const values: Range = { where: sql`${sort} IS NOT NULL`, orderBy: bySort };
  if (place?.sort === undefined) return isDescending ? [values, nulls(all)] : [nulls(all), values];
  if (place.sort === null) return isDescending ? [nulls(rest)] : [nulls(rest), values];
  const same: Range = { where: allOf([sql`${sort} = ${place.sort}`, rest]), orderBy: byUnique };
  const beyond: Range = { where: after([sort], [place.sort]), orderBy: bySort };
  return isDescending ? [same, beyond, nulls(all)] : [same, beyond];
}

function inOrder(columns: readonly Sql[], isDescending: boolean): Sql {
  return joinSql(
    columns.map((column) => (isDescending ? sql`${column} DESC` : column)),
    ", ",
  );
}
