/** The instants in columns of any table. */
import { readInstant } from "../../columns/instant.ts";
import type { PanelColumn } from "./contract.ts";

/**
 * The instant of a value, in ms since 1970; undefined where it is none.
 * @param timeZone of times that name none
 */
export function instantIn(
  value: unknown,
  column: PanelColumn | undefined,
  timeZone: string,
): number | undefined {
  const ms = readInstant(value, column?.timeForm ?? undefined, timeZone);
  // A program that was changed may write another form from some row on.
  return ms ?? readInstant(value, undefined, timeZone);
}
