/** The time that a long search has come back to: an id alone tells the reader little. */
import { effect } from "@preact/signals";

import type { EventList } from "../events.ts";
import { instantOf } from "./event/reading.ts";
import type { State } from "./state.ts";

/** A search tells where it is several times in a second; its time is looked up no more often than this. */
const LOOK_UP_MS = 1000;

/**
 * Looks up the time of the row that the search has come to.
 * @param fetchEvents of all events, whatever the question of the page
 * @returns what ends it
 */
export function followSearchedTime(
  state: State,
  fetchEvents: (query: string) => Promise<EventList>,
): () => void {
  let lastAt = -Infinity;
  let isLooking = false;

  async function lookUp(id: bigint): Promise<void> {
    isLooking = true;
    lastAt = performance.now();
    try {
      const { items } = await fetchEvents(`limit=1&before=${id + 1n}`);
      const column = state.reading.peek().roles.time;
      const ms = column === undefined ? undefined : instantOf(items[0]?.[column], state.reading.peek());
      if (state.search.peek() !== undefined)
        state.searchedTo.value = ms === undefined ? undefined : { id, ms };
    } catch {
      // The search itself tells of whatever is wrong; the id stands alone then.
      state.searchedTo.value = undefined;
    } finally {
      isLooking = false;
    }
    // Where it was stopped meanwhile, nothing else would have the place looked up where it is now.
    const search = state.search.peek();
    if (search?.isRunning === false && search.scannedTo !== id) void lookUp(search.scannedTo);
  }

  return effect(() => {
    const search = state.search.value;
    if (search === undefined) state.searchedTo.value = undefined;
    else if (!isLooking && (performance.now() - lastAt > LOOK_UP_MS || !search.isRunning))
      void lookUp(search.scannedTo);
  });
}
