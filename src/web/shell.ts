/** Text in commands that can be pasted into a shell, whatever the text is. */

/** In double quotes, so that SQL's single quotes stay readable. */
export function shellQuoted(text: string): string {
  if (UNSAFE.test(text)) return escaped(text);
  return `"${text.replaceAll(/[\\"$`]/g, String.raw`\$&`)}"`;
}

/** As one word of a shell. */
export function shellWord(path: string): string {
  // A path that begins with a dash would be read as an option.
  const safe = path.startsWith("-") ? `./${path}` : path;
  if (UNSAFE.test(safe)) return escaped(safe);
  return /^[\w@%+=:,./-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * What a pasted command must not contain: control characters, which a terminal obeys; characters that can't be seen
 * or change the direction of the text, so that somebody would run something else than they read; and `!`, which an
 * interactive shell replaces by an earlier command, in double quotes too.
 */
const UNSAFE = /[!\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

/**
 * As `$'…'`, which bash, zsh and ksh understand. The bytes of an unsafe character are written in octal, because that
 * form has a fixed length and does not depend on the language of the terminal.
 */
function escaped(text: string): string {
  const characters = Array.from(text, (character) => {
    if (character === "\\" || character === "'") return `\\${character}`;
    if (!UNSAFE.test(character)) return character;
    return Array.from(
      new TextEncoder().encode(character),
      (byte) => `\\${byte.toString(8).padStart(3, "0")}`,
    ).join("");
  });
  return `$'${characters.join("")}'`;
}
