/** Where the keyboard leads from row to row. */
import type { Direction } from "../actions.ts";
import { badgeOf } from "../event/badge.ts";
import type { LogEvent } from "../event/event.ts";
import type { Reading } from "../event/reading.ts";
import { textOf } from "../text/text.ts";

/**
 * @param newestFirst the rows that are shown
 * @param from which may have gone; the first row is next where it is undefined
 * @returns undefined at the end
 */
export function nextId(
  newestFirst: readonly bigint[],
  from: bigint | undefined,
  direction: Direction,
): bigint | undefined {
  if (from === undefined) return newestFirst[0];
  return direction === "older"
    ? newestFirst.find((id) => id < from)
    : newestFirst.findLast((id) => id > from);
}

/** The next row whose type tells of a failure; see `nextId`. */
export function findFailure(
  newestFirst: readonly LogEvent[],
  { roles: { type } }: Reading,
  from: bigint | undefined,
  direction: Direction,
): bigint | undefined {
  if (type === undefined) return undefined;
  const failures = newestFirst.filter(({ json }) => badgeOf(textOf(json[type])).tone === "failed");
  return nextId(
    failures.map(({ id }) => id),
    from,
    direction,
  );
}
