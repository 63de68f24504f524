/** Many new rows are drawn over several frames, so that the page answers a key between them. */
import { useLayoutEffect, useReducer, useRef } from "preact/hooks";

import type { LineKey } from "./use-virtual-rows.ts";

/**
 * New rows in one frame. One takes the page 1 to 3 ms, with what the browser makes of it, so they stay below the 50 ms from
 * which a reader feels that the page does not answer.
 */
export const SLICE_ROWS = 8;

/** @returns how many of the lines can be drawn in this frame, from the first one on */
export function sliceEnd(keys: readonly LineKey[], drawn: ReadonlySet<LineKey>): number {
  let fresh = 0;
  const end = keys.findIndex((key) => !drawn.has(key) && ++fresh > SLICE_ROWS);
  return end < 0 ? keys.length : end;
}

/**
 * @param keys of all lines, from the first one on
 * @param isOn false: they are drawn all at once
 * @param onDrawn whether all of them are in the page now
 * @returns how many of them to draw
 */
export function useSlices(
  keys: readonly LineKey[],
  isOn: boolean,
  onDrawn: (isDrawn: boolean) => void,
): number {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const drawn = useRef<ReadonlySet<LineKey>>(new Set());
  const end = isOn ? sliceEnd(keys, drawn.current) : keys.length;
  useLayoutEffect(() => {
    drawn.current = new Set(keys.slice(0, end));
    onDrawn(end === keys.length);
    if (end === keys.length) return undefined;
    const frame = requestAnimationFrame(() => draw(undefined));
    return () => cancelAnimationFrame(frame);
  });
  // A table that goes away is nothing to wait for.
  useLayoutEffect(() => () => onDrawn(true), []);
  return end;
}
