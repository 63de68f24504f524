/** Of the lines around the window, those in sight are drawn first: the others can come in the frames after it. */
import type { Range } from "@tanstack/virtual-core";

/** New lines in one frame. More of them take so long that the reader waits for what is in sight. */
export const MAX_FRESH = 16;

/** Beyond the edges of the window these are drawn in any case, so that a scroll of one notch meets rows. */
const NEAR = 2;

interface Line {
  readonly index: number;
  readonly key: unknown;
}

/** The places of the first line and the last one in the window. */
export type InSight = Pick<Range, "startIndex" | "endIndex">;

/**
 * @param lines in sight and beyond, in their order
 * @param drawn keys of the lines that are in the page
 * @param inSight undefined or null before the window was measured: then all are drawn
 * @returns the lines to draw in this frame
 */
export function nearRows<T extends Line>(
  lines: readonly T[],
  drawn: ReadonlySet<unknown>,
  inSight: InSight | null | undefined,
): readonly T[] {
  if (inSight === null || inSight === undefined) return lines;
  const { startIndex, endIndex } = inSight;
  const distance = ({ index }: Line): number => Math.max(startIndex - index, index - endIndex, 0);
  const fresh = lines
    .filter(({ key }) => !drawn.has(key))
    .map(distance)
    .toSorted((a, b) => a - b);
  const firstLeft = fresh[MAX_FRESH];
  if (firstLeft === undefined) return lines;
  const margin = Math.max(NEAR, firstLeft - 1);
  return lines.filter((line) => distance(line) <= margin);
}
