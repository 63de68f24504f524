/** The order of the rows of a panel, and the ranges of it that come after a place. */
import { allOf, joinSql, Sql, sql } from "../../../query/sql.ts";
import { columnWithoutOrder, maskedColumn, noSuchColumn, tooManyRows } from "../../panels/refusals.ts";
import { columnSql } from "../rows.ts";
import type { Ask } from "../session.ts";
import type { DescribedPanel } from "./described.ts";
import { findByName } from "./offered.ts";

/** What is sorted by of a text, where no index is. In characters. */
const SORTED_LENGTH = 200;

/** Something that is sorted by. */
export interface SortedBy {
  readonly value: Sql;
  /** For the value of a place, which is bound as text. */
  readonly type: string;
}

export interface PanelOrder {
  /** As in `?sort=`; null for the database's own order. */
  readonly text: string | null;
  /** Undefined where the unique columns alone are sorted by. */
  readonly sort: SortedBy | undefined;
  readonly unique: readonly SortedBy[];
  readonly isDescending: boolean;
}

/** The place of a row in an order, as text. */
export interface Place {
  readonly sort: string | null | undefined;
  readonly unique: readonly (string | null)[];
}

/** A part of the rows, in which a place has one meaning. */
export interface Range {
  readonly where: Sql;
  readonly by: readonly SortedBy[];
}

/**
 * @param asked as in `?sort=`; empty for the unique columns
 * @throws PanelError where the table can't be read in this order
 */
export async function findOrder(
  ask: Ask,
  panel: DescribedPanel,
  asked: string | undefined,
): Promise<PanelOrder> {
  const { table, isLarge } = panel;
  const unique = panel.unique.map(({ name, type }): SortedBy => ({ value: columnSql(name), type }));
  const plain: PanelOrder = { text: null, sort: undefined, unique, isDescending: false };
  const [only, ...more] = panel.unique;
  if (asked === undefined) {
    // By the key. Of a large table the newest are what somebody wants to see.
    if (only === undefined || more.length > 0) return plain;
    return { ...plain, text: isLarge ? `-${only.name}` : only.name, isDescending: isLarge };
  }
  if (asked === "") return plain;
  const { column, isDescending } = findColumn(panel, asked);
  const order = { ...plain, text: isDescending ? `-${column.name}` : column.name, isDescending };
  if (only !== undefined && more.length === 0 && only.name === column.name) return order;
  const isText = column.affinity === "text";
  if (["json", "document"].includes(column.stored)) throw columnWithoutOrder(asked);
  const isIndexed = unique.length > 0 && (await hasIndex(ask, table.oid, column.name));
  if (isLarge && !isIndexed) throw tooManyRows(table.name, asked);
  const value = columnSql(column.name);
  const sort =
    isText && !isIndexed
      ? { value: sql`left(${value}::text, ${new Sql(String(SORTED_LENGTH))})`, type: "text" }
      : { value, type: column.type };
  return { ...order, sort };
}

/** @throws PanelError */
function findColumn(panel: DescribedPanel, asked: string) {
  // A column may have a minus of its own.
  const plain = findByName(panel.columns, asked);
  const column = plain ?? (asked.startsWith("-") ? findByName(panel.columns, asked.slice(1)) : undefined);
  if (column === undefined)
    throw noSuchColumn(
      panel.table.name,
      asked,
      panel.columns.filter(({ isSecret }) => !isSecret).map(({ name }) => name),
    );
  if (column.isSecret) throw maskedColumn(asked);
  return { column, isDescending: plain === undefined };
}

/** Whether an index of all rows begins with a column, in either direction. */
async function hasIndex(ask: Ask, oid: string, column: string): Promise<boolean> {
  const found = await ask(
    sql`SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
      JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
      WHERE i.indrelid = ${oid}::oid AND i.indisvalid AND i.indpred IS NULL AND m.amname = 'btree' AND a.attname = ${column}::text LIMIT 1`,
  );
  return found.length > 0;
}

/**
 * What comes after a place, or everything, in the order in which it is to be read. NULL stands before every value, as
 * in a SQLite file. Rows that are sorted by the same value follow each other by their unique columns.
 */
export function rangesAfter({ sort, unique, isDescending }: PanelOrder, place: Place | undefined): Range[] {
  const all = sql`TRUE`;
  const rest =
    place === undefined || unique.length === 0
      ? all
      : compared(unique, place.unique, isDescending ? "<" : ">");
  if (sort === undefined) return [{ where: rest, by: unique }];
  const by = [sort, ...unique];
  const nulls = (where: Sql): Range => ({ where: allOf([sql`${sort.value} IS NULL`, where]), by: unique });
  const values: Range = { where: sql`${sort.value} IS NOT NULL`, by };
  if (place === undefined || place.sort === undefined)
    return isDescending ? [values, nulls(all)] : [nulls(all), values];
  if (place.sort === null) return isDescending ? [nulls(rest)] : [nulls(rest), values];
  const beyond = { where: compared(by, [place.sort, ...place.unique], isDescending ? "<" : ">"), by };
  return isDescending ? [beyond, nulls(all)] : [beyond];
}

/** Rows as PostgreSQL compares them: by the first of their values that differ. */
export function compared(
  by: readonly SortedBy[],
  values: readonly (string | null)[],
  operator: "<" | ">" | "<=" | ">=",
): Sql {
  const left = joinSql(
    by.map(({ value }) => value),
    ", ",
  );
  const right = joinSql(
    by.map(({ type }, at) => sql`${values[at] ?? null}::text::${new Sql(type)}`),
    ", ",
  );
  return sql`(${left}) ${new Sql(operator)} (${right})`;
}

export function orderBy({ by }: Range, isDescending: boolean): Sql {
  if (by.length === 0) return sql``;
  return sql` ORDER BY ${joinSql(
    by.map(({ value }) => (isDescending ? sql`${value} DESC` : value)),
    ", ",
  )}`;
}
