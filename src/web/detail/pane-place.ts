/** Where the pane is, and where the keyboard is: what the styles alone can't do. */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { TAB_STOP } from "../views/heir.ts";

/** Under it the pane lies over the page; the same width is in the styles. */
const NARROW = "(width < 760px)";

/** What can be reached by the keyboard. */
const FOCUSABLE = "button, a[href], [tabindex='0']";

/** Whether the pane is a sheet over the page. */
export function useIsSheet(): boolean {
  const [isNarrow, setNarrow] = useState(() => matchMedia(NARROW).matches);
  useEffect(() => {
    const query = matchMedia(NARROW);
    const listen = () => setNarrow(query.matches);
    query.addEventListener("change", listen);
    return () => query.removeEventListener("change", listen);
  }, []);
  return isNarrow;
}

/**
 * Moves the focus into the pane when the reader opens it, and back to the row when it is closed.
 * @param id of the event that is open
 */
export function useFocus(
  pane: RefObject<HTMLElement | null>,
  id: bigint | undefined,
  isSheet: boolean,
): void {
  const before = useRef<bigint | undefined>(undefined);
  const isFirst = useRef(true);
  useLayoutEffect(() => {
    const [last, atStart] = [before.current, isFirst.current];
    before.current = id;
    isFirst.current = false;
    const { activeElement } = document;
    const hasLost = activeElement === null || activeElement === document.body;
    if (id === undefined) {
      // What had the focus in the pane is gone.
      if (last !== undefined && hasLost)
        (openerOf(last) ?? document.querySelector<HTMLElement>(TAB_STOP))?.focus({ preventScroll: true });
    } else if (last === undefined ? !atStart || isSheet : hasLost) {
      pane.current?.focus({ preventScroll: true });
      // Beside the pane rows are higher: the one that was opened may have gone out of sight.
      showRow(id);
    }
  }, [id]);
}

function openerOf(id: bigint): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-event-id="${id}"] .opener`);
}

/** Brings the row of an event into sight, without a move where it is. */
export function showRow(id: bigint): void {
  document.querySelector(`[data-event-id="${id}"]`)?.scrollIntoView({ block: "nearest" });
}

/** In a sheet the Tab key goes round. */
export function keepInside(pane: HTMLElement, event: KeyboardEvent): void {
  const all = [...pane.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((each) => each.checkVisibility());
  const [first, last] = [all[0], all.at(-1)];
  const { activeElement } = document;
  const isAtEnd = event.shiftKey ? activeElement === first || activeElement === pane : activeElement === last;
  if (!isAtEnd) return;
  event.preventDefault();
  (event.shiftKey ? last : first)?.focus();
}

/**
 * The pane ends at the lower edge of the window, wherever the page is scrolled to: what is above the list scrolls away,
 * and the pane stays.
 */
export function useRoom(pane: RefObject<HTMLElement | null>, id: bigint | undefined): void {
  useLayoutEffect(() => {
    if (id === undefined) return undefined;
    const measure = () => {
      const top = Math.max(0, pane.current?.getBoundingClientRect().top ?? 0);
      pane.current?.style.setProperty("--above", `${Math.round(top)}px`);
    };
    measure();
    window.addEventListener("scroll", measure, { passive: true });
    window.addEventListener("resize", measure);
    return () => {
      window.removeEventListener("scroll", measure);
      window.removeEventListener("resize", measure);
    };
  }, [id !== undefined]);
}
