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
  /** Until the browser draws again, what was just closed may still have the focus: no key is meant for it. */
  let isTargetGone = false;
  // Before the key has an effect, because what it closes is what it was meant for.
  const lookAtTarget = ({ target }: KeyboardEvent): void => {
    isTargetGone = target instanceof Element && target.getClientRects().length === 0;
  };
  const listen = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    if (document.querySelector("dialog:modal") !== null || (!isTargetGone && isTaken(event))) return;
    const key = pressedKey(event);
    const command = commands().find((each) => each.keys.includes(key) && isEnabled(each));
    if (command === undefined) return;
    event.preventDefault();
    if (!event.repeat || command.repeats === true) command.run();
  };
  document.addEventListener("keydown", lookAtTarget, { capture: true });
  document.addEventListener("keydown", listen);
  return () => {
    document.removeEventListener("keydown", lookAtTarget, { capture: true });
    document.removeEventListener("keydown", listen);
  };
}

/** As the commands name their keys. Shift is part of the key itself. */
function pressedKey({ key, ctrlKey, altKey, metaKey }: KeyboardEvent): string {
  return `${ctrlKey ? "Control+" : ""}${altKey ? "Alt+" : ""}${metaKey ? "Meta+" : ""}${key}`;
}

/** Whether the key belongs to what has the focus, or to what lies over the page. */
function isTaken({ target, key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest(OVER_THE_PAGE) !== null) return true;
  if (target.closest(FIELDS) !== null) return !ctrlKey && !metaKey;
  return (key === " " || key === "Enter") && target.closest(PRESSED) !== null;
}
