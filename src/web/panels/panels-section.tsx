import type { ReadonlySignal } from "@preact/signals";

import type { State } from "../state.ts";
import { Visible } from "../views/visible.tsx";
import { PanelCard } from "./panel-card.tsx";
import type { Panels } from "./panels.ts";

interface Props {
  readonly state: State;
  readonly panels: Panels;
  readonly tick: ReadonlySignal<number>;
  readonly onOpenRow: (key: string, table: string) => void;
  /** The row that is open beside the list. */
  readonly opened: ReadonlySignal<
    { readonly target: string; readonly table: string | undefined } | undefined
  >;
}

/** The tables beside the log. Where the server offers none, this takes no room at all. */
export function PanelsSection({ state, panels, tick, onOpenRow, opened }: Props) {
  if (panels.tables.value.length === 0) return null;
  return (
    <section id="panels" class="panels" aria-labelledby="panels-title">
      <div class="panels-head">
        <h2 id="panels-title">Tables</h2>
        <Chooser panels={panels} />
      </div>
      <div class="panel-grid">
        {panels.shown.value.map((panel) => (
          <PanelCard
            key={panel.table.name}
            panel={panel}
            isCollapsed={panels.isCollapsed(panel.table)}
            onCollapse={(isCollapsed) => panels.setCollapsed(panel.table, isCollapsed)}
            timeZone={state.reading.value.timeZone}
            tick={tick}
            isReachable={state.isReachable.value}
            onOpenRow={onOpenRow}
            openKey={opened.value?.table === panel.table.name ? opened.value.target : undefined}
          />
        ))}
      </div>
    </section>
  );
}

function Chooser({ panels }: { readonly panels: Panels }) {
  const tables = panels.tables.value;
  return (
    <details class="panel-chooser">
      <summary>
        {panels.shown.value.length} of {tables.length} shown
      </summary>
      <fieldset>
        <legend>Tables to show</legend>
        {tables.map((table) => (
          <label key={table.name}>
            <input
              type="checkbox"
              value={table.name}
              checked={panels.isOpen(table)}
              onChange={({ currentTarget }) => panels.setOpen(table, currentTarget.checked)}
            />
            <Visible text={table.name} />
            {table.kind === "view" && <span class="panel-kind"> view</span>}
          </label>
        ))}
      </fieldset>
    </details>
  );
}
