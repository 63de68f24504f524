import type { Direction } from "../actions.ts";
import type { LogEvent } from "../event/event.ts";

/** @param newestFirst the list, in which the event may not be: then it is the one that would be next to it */
export function neighbourIn(
  newestFirst: readonly LogEvent[],
  id: bigint,
  direction: Direction,
): bigint | undefined {
  return direction === "newer"
    ? newestFirst.findLast((event) => event.id > id)?.id
    : newestFirst.find((event) => event.id < id)?.id;
}
