/** The Tab key stops at one row of the table, and the arrow keys lead to the others. */
import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

/** @param id of the row; it is set on the button itself, so that no row is drawn anew for it */
export function useTabStop(body: RefObject<HTMLTableSectionElement | null>, id: bigint | undefined): void {
  useLayoutEffect(() => {
    const button = body.current?.querySelector<HTMLElement>(`[data-event-id="${id}"] .opener`);
    if (button === null || button === undefined) return undefined;
    button.tabIndex = 0;
    return () => {
      button.tabIndex = -1;
    };
  });
}
