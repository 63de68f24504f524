/** Runs the command of a key. */
import { type Command, isEnabled } from "./command.ts";

/** What is written in takes every key. */
const FIELDS = "input, textarea, select, [contenteditable]:not([contenteditable='false'])";

/** Space and Enter press these, or open them. */
const PRESSED = "button, a[href], summary, [role='button'], [role='option'], [role='menuitem']";

/** Parts that lie over the page: what is behind them can't be meant. `:is()` lets an older browser pass over what it does not know. */
const OVER_THE_PAGE = ":is(dialog[open], :popover-open)";

/**
 * Listens to the keys of the whole page.
 * @param commands the first of them that is possible and has the key is run
 * @returns what stops it
 */
export function listenToKeys(commands: () => readonly Command[]): () => void {
  const listen = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || isTaken(event)) return;
    const key = pressedKey(event);
    const command = commands().find((each) => each.keys.includes(key) && isEnabled(each));
    if (command === undefined) return;
    event.preventDefault();
    if (!event.repeat || command.repeats === true) command.run();
  };
  document.addEventListener("keydown", giveToPage, { capture: true });
  document.addEventListener("keydown", listen);
  return () => {
    document.removeEventListener("keydown", giveToPage, { capture: true });
    document.removeEventListener("keydown", listen);
  };
}

/**
 * Until the browser draws again, what was just closed may still have the focus, and would take a key that is meant for
 * the page. The page as a whole gets the key instead. To be called before any other listener.
 */
function giveToPage(event: KeyboardEvent): void {
  const { target } = event;
  if (!(target instanceof HTMLElement) || target.getClientRects().length > 0) return;
  target.blur();
  event.stopPropagation();
  if (!document.body.dispatchEvent(new KeyboardEvent("keydown", event))) event.preventDefault();
}

/** As the commands name their keys. Shift is part of the key itself. */
function pressedKey({ key, ctrlKey, altKey, metaKey }: KeyboardEvent): string {
  return `${ctrlKey ? "Control+" : ""}${altKey ? "Alt+" : ""}${metaKey ? "Meta+" : ""}${key}`;
}

/** Whether the key belongs to what has the focus, or to what lies over the page. */
function isTaken({ target, key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  if (document.querySelector("dialog:modal") !== null) return true;
  if (!(target instanceof Element)) return false;
  if (target.closest(OVER_THE_PAGE) !== null) return true;
  if (target.closest(FIELDS) !== null) return !ctrlKey && !metaKey;
  return (key === " " || key === "Enter") && target.closest(PRESSED) !== null;
}
