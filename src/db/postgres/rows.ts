/** Reads rows of a table: which SQL, and what becomes of what comes. */
import type { EventRow, RowValue } from "../../events.ts";
import { joinSql, nameSql, Sql, sql } from "../../query/sql.ts";
import { type PostgresReference, shownSql } from "./references.ts";
import type { ReadValue } from "./session.ts";
import type { PostgresColumn } from "./table.ts";
import { isLargerSql, isShort, readSql, rowValue } from "./values.ts";

/** A larger value stands as null in a page, and is named in `truncated`. In bytes. */
const MAX_VALUE_BYTES = 65_536;

/** Of all values of a row in a page. In bytes. */
const MAX_ROW_BYTES = 1_048_576;

/** Stands for the row in every statement. */
export const ROW = new Sql("t");

export function columnSql(name: string): Sql {
  return sql`${ROW}.${nameSql(name)}`;
}

export interface RowsQuery {
  /** What is selected of each row. */
  readonly selected: Sql;
  /** How many values that is. */
  readonly width: number;
  /** @param read what was selected */
  row(read: readonly ReadValue[]): ReadRow;
}

export interface ReadRow extends Omit<EventRow, "id"> {
  /** About how many bytes of JSON it is. */
  readonly bytes: number;
}

/**
 * @param columns in the order of the row
 * @param maxValueBytes a larger value is left out
 */
export function rowsQuery(
  columns: readonly PostgresColumn[],
  references: readonly PostgresReference[],
  maxValueBytes: number = Math.min(MAX_VALUE_BYTES, Math.floor(MAX_ROW_BYTES / Math.max(1, columns.length))),
): RowsQuery {
  const isTooLarge = ({ name, stored }: PostgresColumn): Sql =>
    isLargerSql(columnSql(name), stored, maxValueBytes);
  const long = columns.map((column, at) => ({ column, at })).filter(({ column }) => !isShort(column.stored));
  const values = columns.map((column) => {
    const value = readSql(columnSql(column.name), column.stored);
    return isShort(column.stored) ? value : sql`CASE WHEN ${isTooLarge(column)} THEN NULL ELSE ${value} END`;
  });
  const leftOut = long.map(
    ({ column, at }) => sql`CASE WHEN ${isTooLarge(column)} THEN ${new Sql(`'${at}'`)} END`,
  );
  const names = references.map((reference) => shownSql(reference, columnSql(reference.column)));
  const selected = [
    ...values,
    leftOut.length === 0 ? sql`''` : joinAll("concat_ws(',', ", leftOut, ")"),
    ...names,
  ];
  return {
    selected: joinSql(selected, ", "),
    width: selected.length,
    row: (read) => {
      const found = columns.map(({ stored }, at) => rowValue(read[at], stored));
      const places = String(read[columns.length] ?? "");
      const truncated = places === "" ? [] : places.split(",").map((at) => columns[Number(at)]?.name ?? "");
      const named = references.flatMap(({ column }, at) => {
        const name = read[columns.length + 1 + at];
        return typeof name === "string" && name !== "" ? [[column, name] as const] : [];
      });
      return {
        values: found,
        truncated,
        ...(named.length === 0 ? {} : { names: Object.fromEntries(named) }),
        bytes: found.reduce((sum: number, value) => sum + sizeOf(value), 0) + columns.length * 16,
      };
    },
  };
}

function joinAll(before: string, parts: readonly Sql[], after: string): Sql {
  return sql`${new Sql(before)}${joinSql(parts, ", ")}${new Sql(after)}`;
}

function sizeOf(value: RowValue): number {
  if (typeof value === "string") return value.length;
  if (value instanceof Uint8Array) return value.length * 1.4;
  return typeof value === "object" && value !== null ? value.json.length : 8;
}
