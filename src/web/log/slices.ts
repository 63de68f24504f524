/** Many new rows are made between several frames, so that the page answers a key between them. */
import { useLayoutEffect, useReducer, useRef } from "preact/hooks";

import { afterFrame } from "./after-frame.ts";
import type { LineKey } from "./entries.ts";

/**
 * New rows in one frame. One takes the page 2 to 5 ms, with what the browser makes of it, so they stay well below the 50 ms
 * from which a reader feels that the page does not answer, also where other processes want the processor. Fewer would
 * have rows wait for each other where frames come late.
 */
export const SLICE_ROWS = 5;

/** The lines to draw, from one place up to another. */
export interface Slice {
  readonly from: number;
  readonly to: number;
}

/**
 * Rows that are in the page stay there, with all between them. New ones come on top of them, the oldest first, and under
 * them; where none of the lines is in the page, the newest come first.
 * @param room how many new ones this frame has room for
 */
export function sliceOf(keys: readonly LineKey[], drawn: ReadonlySet<LineKey>, room: number): Slice {
  const first = keys.findIndex((key) => drawn.has(key));
  if (first < 0) return { from: 0, to: Math.min(keys.length, SLICE_ROWS) };
  const from = Math.max(0, first - room);
  const left = room - (first - from);
  const last = keys.findLastIndex((key) => drawn.has(key));
  return { from, to: Math.min(keys.length, last + 1 + left) };
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
 */
export function useSlices(
  keys: readonly LineKey[],
  isOn: boolean,
  onDrawn: (isDrawn: boolean) => void,
): Slice {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const last = useRef<Drawing>({ frame: null, room: SLICE_ROWS, drawn: new Set() });
  // It stands still until the next frame, however often something is drawn in this one.
  const frame = document.timeline.currentTime;
  const { drawn } = last.current;
  const room = last.current.frame === frame ? last.current.room : SLICE_ROWS;
  const slice = isOn ? sliceOf(keys, drawn, room) : { from: 0, to: keys.length };
  useLayoutEffect(() => {
    const inPage = keys.slice(slice.from, slice.to);
    const used = inPage.filter((key) => !drawn.has(key)).length;
    last.current = { frame, room: Math.max(0, room - used), drawn: new Set(inPage) };
    const isDrawn = inPage.length === keys.length;
    onDrawn(isDrawn);
    return isDrawn ? undefined : afterFrame(() => draw(undefined));
  });
  // A table that goes away is nothing to wait for.
  useLayoutEffect(() => () => onDrawn(true), []);
  return slice;
}
