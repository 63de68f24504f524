/** The time of day, going on by itself while somebody looks at it. */
import { type ReadonlySignal, signal } from "@preact/signals";

/** Often enough for "12 s ago", and seldom enough to cost nothing. */
const TICK_MS = 1000;

/**
 * Now, in ms since 1970, once a second. However many read it there is one timer, and there is none while nobody reads
 * it or the tab is hidden. The page makes one of these: it is `state.now`.
 */
export function nowSignal(): ReadonlySignal<number> {
  let timer: ReturnType<typeof setInterval> | undefined;

  const now = signal(Date.now(), { watched: begin, unwatched: end });

  function begin(): void {
    document.addEventListener("visibilitychange", follow);
    follow();
  }

  function end(): void {
    document.removeEventListener("visibilitychange", follow);
    clearInterval(timer);
  }

  function follow(): void {
    clearInterval(timer);
    if (document.visibilityState === "hidden") return;
    timer = setInterval(tick, TICK_MS);
    // Not in the middle of whatever has just begun to read it.
    queueMicrotask(tick);
  }

  function tick(): void {
    now.value = Date.now();
  }

  return now;
}
