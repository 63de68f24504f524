/** Text of others, such as a path, in commands and sentences for an operator. */

/** Nothing in these means anything to a shell. */
const PLAIN_WORD = /^[\w@%+=:,./-]+$/;

/**
 * What a terminal or a page would not show as it is: control characters, and those that turn the direction of writing
 * or have no width.
 */
const HIDDEN_CHARACTERS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A name of any length is somebody's joke: one line of a terminal is enough to know it by. In UTF-16 units. */
const MAX_NAME_LENGTH = 80;

/**
 * A path as one word of a shell. Hidden characters are written as `$'…'` escapes, which bash, zsh and ksh know: the
 * command shows what it will do.
 */
export function shellWord(path: string): string {
  // A word that begins with a dash would be read as an option.
  const word = path.startsWith("-") ? `./${path}` : path;
  if (PLAIN_WORD.test(word)) return word;
  if (word.search(HIDDEN_CHARACTERS) < 0) return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  const escaped = word.replaceAll(/[\\']/g, String.raw`\$&`).replaceAll(HIDDEN_CHARACTERS, bytesOf);
  return `$'${escaped}'`;
}

/** A path for a sentence: hidden characters stand as their numbers. */
export function visible(path: string): string {
  return path.replaceAll(HIDDEN_CHARACTERS, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** A name in a sentence. */
export function quoted(name: string): string {
  const shown = name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH)}…` : name;
  return visible(JSON.stringify(shown));
}

/** By bytes, because a shell reads `\u` by its locale. */
function bytesOf(character: string): string {
  return [...new TextEncoder().encode(character)]
    .map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`)
    .join("");
}
