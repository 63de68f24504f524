/** Leads the keyboard to a row. */
import { batch } from "@preact/signals";

import { foldOf, shownFor } from "./entries.ts";
import type { LogState, Selected } from "./log-state.ts";
import { withUnfolded } from "./unfolded.ts";

/** A row that is folded away is shown first: its fold is opened. */
export function select({ selected, entries, unfolded }: LogState, row: Selected): void {
  batch(() => {
    const shown = shownFor(entries.peek(), row.id);
    if (shown !== undefined && shown !== row.id)
      unfolded.value = withUnfolded(unfolded.peek(), foldOf(entries.peek(), row.id));
    selected.value = row;
  });
}
