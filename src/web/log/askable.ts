/** A value of a row that can be asked for, as an attribute of its element. */
import type { AskedValue } from "../detail/terms.ts";

/** In characters: what is longer is cut in the row, and asked for in the open event. */
const MAX_LENGTH = 120;

/** @returns undefined where it is too long, or empty */
export function askable(
  column: string | undefined,
  text: string,
  path: readonly string[] = [],
): string | undefined {
  if (column === undefined || text === "" || text.length > MAX_LENGTH) return undefined;
  return JSON.stringify({ column, path, text } satisfies AskedValue);
}

/** @param attribute as `askable` wrote it */
export function readAskable(attribute: string | undefined): AskedValue | undefined {
  if (attribute === undefined) return undefined;
  const { column, path, text }: Record<string, unknown> = JSON.parse(attribute);
  if (typeof column !== "string" || typeof text !== "string" || !Array.isArray(path)) return undefined;
  return { column, path: path.map(String), text };
}
