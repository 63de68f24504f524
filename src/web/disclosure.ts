/** When a click on a row opens or closes its event. */

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
