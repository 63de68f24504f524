/** JSON over several lines, with every number as it is written. */
import { isJson, TOKEN } from "./json-members.ts";

/** What is nested deeper is not moved any further to the right: nobody could read it, and it would be very large. */
const MAX_INDENT = 40;

/** @returns undefined where the text is no JSON object and no array */
export function prettyJson(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text) || !isJson(text)) return undefined;
  const pieces: string[] = [];
  let depth = 0;
  let previous = "";
  const newLine = () => pieces.push("\n", "  ".repeat(Math.min(depth, MAX_INDENT)));
  for (const [token] of text.matchAll(TOKEN)) {
    const isEnd = token === "}" || token === "]";
    const isAfterStart = previous === "{" || previous === "[";
    if (isEnd) depth--;
    if (isEnd ? !isAfterStart : isAfterStart || previous === ",") newLine();
    pieces.push(token === ":" ? ": " : token);
    if (token === "{" || token === "[") depth++;
    previous = token;
  }
  return pieces.join("");
}
