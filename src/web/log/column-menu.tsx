import type { State } from "../state.ts";
import { Menu } from "../views/menu.tsx";
import {
  type ColumnName,
  columnsOffered,
  movedColumn,
  ownColumn,
  titleOf,
  toggledColumn,
  writeColumns,
} from "./columns.ts";

/** Which columns the table shows, and in which order. */
export function ColumnMenu({ state }: { readonly state: State }) {
  const { columns, chosenColumns } = state.log;
  const shown = columns.value;
  const rows = state.events.value?.map(({ json }) => json) ?? [];
  const hidden = columnsOffered(rows).filter((column) => !shown.includes(column));
  const reading = state.reading.value;
  const table = state.status.value?.table ?? "";
  const choose = (next: readonly ColumnName[] | undefined): void => {
    chosenColumns.value = { columns: next };
    writeColumns(table, next);
  };
  return (
    <Menu id="columns" label="Columns" title="Columns">
      <ul>
        {[...shown, ...hidden].map((column) => {
          const title = titleOf(column, reading);
          const at = shown.indexOf(column);
          return (
            <li key={column}>
              <label>
                <input
                  type="checkbox"
                  checked={at >= 0}
                  onChange={() => choose(toggledColumn(shown, column))}
                />
                {ownColumn(column) === undefined ? title : <code>{title}</code>}
              </label>
              {at > 0 && (
                <button
                  type="button"
                  aria-label={`Move ${title} to the left`}
                  onClick={() => choose(movedColumn(shown, column, -1))}
                >
                  ←
                </button>
              )}
              {at >= 0 && at < shown.length - 1 && (
                <button
                  type="button"
                  aria-label={`Move ${title} to the right`}
                  onClick={() => choose(movedColumn(shown, column, 1))}
                >
                  →
                </button>
              )}
            </li>
          );
        })}
      </ul>
      <button type="button" id="columns-reset" onClick={() => choose(undefined)}>
        As the rows fill them
      </button>
    </Menu>
  );
}
