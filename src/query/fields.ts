/** Finds the column that a field of a question means. */
import type { ColumnRole } from "../column-roles.ts";
import { unlikeness } from "../columns/similar-names.ts";
import type { FieldPath } from "../question.ts";
import type { AskedColumn, AskedTable } from "./asked-table.ts";
import { QuestionError } from "./question-error.ts";

export const ROLES: readonly ColumnRole[] = ["id", "time", "type", "actor", "target", "summary", "metadata"];

/** Names that a message has room for. */
const MAX_NAMES = 12;

export interface Field {
  readonly column: AskedColumn;
  /** The way into its JSON; empty for the column itself. */
  readonly rest: readonly (string | number)[];
}

/**
 * The first names of the path, as many as make the name of a column, or a role.
 * @param at where the term stands, for the error
 * @throws QuestionError where there is no such field, with those most like it
 */
export function findField({ path, isColumn }: FieldPath, table: AskedTable, at: number): Field {
  const [first, ...rest] = path;
  if (!isColumn) {
    const column = columnOfRole(first, table);
    if (column !== undefined) return { column, rest };
  }
  // The name of a column may have dots of its own.
  const names = path.slice(0, path.findIndex((step) => typeof step === "number") >>> 0);
  for (let length = names.length; length > 0; length--) {
    const column = columnNamed(names.slice(0, length).join("."), table);
    if (column !== undefined) return { column, rest: path.slice(length) };
  }
  throw new QuestionError(unknownField(first, isColumn, table), at);
}

/** Whether the field is asked for as a role, rather than by the name of its column. */
export function isRole({ path, isColumn }: FieldPath, table: AskedTable): boolean {
  return !isColumn && columnOfRole(path[0], table) !== undefined;
}

/** The column that plays a role; undefined where none does. */
export function columnOfRole(role: string, table: AskedTable): AskedColumn | undefined {
  const known = ROLES.find((name) => name === role.toLowerCase());
  if (known === undefined) return undefined;
  const name = known === "id" ? table.key : table.roles[known]?.column;
  return table.columns.find((column) => column.name === name);
}

function columnNamed(name: string, { columns }: AskedTable): AskedColumn | undefined {
  const lower = name.toLowerCase();
  return (
    columns.find((column) => column.name === name) ??
    columns.find((column) => column.name.toLowerCase() === lower)
  );
}

/** Roles that a column plays, and columns. */
function fieldNames({ roles, columns }: AskedTable): string[] {
  const played = ROLES.filter((role) => role === "id" || roles[role] !== undefined);
  return [...new Set([...played, ...columns.map((column) => column.name)])];
}

function unknownField(name: string, isColumn: boolean, table: AskedTable): string {
  const names = fieldNames(table);
  const nearest = names
    .map((other) => ({ other, distance: unlikeness(name, other) }))
    .filter(({ distance }) => Number.isFinite(distance))
    .toSorted((a, b) => a.distance - b.distance)
    .map(({ other }) => other);
  const guess = nearest[0] === undefined ? "" : ` Did you mean ${JSON.stringify(nearest[0])}?`;
  const listed = [...new Set([...nearest, ...names])];
  const more = listed.length > MAX_NAMES ? `, and ${listed.length - MAX_NAMES} more` : "";
  const isRoleName = ROLES.some((role) => role === name.toLowerCase());
  // A name between quotation marks is that of a column.
  if (isRoleName && isColumn && columnOfRole(name, table) !== undefined)
    return `There is no column ${JSON.stringify(name)}. For the role write it without quotation marks, for example ${name}:x.`;
  const what = isRoleName
    ? `The table has no column that tells the ${name.toLowerCase()}.`
    : `There is no field ${JSON.stringify(name)}.`;
  return (
    `${what}${guess} The fields are ${listed.slice(0, MAX_NAMES).join(", ")}${more}. ` +
    `For a text that has a colon write quotation marks: ${JSON.stringify(`${name}:…`)}.`
  );
}
