/** What the page itself notices of its frames, its tasks and its rows. */
import type { Tab } from "../../tests/support/browser.ts";
import { percentile } from "../support/percentiles.ts";
import { ms } from "../support/report.ts";

/** In ms. */
export interface Frames {
  /**
   * From each animation frame to the next, as the browser says when it began them. What a page does in a frame before this
   * script has its turn moves no frame, unless it takes so long that one is left out.
   */
  readonly gaps: readonly number[];
  /** Tasks of more than 50 ms, as the browser reports them. */
  readonly longTasks: readonly number[];
}

/**
 * Runs in the page before its own scripts, for `TabOptions.before`. A thing counts as on the screen in the first task after the
 * frame that it was drawn in: what is left then is the compositor's work.
 */
export const PROBE = `window.probe = (() => {
  let gaps = [], longTasks = [], seen = [], drawn = [], last, isDrawing = false;
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    isDrawing = false;
    const at = performance.now();
    for (const done of drawn.splice(0)) done(at);
  };
  const frame = (at) => {
    if (last !== undefined) gaps.push(at - last);
    last = at;
    isDrawing = true;
    channel.port2.postMessage(0);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const observer = new PerformanceObserver((list) => note(list.getEntries()));
  const note = (entries) => { for (const { duration } of entries) longTasks.push(duration); };
  observer.observe({ type: "longtask", buffered: true });
  const afterDrawing = (done) => { if (isDrawing) drawn.push(done); else requestAnimationFrame(() => drawn.push(done)); };
  const painted = () => new Promise(afterDrawing);
  const idOf = (node) => node.dataset?.eventId;
  return {
    painted,
    /** Resolves with the time of performance.now() when it is on the screen. */
    until: async (condition) => {
      if (condition()) return painted();
      for (;;) {
        const at = await painted();
        if (condition()) return at;
      }
    },
    take: () => {
      note(observer.takeRecords());
      const taken = { gaps, longTasks };
      gaps = [], longTasks = [], last = undefined;
      return taken;
    },
    /** Notes from now on when each row is on the screen. */
    watchRows: () => new MutationObserver((records) => {
      const ids = records.flatMap(({ addedNodes }) => [...addedNodes].map(idOf).filter(Boolean));
      if (ids.length > 0) afterDrawing((at) => { for (const id of ids) seen.push([Number(id), at]); });
    }).observe(document.querySelector("#app"), { childList: true, subtree: true }),
    seen: () => seen.splice(0),
    /** What is added to performance.now() to get the time of the machine, in ms since the epoch. */
    clock: () => {
      let ahead = -Infinity;
      for (const end = performance.now() + 10; performance.now() < end;)
        ahead = Math.max(ahead, Date.now() - performance.now());
      return ahead;
    },
  };
})();`;

/** The frames since the last time that somebody asked. */
export function takeFrames(tab: Tab): Promise<Frames> {
  return tab.evaluate<Frames>("probe.take()");
}

/** As it is when everything has gone that nobody holds. In bytes. */
export async function heapOf(tab: Tab): Promise<number> {
  // Twice: what is waited for in a finalizer goes in the second round.
  for (let round = 0; round < 2; round++) await tab.cdp("HeapProfiler.collectGarbage");
  const usage = await tab.cdp("Runtime.getHeapUsage");
  if (typeof usage !== "object" || usage === null || !("usedSize" in usage))
    throw new Error("Chromium says nothing of the heap: is it a much older or newer one?");
  return Number(usage.usedSize);
}

interface Key {
  readonly key: string;
  readonly text?: string;
  /** Of what does something by itself, as Escape does. */
  readonly windowsVirtualKeyCode?: number;
}

/** A real key, as a keyboard would send it. */
export async function press(tab: Tab, key: Key): Promise<void> {
  await tab.cdp("Input.dispatchKeyEvent", { ...key, type: "keyDown" });
  await tab.cdp("Input.dispatchKeyEvent", { ...key, type: "keyUp" });
}

export function framesNote(what: string, { gaps, longTasks }: Frames): string {
  const at = (share: number): string => ms(percentile(gaps, share));
  const long =
    longTasks.length === 0
      ? "none over 50 ms"
      : `${longTasks.length} over 50 ms, the longest ${ms(Math.max(...longTasks))}`;
  return `${what}: ${gaps.length} frames, from one to the next p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)}; tasks: ${long}`;
}
