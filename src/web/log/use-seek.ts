/** Brings a line into sight, also where it gets another place in the list before the window is there. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

import type { LineKey } from "./entries.ts";

/**
 * The window goes to a line over several frames, while rows are measured; on a busy machine they take longer. After this
 * long, in ms, it is there, and nothing moves the window any more when rows come above the line.
 */
const SEEKING_MS = 1000;

/** What a reader does to go elsewhere: then the window is theirs. */
const READER_EVENTS = ["wheel", "touchstart", "pointerdown", "keydown"] as const;

/** The line that is being brought into sight. */
interface Sought {
  readonly key: LineKey | undefined;
  readonly index: number;
  readonly untilMs: number;
}

export interface Seek {
  /** Brings the line at a place into sight. */
  readonly begin: (index: number) => void;
  /** Whether the window is on its way: then it is not the reader who scrolls. */
  readonly isUnderWay: () => boolean;
}

/**
 * @param keys of all lines, from the first one on
 * @param goTo has the window go to a place in the list. It would stay with the place where other lines come above it.
 */
export function useSeek(keys: readonly LineKey[], goTo: (index: number) => void): Seek {
  const sought = useRef<Sought>(undefined);
  const begin = (index: number): void => {
    sought.current = { key: keys[index], index, untilMs: performance.now() + SEEKING_MS };
    goTo(index);
  };
  const isUnderWay = (): boolean =>
    sought.current !== undefined && performance.now() <= sought.current.untilMs;
  useLayoutEffect(() => {
    const line = sought.current;
    if (line?.key === undefined || !isUnderWay()) return;
    const index = keys.indexOf(line.key);
    if (index < 0 || index === line.index) return;
    sought.current = { ...line, index };
    goTo(index);
  }, [keys]);
  useEffect(() => {
    const forget = (): void => (sought.current = undefined);
    // Before the command of the key, which may seek a line itself.
    const options = { capture: true, passive: true };
    for (const name of READER_EVENTS) window.addEventListener(name, forget, options);
    return () => {
      for (const name of READER_EVENTS) window.removeEventListener(name, forget, options);
    };
  }, []);
  return { begin, isUnderWay };
}
