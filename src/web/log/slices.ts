/** Many new rows are drawn over several frames, so that the page answers a key between them. */
import { useLayoutEffect, useReducer, useRef } from "preact/hooks";

import type { LineKey } from "./use-virtual-rows.ts";

/**
 * New rows in one frame. One takes the page 1 to 3 ms, with what the browser makes of it, so they stay below the 50 ms from
 * which a reader feels that the page does not answer.
 */
export const SLICE_ROWS = 8;

/**
 * @param room how many new ones this frame has room for
 * @returns how many of the lines can be drawn in this frame, from the first one on
 */
export function sliceEnd(
  keys: readonly LineKey[],
  drawn: ReadonlySet<LineKey>,
  room: number = SLICE_ROWS,
): number {
  let fresh = 0;
  const end = keys.findIndex((key) => !drawn.has(key) && ++fresh > room);
  return end < 0 ? keys.length : end;
}

interface Drawing {
  /** When the frame began, as the timeline of the document has it. */
  readonly frame: CSSNumberish | null;
  /** New rows that it still has room for. */
  readonly room: number;
  /** The lines that are in the page. */
  readonly drawn: ReadonlySet<LineKey>;
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
  const last = useRef<Drawing>({ frame: null, room: SLICE_ROWS, drawn: new Set() });
  // It stands still until the next frame, however often something is drawn in this one.
  const frame = document.timeline.currentTime;
  const { drawn } = last.current;
  const room = last.current.frame === frame ? last.current.room : SLICE_ROWS;
  const end = isOn ? sliceEnd(keys, drawn, room) : keys.length;
  useLayoutEffect(() => {
    const inPage = keys.slice(0, end);
    const used = inPage.filter((key) => !drawn.has(key)).length;
    last.current = { frame, room: Math.max(0, room - used), drawn: new Set(inPage) };
    onDrawn(end === keys.length);
    if (end === keys.length) return undefined;
    const request = requestAnimationFrame(() => draw(undefined));
    return () => cancelAnimationFrame(request);
  });
  // A table that goes away is nothing to wait for.
  useLayoutEffect(() => () => onDrawn(true), []);
  return end;
}
