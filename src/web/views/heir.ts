/** Where the focus goes when what has it goes away: to its heir. Otherwise it would fall to the page as a whole. */
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** The row at which the Tab key stops. */
export const TAB_STOP = ".events .opener[tabindex='0']";

/** The table, or the search box where there is no row. */
export const TABLE: readonly string[] = [TAB_STOP, "#search"];

/**
 * Only where the keyboard is in use: by mouse the focus is nowhere, and the keys of the page work at once.
 * @param element what may go away; it may also contain what has the focus
 * @param heirs selectors, of which the first that is in the page then gets the focus. Of several elements that match, it
 *   is the one in the place of this element, as the next chip is in the place of one that was taken away.
 */
export function useHeir(element: RefObject<HTMLElement | null>, heirs: () => readonly string[]): void {
  const latest = useRef(heirs);
  latest.current = heirs;
  useLayoutEffect(() => {
    const { current } = element;
    return () => leaveFocus(current, latest.current());
  }, []);
}

/** The same for an element that is about to go away or to be hidden. */
export function leaveFocus(element: HTMLElement | null, heirs: readonly string[]): void {
  const { activeElement } = document;
  if (element?.contains(activeElement) !== true || activeElement?.matches(":focus-visible") !== true) return;
  const places = heirs.map((selector) => ({ selector, at: countBefore(element, selector) }));
  // The page is drawn without it by then.
  queueMicrotask(() => heirOf(places)?.focus({ preventScroll: true }));
}

/** Leaves a field, so that the keys of the page work again. */
export function leaveTo(selector: string, field: HTMLElement): void {
  field.blur();
  document.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true });
}

interface HeirPlace {
  readonly selector: string;
  /** How many elements that match stood before the one that went away. */
  readonly at: number;
}

function countBefore(element: HTMLElement, selector: string): number {
  return [...document.querySelectorAll(selector)].filter(
    (each) => (element.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_PRECEDING) !== 0,
  ).length;
}

function heirOf(places: readonly HeirPlace[]): HTMLElement | undefined {
  for (const { selector, at } of places) {
    const all = [...document.querySelectorAll<HTMLElement>(selector)].filter((each) =>
      each.checkVisibility(),
    );
    const heir = all[at] ?? all.at(-1);
    if (heir !== undefined) return heir;
  }
  return undefined;
}
