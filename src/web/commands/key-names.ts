/** The names of keys, as they stand on a keyboard. */

const NAMES: Readonly<Record<string, string>> = {
  " ": "Space",
  ArrowDown: "↓",
  ArrowUp: "↑",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  Control: "Ctrl",
};
const APPLE_NAMES: Readonly<Record<string, string>> = { ...NAMES, Meta: "⌘", Alt: "⌥" };

/**
 * Each of the keys in its parts, as in `[["Ctrl", "k"]]`. Those that the reader's keyboard does not know are left out.
 * @param keys as a command has them
 * @param isApple whether the keyboard has ⌘
 */
export function keyNames(keys: readonly string[], isApple: boolean): string[][] {
  const names = isApple ? APPLE_NAMES : NAMES;
  return keys
    .map((key) => key.split(/(?<=[^+])\+/))
    .filter((parts) => !parts.slice(0, -1).includes(isApple ? "Control" : "Meta"))
    .map((parts) => parts.map((part) => names[part] ?? part));
}

export function isAppleKeyboard(): boolean {
  return /Mac|iP(?:hone|ad|od)/.test(navigator.userAgent);
}
