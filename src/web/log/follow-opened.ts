/** What an event that is opened beside the list does to the list. */
import { computed, effect } from "@preact/signals";

import { openedId } from "../detail/opened.ts";
import type { State } from "../state.ts";
import type { Log } from "./log.ts";
import { select } from "./selected.ts";

/**
 * The rows stay where they are from the moment that an event is opened; an event that a link has opened is shown among
 * its neighbours. Rows that come do nothing here: the reader may have resumed the list beside an open event.
 * @returns what ends it
 */
export function followOpened({ opened, newest, log: logState }: State, log: Log): () => void {
  const openId = computed(() => openedId(opened.value));
  const hasRows = computed(() => newest.value !== undefined);
  let linked = openId.peek();
  return effect(() => {
    const id = openId.value;
    if (!hasRows.value) return;
    if (id === undefined) log.happen("row-closed");
    else if (id === linked) void log.showAround(id);
    else {
      log.hold("row");
      // However it was opened, the keyboard goes on from it.
      if (logState.selected.peek()?.id !== id) select(logState, { id, isSought: false });
    }
    linked = undefined;
  });
}
