/** Which columns the table of the log shows: those that the rows fill, or those that the reader has chosen. */
import type { EventJson } from "../../events.ts";
import { columnsOf } from "../event/names.ts";
import type { Reading } from "../event/reading.ts";
import { readPreference, writePreference } from "../preference.ts";

/** `time`, `type`, `who`, `what`, `id`, or `=` and the name of a column of the table. */
export type ColumnName = string;

/** What the page has a place for, in the order of the table. */
export const BUILT_IN_COLUMNS: readonly ColumnName[] = ["id", "time", "type", "who", "what"];

/** A table of more columns is no table any more, and the menu would be longer than the screen. */
export const MAX_OFFERED_COLUMNS = 40;

const TITLES: Readonly<Record<string, string>> = {
  id: "ID",
  time: "Time",
  type: "Type",
  who: "Actor → target",
  what: "Summary",
};

/** @returns as a person reads it */
export function titleOf(column: ColumnName, { roles }: Reading): string {
  if (column === "what" && roles.summary === undefined) return "Values";
  return TITLES[column] ?? column.slice(1);
}

/** The name of the table's own column; undefined for those that the page makes. */
export function ownColumn(column: ColumnName): string | undefined {
  return column.startsWith("=") ? column.slice(1) : undefined;
}

/**
 * @param parts what the rows fill, as in `time type who`
 * @param chosen by the reader; undefined where nothing is
 * @param missing those of them that the table does not have. The browser knows a table by its name alone, and another
 * file at the same address may have one that is called the same
 */
export function columnsShown(
  parts: string,
  chosen: readonly ColumnName[] | undefined,
  missing: readonly ColumnName[] = [],
): readonly ColumnName[] {
  const left = chosen?.filter((name) => !missing.includes(name));
  const isOfOther = missing.length > 0 && left?.every((name) => ownColumn(name) === undefined) === true;
  return left === undefined || isOfOther ? [...parts.split(" ").filter(Boolean), "what"] : left;
}

/** @param row one of the table: undefined while there is none, and then none is missing */
export function missingColumns(chosen: readonly ColumnName[], row: EventJson | undefined): ColumnName[] {
  if (row === undefined) return [];
  const own = new Set(columnsOf(row).map(([column]) => `=${column}`));
  return chosen.filter((name) => ownColumn(name) !== undefined && !own.has(name));
}

/** @returns the columns of a grid, whose widths are in styles/events.css. The summary has the rest; without it, all share it. */
export function gridColumns(columns: readonly ColumnName[]): string {
  const hasSummary = columns.includes("what");
  return columns.map((name) => (name === "what" ? "minmax(8rem, 1fr)" : widthOf(name, hasSummary))).join(" ");
}

function widthOf(name: ColumnName, isFixed: boolean): string {
  const width = `var(--${name.startsWith("=") ? "own" : name}-width)`;
  return isFixed ? width : `minmax(${width}, 1fr)`;
}

/** All that the reader may choose, those of the page first. */
export function columnsOffered(rows: readonly EventJson[]): readonly ColumnName[] {
  const names = new Set<string>();
  for (const row of rows.slice(0, 1)) for (const [column] of columnsOf(row)) names.add(`=${column}`);
  return [...BUILT_IN_COLUMNS, ...names].slice(0, MAX_OFFERED_COLUMNS);
}

/** Shows a column or hides it. The last one stays. */
export function toggledColumn(shown: readonly ColumnName[], column: ColumnName): readonly ColumnName[] {
  if (!shown.includes(column)) return [...shown, column];
  return shown.length === 1 ? shown : shown.filter((each) => each !== column);
}

/** @param by -1 to the left, 1 to the right */
export function movedColumn(
  shown: readonly ColumnName[],
  column: ColumnName,
  by: -1 | 1,
): readonly ColumnName[] {
  const from = shown.indexOf(column);
  const to = from + by;
  const other = shown[to];
  if (from < 0 || other === undefined) return shown;
  return shown.map((each, at) => (at === from ? other : at === to ? column : each));
}

/** The name under which the browser remembers the choice, one for each table. */
function preferenceOf(table: string): string {
  return `tailboard.columns ${table}`;
}

export function readColumns(table: string): readonly ColumnName[] | undefined {
  const text = readPreference(preferenceOf(table));
  if (text === undefined || text === "") return undefined;
  try {
    const columns: unknown = JSON.parse(text);
    const isList = Array.isArray(columns) && columns.length > 0;
    return isList ? columns.map(String).slice(0, MAX_OFFERED_COLUMNS) : undefined;
  } catch (error) {
    // Something else has written there: the automatic choice is as good.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** @param columns undefined for the automatic choice */
export function writeColumns(table: string, columns: readonly ColumnName[] | undefined): void {
  writePreference(preferenceOf(table), columns === undefined ? "" : JSON.stringify(columns));
}
