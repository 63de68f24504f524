import { type ReadonlySignal, useComputed } from "@preact/signals";
import { useRef } from "preact/hooks";

import { Visible } from "../views/visible.tsx";
import { withGone } from "./difference.ts";
import { lateRows } from "./late-rows.ts";
import { PanelRowView } from "./panel-row-view.tsx";
import type { PanelRow } from "./panel-row.ts";
import type { Panel } from "./panel.ts";

interface Props {
  readonly panel: Panel;
  readonly rows: readonly PanelRow[];
  readonly timeZone: string;
  readonly tick: ReadonlySignal<number>;
  readonly onOpenRow: (key: string, table: string) => void;
  readonly openKey: string | undefined;
}

/** The rows, those that went a moment ago among them. */
export function PanelTableView({ panel, rows, timeZone, tick, onOpenRow, openKey }: Props) {
  const { table, layout } = panel;
  const body = useRef<HTMLTableSectionElement>(null);
  const late = useComputed(() => lateRows(panel, panel.rows.value ?? [], timeZone, tick.value));
  const marks = panel.marks.value;
  const gone = new Set(marks.gone.map(({ row }) => row.key));
  const columns = [layout.status, layout.reference, ...layout.times].filter((column) => column !== undefined);
  return (
    <div class="panel-scroll">
      <table class="panel-table" aria-label={table.name}>
        <thead>
          <tr>
            {[layout.name, ...columns].map((column) => (
              <th key={column} scope="col" class={column === layout.reference ? "reference" : undefined}>
                <Visible text={column} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={(event) => walk(event, body.current)}>
          {withGone(rows, marks).map((row) => (
            <PanelRowView
              key={row.key}
              row={row}
              panel={panel}
              timeZone={timeZone}
              tick={tick}
              late={late}
              change={gone.has(row.key) ? "gone" : marks.appeared.has(row.key) ? "appeared" : undefined}
              changed={marks.changed.get(row.key)}
              isOpen={row.key === openKey}
              onOpen={onOpenRow}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The arrows go from row to row, Home and End to the first and the last. */
function walk(event: KeyboardEvent, body: HTMLElement | null): void {
  const buttons = [...(body?.querySelectorAll<HTMLButtonElement>("button.row-opener") ?? [])];
  const at = buttons.findIndex((button) => button === document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
  const next = at === -1 || to === undefined ? undefined : buttons[to];
  if (next === undefined) return;
  event.preventDefault();
  // Otherwise the list of events would go on, too.
  event.stopPropagation();
  next.focus();
}
