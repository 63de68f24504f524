/** Which lines of a long table are in the page: those in sight, and some around them. The window is what scrolls. */
import { observeWindowOffset, observeWindowRect, Virtualizer, windowScroll } from "@tanstack/virtual-core";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useReducer, useRef } from "preact/hooks";

import { afterFrame } from "./after-frame.ts";
import type { LineKey } from "./entries.ts";
import { type InSight, nearRows } from "./near-rows.ts";
import type { Slice } from "./slices.ts";
import { type Seek, useSeek } from "./use-seek.ts";
import { windowSize } from "./window-size.ts";

/** About the height of a row of one line, in CSS pixels. Rows are measured as soon as they are in the page. */
const ESTIMATED_HEIGHT_PX = 38;

/** Lines beyond the edges of the window, so that a quick scroll meets rows. */
const OVERSCAN = 12;

/** Up to here all lines are in the page: the live table, and what is folded in it. */
export const MAX_WHOLE = 60;

interface Options {
  readonly keys: readonly LineKey[];
  /** Of a list that is in the page as a whole, those that are drawn so far. */
  readonly slice: Slice;
  /** How many lines below the slice will be seen: those that are folded away take no room. */
  readonly seenBelow: number;
  readonly body: RefObject<HTMLTableSectionElement | null>;
  /** The rows in sight stay where they are, whatever comes above them. */
  readonly isAnchored: boolean;
}

export interface VirtualRows {
  /** The places of the lines that are in the page. */
  readonly indexes: readonly number[];
  /** The room of the lines above and below them, in CSS pixels. */
  readonly before: number;
  readonly after: number;
  /** The place of the first line that is both in the page and, of a list that scrolls, in sight. */
  readonly first: number;
  readonly seek: Seek;
}

type WindowRows = Virtualizer<Window, HTMLTableRowElement>;

export function useVirtualRows({ keys, slice, seenBelow, body, isAnchored }: Options): VirtualRows {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const kept = useRef<WindowRows>(null);
  const margin = useRef(0);
  const drawn = useRef<ReadonlySet<unknown>>(new Set());
  /** Takes back the drawing after this frame; undefined where none is planned. */
  const planned = useRef<() => void>(undefined);
  const drawSoon = (): void => {
    planned.current ??= afterFrame(() => draw(undefined));
  };
  const options = {
    count: keys.length,
    getScrollElement: (): Window => window,
    estimateSize: () => ESTIMATED_HEIGHT_PX,
    scrollToFn: windowScroll,
    observeElementRect: observeWindowRect,
    observeElementOffset: observeWindowOffset,
    initialRect: windowSize(),
    getItemKey: (index: number) => keys[index] ?? index,
    scrollMargin: margin.current,
    overscan: OVERSCAN,
    anchorTo: isAnchored ? ("end" as const) : ("start" as const),
    // A frame that scrolls has enough to do. Where it meets rows, those to come are drawn between it and the next one.
    onChange: ({ isScrolling, range }: WindowRows) => {
      if (isScrolling && isDrawn(range, keys, drawn.current)) drawSoon();
      else draw(undefined);
    },
  };
  const isWhole = keys.length <= MAX_WHOLE;
  const rows: WindowRows = kept.current ?? new Virtualizer(options);
  kept.current = rows;
  rows.setOptions(options);

  const all = isWhole ? [] : rows.getVirtualItems();
  const items = nearRows(all, drawn.current, rows.range);
  const indexes = isWhole ? numbersOf(slice) : items.map(({ index }) => index);
  const before = (items[0]?.start ?? margin.current) - margin.current;
  const end = (items.at(-1)?.end ?? 0) - margin.current;

  // oxlint-disable no-underscore-dangle -- the library names so what its adapters for a framework call
  useEffect(() => rows._didMount(), []);
  // Before they are measured, which may ask for a drawing.
  useLayoutEffect(() => {
    drawn.current = new Set(items.map(({ key }) => key));
    if (items.length < all.length) drawSoon();
    return () => {
      planned.current?.();
      planned.current = undefined;
    };
  });
  useLayoutEffect(() => {
    rows._willUpdate();
    // oxlint-enable no-underscore-dangle
    // The live table is drawn many times in a second and never scrolls far: its rows need no measure, which would have
    // the browser lay the page out before its time.
    if (body.current === null || !isAnchored) return;
    const top = Math.round(body.current.getBoundingClientRect().top + window.scrollY);
    // A rounded half of a pixel is no move: drawing anew for it might find it at the other side, and never end.
    const hasMoved = Math.abs(top - margin.current) > 1;
    if (hasMoved) margin.current = top;
    // Where all rows are in the page they stand where they stand: no estimate has to be made up for by scrolling.
    rows.shouldAdjustScrollPositionOnItemSizeChange = isWhole ? () => false : undefined;
    measureRows(body.current, indexes, rows);
    if (hasMoved) draw(undefined);
  });
  // After the window has moved with what came above.
  const seek = useSeek(keys, (index) => rows.scrollToIndex(index, { align: "center" }));

  return {
    indexes,
    before: Math.max(before, 0),
    after: isWhole ? seenBelow * ESTIMATED_HEIGHT_PX : Math.max(rows.getTotalSize() - end, 0),
    first: isWhole ? slice.from : (rows.range?.startIndex ?? 0),
    seek,
  };
}

/** @param inSight null before the window was measured */
function isDrawn(inSight: InSight | null, keys: readonly LineKey[], drawn: ReadonlySet<unknown>): boolean {
  if (inSight === null) return false;
  return keys.slice(inSight.startIndex, inSight.endIndex + 1).every((key) => drawn.has(key));
}

function numbersOf({ from, to }: Slice): number[] {
  return Array.from({ length: to - from }, (_, at) => from + at);
}

/** The heights of the rows that are in the page, by their places in the list. */
function measureRows(body: HTMLTableSectionElement, indexes: readonly number[], rows: WindowRows): void {
  const lines = [...body.rows].filter((row) => !row.classList.contains("room"));
  for (const [at, line] of lines.entries()) {
    line.dataset["index"] = String(indexes[at]);
    rows.measureElement(line);
  }
  rows.measureElement(null);
}
