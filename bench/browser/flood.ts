/** More rows than anybody can read: the page still answers, and is level with the log soon after. */
import type { Tab } from "../../tests/support/browser.ts";
import { until } from "../../tests/support/until.ts";
import { percentile } from "../support/percentiles.ts";
import { atMost, count, ms } from "../support/report.ts";
import { framesNote, press, takeFrames } from "./probe.ts";
import { profiled } from "./profile.ts";
import type { BrowserScenario } from "./scenario.ts";
import { Stage } from "./stage.ts";

const SECONDS = 60;
const RATE = 10_000;
const ROWS_PER_COMMIT = 100;
const KEY_GAP_MS = 500;
const KEY_MS = 100;
/** A key that has no effect after so long counts as this. */
const KEY_TIMEOUT_MS = 10_000;
const LEVEL_MS = 2000;
const LEVEL_TIMEOUT_MS = 60_000;

/** Opens the help and closes it, in turn. */
const KEYS = [
  { key: { key: "?", text: "?" }, effect: `document.querySelector("#help").open` },
  { key: { key: "Escape", windowsVirtualKeyCode: 27 }, effect: `!document.querySelector("#help").open` },
] as const;

export const flood: BrowserScenario = {
  name: "flood",
  title: `${count(RATE)} events/s`,
  async run({ seconds = SECONDS, profile }) {
    await using stage = await Stage.open();
    const writer = await stage.openSteadyWriter();
    const tab = await stage.openTab();
    await takeFrames(tab);
    let endedAtMs: number | undefined;
    const writing = writer.write({ rate: RATE, seconds, rowsPerCommit: ROWS_PER_COMMIT, paddingBytes: 60 });
    const ended = writing.then(() => (endedAtMs = performance.now()));
    const answers: number[] = [];
    const saidBehind: string[] = [];
    const frames = await profiled(tab, profile, async () => {
      while (endedAtMs === undefined) {
        for (const each of KEYS) answers.push(await answerMs(tab, each));
        const said = await tab.text("#behind");
        if (said !== null) saidBehind.push(said);
        await Bun.sleep(KEY_GAP_MS);
      }
      return takeFrames(tab);
    });
    const { firstId, committedAt, lateMs } = await writing;
    const lastId = firstId + committedAt.length - 1;
    const isLast = `document.querySelector("[data-event-id='${lastId}']") !== null`;
    await until(() => tab.evaluate<boolean>(isLast), "the last row", LEVEL_TIMEOUT_MS);
    const levelMs = performance.now() - (await ended);
    return {
      goals: [
        atMost("longest wait for a key", KEY_MS, Math.max(...answers), ms),
        atMost("level with the log after the end", LEVEL_MS, levelMs, ms),
      ],
      notes: [
        `${answers.length} keys, answered after p50 ${ms(percentile(answers, 0.5))}, p99 ${ms(percentile(answers, 0.99))}`,
        `The page said ${saidBehind.length} times that it is behind${saidBehind.length > 0 ? `, as in “${saidBehind.at(-1)}”` : ""}`,
        `The writer was ${ms(lateMs)} late`,
        framesNote("The page", frames),
      ],
    };
  },
};

/** From the key to its effect on the screen, by the clock of the page. The browser stamps a key when it comes. */
async function answerMs(tab: Tab, { key, effect }: (typeof KEYS)[number]): Promise<number> {
  await tab.evaluate(`window.answered = new Promise((resolve) => addEventListener("keydown", async ({ timeStamp }) =>
    resolve((await probe.until(() => ${effect})) - timeStamp), { capture: true, once: true })), 0`);
  await press(tab, key);
  return tab.evaluate<number>(
    `Promise.race([answered, new Promise((resolve) => setTimeout(resolve, ${KEY_TIMEOUT_MS}, ${KEY_TIMEOUT_MS}))])`,
  );
}
