/** When a click on a row opens or closes it. */

interface Click {
  /** The browser's count of clicks in quick succession: 0 from the keyboard, 2 for a double click. */
  readonly detail: number;
  /** Text of the row is selected. */
  readonly isSelecting: boolean;
}

/** A double click selects a word, and takes back what its first click did. The clicks after that select more. */
export function togglesRow({ detail, isSelecting }: Click): boolean {
  if (detail >= 2) return detail === 2;
  return !isSelecting;
}

/** @returns the open ones, without those that are not in the table any longer */
export function toggled(
  open: ReadonlySet<bigint>,
  id: bigint,
  isShown: (id: bigint) => boolean,
): ReadonlySet<bigint> {
  const next = new Set([...open].filter(isShown));
  if (!next.delete(id)) next.add(id);
  return next;
}
