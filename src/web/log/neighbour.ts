/** The events before and after an open one, as far as the log goes. */
import type { Direction } from "../actions.ts";
import { neighbourIn } from "../detail/neighbour.ts";
import type { State } from "../state.ts";
import { shownEvents } from "./entries.ts";
import type { Log } from "./log.ts";

/** @returns undefined at the ends of what is loaded; more is loaded then, and the list changes */
export function neighbourOf(state: State, log: Log, id: bigint, direction: Direction): bigint | undefined {
  const found = neighbourIn(shownEvents(state.log.entries.peek()), id, direction);
  // Later, because this is asked while the page is drawn.
  if (found === undefined && direction === "older") queueMicrotask(() => void log.loadOlder());
  return found;
}
