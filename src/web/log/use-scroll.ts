/** What scrolling does to the log: it holds the rows, and has more of them loaded before the reader comes to an end. */
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

import type { State } from "../state.ts";
import type { Log } from "./log.ts";

/** More rows are loaded this many windows before the end is in sight. */
const AHEAD_WINDOWS = 1.5;

/** The first row may go this far beneath the bar before the reader counts as having scrolled, in CSS pixels. */
const TOP_TOLERANCE_PX = 8;

/** @param isSeeking whether the page scrolls by itself, to a row that the reader was led to */
export function useScroll(
  body: RefObject<HTMLTableSectionElement | null>,
  state: State,
  log: Log,
  isSeeking: () => boolean,
): void {
  useEffect(() => {
    let lastY = window.scrollY;
    const look = (): void => {
      const { current } = body;
      if (current === null) return;
      const { top, bottom } = current.getBoundingClientRect();
      const bar =
        current.closest(".log-view")?.querySelector(".log-bar")?.getBoundingClientRect().bottom ?? 0;
      const isUpwards = window.scrollY < lastY;
      lastY = window.scrollY;
      if (top < bar - TOP_TOLERANCE_PX) log.hold("scroll");
      else if (isUpwards && readsAlong(state) && !isSeeking()) log.reachTop();
      if (readsAlong(state) || isPaused(state)) loadAhead(top, bottom);
      noteRead(current, bar, state.log);
    };
    const loadAhead = (top: number, bottom: number): void => {
      // A search that was stopped goes on when the reader says so.
      if (state.search.peek()?.isRunning === false) return;
      const ahead = window.innerHeight * AHEAD_WINDOWS;
      if (bottom < window.innerHeight + ahead) void log.loadOlder();
      else if (top > -ahead && state.log.segment.peek()?.newer.kind === "more") void log.loadNewer();
    };
    window.addEventListener("scroll", look, { passive: true });
    const stop = state.log.segment.subscribe(() => {
      // After the rows of this page are drawn: they may not reach to the end of the window.
      requestAnimationFrame(() => {
        const rect = body.current?.getBoundingClientRect();
        if (rect !== undefined && readsAlong(state)) loadAhead(rect.top, rect.bottom);
      });
    });
    // Another question, another log: its rows are read from the newest on.
    const stopTop = state.isStale.subscribe((isStale) => {
      if (isStale) scrollToTop();
    });
    return () => {
      stop();
      stopTop();
      window.removeEventListener("scroll", look);
    };
  }, []);
}

/** To the first row, where that is above the window. */
export function scrollToTop(): void {
  const table = document.querySelector(".log-view");
  if (table !== null && table.getBoundingClientRect().top < 0) table.scrollIntoView({ block: "start" });
}

/** Of the rows that came since they are held, those that were in sight are new no longer. */
function noteRead(body: HTMLTableSectionElement, bar: number, { heldAt, readTo, view }: State["log"]): void {
  if (view.peek().name === "live") return;
  const first = [...body.rows].find(
    (row) => row.dataset["eventId"] !== undefined && row.getBoundingClientRect().bottom > bar,
  );
  if (first === undefined) return;
  const [id, since, before] = [BigInt(first.dataset["eventId"] ?? 0), heldAt.peek(), readTo.peek()];
  if (before?.since !== since || before.id < id) readTo.value = { since, id };
}

/** The reader reads the log by scrolling, rather than one screen of it that was paused. */
function readsAlong({ log }: State): boolean {
  const view = log.view.peek();
  return view.name === "held" && (view.why === "scroll" || view.why === "jump");
}

/** A pause asks for no row by itself. The reader who scrolls in it does. */
function isPaused({ log }: State): boolean {
  const view = log.view.peek();
  return view.name === "held" && view.why === "pause";
}
