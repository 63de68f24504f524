/** What became different from one answer to the next: it is what people look for in a panel. */
import { textOf } from "../text/text.ts";
import type { PanelRow } from "./panel-row.ts";

export interface Marks {
  /** By the key of the row: the columns whose values are others. */
  readonly changed: ReadonlyMap<string, ReadonlySet<string>>;
  readonly appeared: ReadonlySet<string>;
  /** Rows that went, and where they stood. */
  readonly gone: readonly { readonly row: PanelRow; readonly at: number }[];
}

export const NO_MARKS: Marks = { changed: new Map(), appeared: new Set(), gone: [] };

export function compareRows(before: readonly PanelRow[], after: readonly PanelRow[]): Marks {
  const [old, fresh] = [before, after].map((rows) => new Map(rows.map((row) => [row.key, row])));
  const changed = new Map<string, ReadonlySet<string>>();
  const appeared = new Set<string>();
  for (const row of after) {
    const other = old?.get(row.key);
    if (other === undefined) appeared.add(row.key);
    else if (other !== row) {
      const columns = changedColumns(other, row);
      if (columns.size > 0) changed.set(row.key, columns);
    }
  }
  const gone = before.flatMap((row, at) => (fresh?.has(row.key) === true ? [] : [{ row, at }]));
  return { changed, appeared, gone };
}

export function isMarked({ changed, appeared, gone }: Marks): boolean {
  return changed.size > 0 || appeared.size > 0 || gone.length > 0;
}

/** The rows, and among them those that went, each where it stood. */
export function withGone(rows: readonly PanelRow[], { gone }: Marks): PanelRow[] {
  const all = [...rows];
  for (const { row, at } of gone) all.splice(at, 0, row);
  return all;
}

function changedColumns({ json: before }: PanelRow, { json: after }: PanelRow): Set<string> {
  const columns = Object.keys(after).filter((column) => !column.startsWith("$"));
  return new Set(columns.filter((column) => textOf(before[column]) !== textOf(after[column])));
}
