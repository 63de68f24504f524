/** Reading back through a large table, and jumping in it. */
import type { Tab } from "../../tests/support/browser.ts";
import { FILLED_FROM_SECONDS, FILLED_GAP_SECONDS } from "../support/fill-table.ts";
import { percentile } from "../support/percentiles.ts";
import { atMost, count, ms, percent } from "../support/report.ts";
import { openPlainStillPage } from "./plain-page.ts";
import { type Frames, framesNote, heapOf, takeFrames } from "./probe.ts";
import { profiled } from "./profile.ts";
import type { BrowserScenario } from "./scenario.ts";
import { Stage } from "./stage.ts";

const SECONDS = 60;
/** A frame that comes so late was missed: at 60 Hz they are 16.7 ms apart. */
const LATE_FRAME_MS = 25;
const LATE_SHARE = 0.01;
const HEAP_GROWTH_BYTES = 5 * 2 ** 20;
const JUMP_MS = 150;
const JUMPS = 20;
/** One notch of a wheel is about 100 pixels: this is somebody in a hurry. */
const WHEEL_PX = 300;
const WHEEL_GAP_MS = 16;
/** How long the wheel turns in one direction. */
const TURN_MS = 5000;
/** Enough that the wheel does not come to their end within the minute: it goes on by about 5,000 of them. */
const PLAIN_ROWS = 10_000;
/** Until the lists of the page are full, so that the heap is that of a reader who has been here for a while. */
const SETTLE_MS = 5000;

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(2)} MiB`;

export const scroll: BrowserScenario = {
  name: "scroll",
  title: "Scrolling and jumping in a large table",
  async run({ seconds = SECONDS, rows, profile, say }) {
    say(`scroll: fills a table of ${count(rows)} rows`);
    await using stage = await Stage.open({ rows });
    const tab = await stage.openTab();
    await turn(tab, SETTLE_MS);
    const before = await heapOf(tab);
    await takeFrames(tab);
    const frames = await profiled(tab, profile, async () => {
      await turn(tab, seconds * 1000);
      return takeFrames(tab);
    });
    const y = await tab.evaluate<number>("scrollY");
    const after = await heapOf(tab);
    const jumps: number[] = [];
    for (let jump = 1; jump <= JUMPS; jump++) jumps.push(await jumpMs(tab, atOf(rows, jump / (JUMPS + 1))));
    // The same wheel over rows that are all there, so that nothing is left to do but to scroll.
    await using plainTab = await openPlainStillPage(stage, PLAIN_ROWS);
    await turn(plainTab, SETTLE_MS);
    await takeFrames(plainTab);
    await turn(plainTab, seconds * 1000);
    const plain = await takeFrames(plainTab);
    const plainY = await plainTab.evaluate<number>("scrollY");
    return {
      goals: [
        atMost(`frames later than ${LATE_FRAME_MS} ms`, LATE_SHARE, lateShare(frames), percent),
        atMost("growth of the heap", HEAP_GROWTH_BYTES, after - before, mib),
        atMost("p95 of jumps to a time", JUMP_MS, percentile(jumps, 0.95), ms),
      ],
      notes: [
        `${count(rows)} rows; ${JUMPS} jumps took p50 ${ms(percentile(jumps, 0.5))}, max ${ms(percentile(jumps, 1))}; the window was ${count(y)} px down at the end`,
        framesNote("The page", frames),
        `A page with the text of ${count(PLAIN_ROWS)} rows and nothing else: ${percent(lateShare(plain))} of the frames are late; it was ${count(plainY)} px down at the end`,
        framesNote("It", plain),
      ],
    };
  },
};

function lateShare({ gaps }: Frames): number {
  return gaps.filter((gap) => gap > LATE_FRAME_MS).length / gaps.length;
}

/** Turns the wheel over the table down, and up again, and so on. More down than up, so that it goes on through the log. */
async function turn(tab: Tab, forMs: number): Promise<void> {
  const startedAtMs = performance.now();
  for (let atMs = 0; atMs < forMs; atMs = performance.now() - startedAtMs) {
    const isUp = Math.floor(atMs / TURN_MS) % 3 === 2;
    const place = { type: "mouseWheel", x: 640, y: 600, deltaX: 0, deltaY: isUp ? -WHEEL_PX : WHEEL_PX };
    await tab.cdp("Input.dispatchMouseEvent", place);
    await Bun.sleep(WHEEL_GAP_MS);
  }
}

/** The time of the row at this share of the table, in ms since 1970. */
const atOf = (rows: number, share: number): number =>
  (FILLED_FROM_SECONDS + Math.floor(rows * share) * FILLED_GAP_SECONDS) * 1000;

/** Until a row of that time is in sight. */
function jumpMs(tab: Tab, atMs: number): Promise<number> {
  const minutesMs = 60_000 * 10;
  return tab.evaluate<number>(`(async () => {
    const startedAt = performance.now();
    void tailboard.log.jumpTo(${atMs});
    const isThere = (row) => {
      const { top, bottom } = row.getBoundingClientRect();
      const at = Date.parse(row.querySelector("time")?.dateTime);
      return top > 0 && bottom < innerHeight && Math.abs(at - ${atMs}) < ${minutesMs};
    };
    const shownAt = await probe.until(() => [...document.querySelectorAll("tr.selected")].some(isThere));
    return shownAt - startedAt;
  })()`);
}
