/** When a click on a row opens its event, or closes it. */

interface Click {
  /** The browser's count of clicks in quick succession: 0 from the keyboard, 2 for a double click. */
  readonly detail: number;
  /** Text of the row is selected. */
  readonly isSelecting: boolean;
  /** It is on the button of the row, not on its text. */
  readonly isButton: boolean;
}

/**
 * A double click selects a word. Its first click must not open the event at once: the list becomes narrower beside it,
 * and the second click would meet another word. Most people are quicker. In ms.
 */
export const DOUBLE_CLICK_MS = 200;

/** `soon`: unless another click comes first. */
export function whenToOpen({ detail, isSelecting, isButton }: Click): "now" | "soon" | "never" {
  if (isButton || detail === 0) return "now";
  return detail === 1 && !isSelecting ? "soon" : "never";
}
