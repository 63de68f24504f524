/**
 * Measures the page in a headless Chromium, while other processes write: `bun bench/browser.ts [--only NAME,NAME]
 * [--seconds N] [--rows N] [--profile FILE]`. The table goes to standard output, progress to standard error.
 */
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";

import { Tab } from "../tests/support/browser.ts";
import { firstLoad } from "./browser/first-load.ts";
import { flood } from "./browser/flood.ts";
import { latency } from "./browser/latency.ts";
import { load } from "./browser/load.ts";
import { oddRows } from "./browser/odd-rows.ts";
import { framesNote, PROBE, takeFrames } from "./browser/probe.ts";
import { restarts } from "./browser/restarts.ts";
import type { BrowserScenario } from "./browser/scenario.ts";
import { scroll } from "./browser/scroll.ts";
import { tabs } from "./browser/tabs.ts";
import { markdownTable } from "./support/report.ts";

const SCENARIOS: readonly BrowserScenario[] = [
  latency,
  load,
  flood,
  scroll,
  tabs,
  restarts,
  firstLoad,
  oddRows,
];

const ROWS = 10_000_000;
/** How long an empty page is watched, to know what the machine itself does to frames. */
const CONTROL_MS = 3000;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    seconds: { type: "string" },
    rows: { type: "string", default: String(ROWS) },
    profile: { type: "string" },
  },
});
const names = values.only?.split(",") ?? SCENARIOS.map(({ name }) => name);
const unknown = names.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name));
if (unknown.length > 0) {
  console.error(
    `there is no scenario ${unknown.join(", ")}; there are ${SCENARIOS.map(({ name }) => name).join(", ")}`,
  );
  process.exit(2);
}

/** The frames of a page that does nothing: what is worse in the table than here is the page's doing. */
async function control(): Promise<string> {
  await using tab = await Tab.open("data:text/html,<title>nothing</title>", { before: PROBE });
  await Bun.sleep(CONTROL_MS);
  return framesNote("An empty page, before", await takeFrames(tab));
}

const say = (text: string): void => console.error(`${new Date().toISOString()} ${text}`);
const rows: string[][] = [];
const notes: string[] = [];
for (const scenario of SCENARIOS) {
  const { name, title } = scenario;
  if (!names.includes(name)) continue;
  say(`${name}: ${title}`);
  const busy = `load average ${loadavg()[0]?.toFixed(1)} on ${cpus().length} cores`;
  notes.push(`${name}: ${title} (${busy})`, `${name}: ${await control()}`);
  const result = await scenario.run({
    seconds: values.seconds === undefined ? undefined : Number(values.seconds),
    rows: Number(values.rows),
    profile: values.profile,
    say,
  });
  for (const { what, goal, measured, met } of result.goals)
    rows.push([name, what, goal, measured, met ? "yes" : "**no**"]);
  notes.push(...result.notes.map((note) => `${name}: ${note}`));
}
console.log(`\n${markdownTable(["scenario", "goal", "asked for", "measured", "met"], rows)}\n`);
for (const note of notes) console.log(`- ${note}`);
process.exit(0);
