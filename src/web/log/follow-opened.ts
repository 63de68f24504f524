/** What an event that is opened beside the list does to the list. */
import { effect } from "@preact/signals";

import { openedId } from "../detail/opened.ts";
import type { State } from "../state.ts";
import type { Log } from "./log.ts";

/**
 * The rows stay where they are while an event is open; an event that a link has opened is shown among its neighbours.
 * @returns what ends it
 */
export function followOpened({ opened, newest, log: { view } }: State, log: Log): () => void {
  let linked = openedId(opened.peek());
  return effect(() => {
    const id = openedId(opened.value);
    if (newest.value === undefined) return;
    if (id === undefined) log.happen("row-closed");
    else if (id === linked) void log.showAround(id);
    else if (view.peek().name === "live") log.hold("row");
    linked = undefined;
  });
}
