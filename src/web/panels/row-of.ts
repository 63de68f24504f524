/** Which row of a panel a text of the log names. */
import { computed, type ReadonlySignal } from "@preact/signals";

import { describeValue, type PanelRow } from "./panel-row.ts";
import type { Panel } from "./panel.ts";

/** A row, and how it stands. */
export interface RowReference {
  readonly table: string;
  readonly key: string;
  /** "" where it has none. */
  readonly status: string;
}

/**
 * By the key of each row that is loaded, and by its name where that is no key and names one row alone: the log shows
 * a reference by the name of the row that it leads to.
 */
export function createRowOf(
  panels: ReadonlySignal<readonly Panel[]>,
): ReadonlySignal<ReadonlyMap<string, RowReference>> {
  return computed(() => {
    const byKey = new Map<string, RowReference>();
    const byName = new Map<string, RowReference | undefined>();
    for (const panel of panels.value) {
      // Rows that nothing tells apart are named by nothing.
      for (const row of panel.table.key.length === 0 ? [] : (panel.rows.value ?? [])) {
        const reference = referenceTo(panel, row);
        // Two tables may count from 1: the one that stands first in the page is meant.
        if (!byKey.has(row.key)) byKey.set(row.key, reference);
        const name = describeValue(row.json, panel.layout.name);
        byName.set(name, byName.has(name) ? undefined : reference);
      }
    }
    for (const [name, reference] of byName)
      if (name !== "" && reference !== undefined && !byKey.has(name)) byKey.set(name, reference);
    return byKey;
  });
}

function referenceTo({ table, layout }: Panel, { key, json }: PanelRow): RowReference {
  const status = layout.status === undefined ? "" : describeValue(json, layout.status);
  return { table: table.name, key, status };
}
