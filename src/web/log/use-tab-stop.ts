/** The Tab key stops at one row of the table, and the arrow keys lead to the others. */
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/**
 * @param id of the row; it is set on the button itself, so that no row is drawn anew for it
 * @param isChosen the reader has been led to this row. A focus in the table comes along, so that Enter opens the row that is
 *   marked. A first row that comes above the others takes no focus away.
 */
export function useTabStop(
  body: RefObject<HTMLTableSectionElement | null>,
  id: bigint | undefined,
  isChosen: boolean,
): void {
  const last = useRef(id);
  useLayoutEffect(() => {
    const button = body.current?.querySelector<HTMLElement>(`[data-event-id="${id}"] .opener`);
    if (button === null || button === undefined) return undefined;
    button.tabIndex = 0;
    const isAnother = last.current !== id;
    last.current = id;
    const { activeElement } = document;
    const isInTable =
      body.current?.contains(activeElement) === true && activeElement?.matches(".opener") === true;
    if (isAnother && isChosen && isInTable) button.focus({ preventScroll: true });
    return () => {
      button.tabIndex = -1;
    };
  });
}
