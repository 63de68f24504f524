/** What a link to a row of a panel needs, wherever in the page it stands. */
import type { ReadonlySignal } from "@preact/signals";
import { createContext } from "preact";

import type { RowReference } from "./row-of.ts";

export interface PanelLinks {
  readonly rowOf: ReadonlySignal<ReadonlyMap<string, RowReference>>;
  /** Opens the row beside the list. */
  readonly openStory: (target: string, table?: string) => void;
}

/** Undefined outside of a page that has panels. */
export const PanelContext = createContext<PanelLinks | undefined>(undefined);
