/** How many lines of the live table a window has room for, without a question to the browser, which would lay it out. */
import { type Entry, isSeen } from "./entries.ts";

/** A row of one line is higher, in CSS pixels. */
const LEAST_HEIGHT_PX = 34;

/**
 * @param lines from the first one on; those that are folded away take no room
 * @param heightPx of the window, in which other things stand above the table
 * @returns how many of the lines have to be in the page
 */
export function linesInSight(lines: readonly Entry[], heightPx: number): number {
  let room = Math.ceil(heightPx / LEAST_HEIGHT_PX);
  const end = lines.findIndex((line) => isSeen(line) && room-- === 0);
  return end === -1 ? lines.length : end;
}
