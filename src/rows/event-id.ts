/** Event ids as text: strictly decimal. */
import { type EventId, MAX_EVENT_ID, MIN_EVENT_ID } from "../events.ts";

/**
 * Reads an id: strictly decimal, within SQLite's 64 bits. Two `Last-Event-ID` headers arrive joined as "5, 7",
 * which is no id either.
 * @returns undefined for anything else
 */
export function parseId(text: string): EventId | undefined {
  if (!/^-?\d{1,19}$/.test(text)) return undefined;
  const id = BigInt(text);
  return id >= MIN_EVENT_ID && id <= MAX_EVENT_ID ? id : undefined;
}
