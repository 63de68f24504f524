/** Presses keys, as a person does: the browser itself moves the focus, presses buttons and writes into fields. */
import type { Tab } from "./browser.ts";

/** The virtual key codes that Chromium acts on; letters and signs have the one of their character. */
const CODES: Readonly<Record<string, number>> = {
  Tab: 9,
  Enter: 13,
  Escape: 27,
  " ": 32,
  ArrowLeft: 37,
  ArrowUp: 38,
  ArrowRight: 39,
  ArrowDown: 40,
};

/** As `Input.dispatchKeyEvent` of Chromium counts them. */
const MODIFIERS = { alt: 1, control: 2, meta: 4, shift: 8 } as const;

interface Held {
  readonly modifier?: keyof typeof MODIFIERS;
  /** The key is held down, and comes again. */
  readonly isRepeat?: boolean;
}

/** @param key as `KeyboardEvent.key` has it */
export async function press(tab: Tab, key: string, { modifier, isRepeat = false }: Held = {}): Promise<void> {
  const isHeld = modifier !== undefined && modifier !== "shift";
  const text = key === "Enter" ? "\r" : key.length === 1 && !isHeld ? key : undefined;
  const common = {
    key,
    modifiers: modifier === undefined ? 0 : MODIFIERS[modifier],
    windowsVirtualKeyCode: CODES[key] ?? key.toUpperCase().charCodeAt(0),
  };
  await tab.cdp("Input.dispatchKeyEvent", {
    type: text === undefined ? "rawKeyDown" : "keyDown",
    ...common,
    autoRepeat: isRepeat,
    ...(text === undefined ? {} : { text }),
  });
  await tab.cdp("Input.dispatchKeyEvent", { type: "keyUp", ...common });
}

/** Writes into what has the focus. */
export async function write(tab: Tab, text: string): Promise<void> {
  for (const character of text) await press(tab, character);
}

/** The id of what has the focus. */
export function focused(tab: Tab): Promise<string> {
  return tab.evaluate<string>("document.activeElement?.id ?? ''");
}

/** Goes on with the Tab key until this has the focus, so that no mouse is needed to get there. */
export async function tabTo(tab: Tab, selector: string, maxSteps = 40): Promise<void> {
  const has = `document.activeElement?.matches(${JSON.stringify(selector)}) === true`;
  for (let step = 0; step < maxSteps; step++) {
    if (await tab.evaluate<boolean>(has)) return;
    await press(tab, "Tab");
  }
  throw new Error(`${maxSteps} steps of the Tab key do not lead to ${selector}`);
}
