/** Rows of tables beside the log as JSON: like events, with their key, and with what is masked. */
import type { RowValue } from "../events.ts";
import { valueJson } from "./json.ts";

/** In the place of a value that is not shown. Never of one that is NULL or empty: that would tell something, too. */
const MASKED_JSON = '{"$masked":true}';

export interface PanelRowFields {
  /** A text that no other row of the table has. */
  readonly key: string;
  readonly columns: readonly { readonly name: string; readonly isSecret: boolean }[];
  /** By the place of the column. What stands for a masked one does not matter. */
  readonly values: readonly RowValue[];
  /** Columns whose value was too large and stands as null. */
  readonly truncated: readonly string[];
  /** By column: the text of the row of another table that it leads to. */
  readonly names: Readonly<Record<string, string>>;
}

export function panelRowJson({ key, columns, values, truncated, names }: PanelRowFields): string {
  const members = columns.map(
    ({ name, isSecret }, at) =>
      `${JSON.stringify(name)}:${isSecret ? MASKED_JSON : valueJson(values[at] ?? null)}`,
  );
  members.push(`"$key":${JSON.stringify(key)}`);
  if (truncated.length > 0) members.push(`"$truncated":${JSON.stringify(truncated)}`);
  if (Object.keys(names).length > 0) members.push(`"$names":${JSON.stringify(names)}`);
  return `{${members.join(",")}}`;
}
