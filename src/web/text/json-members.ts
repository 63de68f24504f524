/** The members of a JSON object as they are written, without a value being rounded, and however deep it is nested. */

/** One string, one sign, or one number or word. Only for text that is JSON. */
export const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/**
 * Every key of the object with the text of its value, without the white space between the parts. The last one counts
 * where a key is given twice. Nothing here calls itself: data that is nested 100,000 deep would end the stack.
 * @returns undefined where the text is no JSON object
 */
export function membersOf(text: string): ReadonlyMap<string, string> | undefined {
  if (!text.trimStart().startsWith("{") || !isJson(text)) return undefined;
  const members = new Map<string, string>();
  let depth = 0;
  let key: string | undefined;
  let value = "";
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === "}" || token === "]") depth--;
    const isEnd = (depth === 1 && token === ",") || depth === 0;
    if (isEnd) {
      if (key !== undefined) members.set(key, value);
      key = undefined;
      value = "";
    } else if (key === undefined) {
      key = String(JSON.parse(token));
    } else if (depth > 1 || value !== "" || token !== ":") {
      value += token;
    }
    if (token === "{" || token === "[") depth++;
  }
  return members;
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    // A browser may also give up on what is nested too deep, with an error of its own.
    if (error instanceof SyntaxError || error instanceof RangeError) return false;
    throw error;
  }
}
