/** Text from outside on its way to a terminal. */

/**
 * What a terminal obeys rather than shows, or what makes text look like other text: controls (C0, DEL, and C1, where
 * U+009B begins a command like ESC [), marks of direction (U+202E turns what follows round), the separators of lines
 * and paragraphs, and the byte order mark, which takes no room.
 */
const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\ufeff]/gu;

/** Spells such characters out as `\uXXXX`, as JSON does: a JSON text stays one, and means the same. */
export function printable(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
