/** Reads the option that says which tables are offered beside the log: `--panels`. */

/** A name, or one between quotation marks, which may have commas; two quotation marks inside are one. */
const NAME = /\s*(?:"((?:[^"]|"")+)"|([^",\0]*[^",\s\0]))\s*(,|$)/y;

/**
 * @param text as in `agents,"odd, but a name"`; `none` for none
 * @returns undefined where it can't be read
 */
export function parsePanels(text: string): readonly string[] | "none" | undefined {
  if (text.trim() === "none") return "none";
  const names: string[] = [];
  const name = new RegExp(NAME);
  for (;;) {
    const match = name.exec(text);
    if (match === null) return undefined;
    const [, quoted, plain = "", end] = match;
    const found = quoted?.replaceAll('""', '"') ?? plain;
    // Named twice it is offered once.
    if (!names.some((other) => other.toLowerCase() === found.toLowerCase())) names.push(found);
    if (end === "") return name.lastIndex === text.length ? names : undefined;
  }
}
