/** Any JSON value of a row as text. */
import { readBlob } from "./blob.ts";

/** A value that is nested deeper is not written out: `JSON.stringify` calls itself, and nobody could read it. */
const MAX_DEPTH = 100;

export function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  const base64 = base64Of(value);
  if (base64 !== undefined) return readBlob(base64).text;
  if (isDeep(value)) return Array.isArray(value) ? "[…]" : "{…}";
  return JSON.stringify(value);
}

/** Looks at one level after the other, because a function that calls itself would end the stack. */
function isDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    level = level.flatMap((each): unknown[] =>
      typeof each === "object" && each !== null ? Object.values(each) : [],
    );
  }
  return level.length > 0;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param maxLength in characters as JavaScript counts them; a character is never cut in half */
export function shorten(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const cut = text.slice(0, maxLength);
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** The bytes of a BLOB; undefined where the value is none. */
export function base64Of(value: unknown): string | undefined {
  return isRecord(value) && typeof value["$base64"] === "string" ? value["$base64"] : undefined;
}
