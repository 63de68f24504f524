/** Cursors as they arrive in a request. */
import type { EventId } from "../events.ts";

const MIN_ID = -(2n ** 63n);
const MAX_ID = 2n ** 63n - 1n;

/**
 * Reads an id: strictly decimal, within SQLite's 64 bits. Two `Last-Event-ID` headers arrive joined as "5, 7",
 * which is no id either.
 * @returns undefined for anything else
 */
export function parseId(text: string): EventId | undefined {
  if (!/^-?\d{1,19}$/.test(text)) return undefined;
  const id = BigInt(text);
  return id >= MIN_ID && id <= MAX_ID ? id : undefined;
}
