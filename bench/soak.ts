/**
 * Everything that can happen, for as long as there is time: `bun bench/soak.ts [--minutes N] [--seed S]`. Writers in every
 * journal mode, readers that come and go, stuck ones, tails that are killed, servers that are killed, checkpoints,
 * files that are replaced and restored. The tables go to standard output, progress to standard error. Linux only.
 */
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";

import { levelGoals } from "./soak/levels.ts";
import { World } from "./soak/world.ts";
import { percentile } from "./support/percentiles.ts";
import { atMost, count, type Goal, kib, ms, printResult } from "./support/report.ts";

/** What nobody may wait longer for, in ms. */
const CHECKPOINT_MS = 1000;
/** The first faults say what is wrong; thousands of the same kind say no more. */
const SHOWN_FAULTS = 20;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "30" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 1e9)) },
  },
});
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error("--minutes takes a number above 0, and --seed a whole number");
  process.exit(2);
}

const say = (text: string): void => console.error(`${new Date().toISOString()} ${text}`);
const none = (what: string, faults: number): Goal => ({
  what,
  goal: "none",
  measured: String(faults),
  met: faults === 0,
});

say(`soak: ${minutes} minutes with the seed ${seed}`);
await using world = await World.create(seed);
const deadline = performance.now() + minutes * 60_000;
let rounds = 0;
while (performance.now() < deadline) {
  await world.round();
  rounds++;
  say(
    `soak: ${rounds} rounds, ${count(world.file.committed)} rows in mode ${world.file.mode}, ${world.faults.length} faults`,
  );
}
const { again, kills } = world.finish();
const checkpoints = world.checkpointsMs;
printResult({
  name: "soak",
  title: `Soak: ${minutes} minutes, seed ${seed}`,
  measurements: [],
  goals: [
    none("rows lost, twice or out of order, and writers refused", world.faults.length),
    atMost("lines of killed tails that came again, one for each kill", kills, again, count),
    atMost("longest checkpoint", CHECKPOINT_MS, Math.max(0, ...checkpoints), ms),
    none("checkpoints refused", world.checkpointsRefused),
    ...levelGoals(world.levels),
  ],
  notes: [
    `${rounds} rounds, ${count(world.file.committed)} rows written, ${count(world.received)} received, ${count(world.compared)} readers compared with the table`,
    `what happened: ${[...world.done].map(([name, times]) => `${name} ${times}`).join(", ")}`,
    `${count(checkpoints.length)} checkpoints, p50 ${ms(percentile(checkpoints, 0.5))}, p99 ${ms(percentile(checkpoints, 0.99))}`,
    `the steady server: heap ${kib(world.levels[0]?.heapBytes ?? 0)} → ${kib(world.levels.at(-1)?.heapBytes ?? 0)}, resident ${kib(world.levels[0]?.residentBytes ?? 0)} → ${kib(world.levels.at(-1)?.residentBytes ?? 0)}, open files ${world.levels[0]?.openFiles} → ${world.levels.at(-1)?.openFiles}, timers ${world.levels[0]?.timers} → ${world.levels.at(-1)?.timers}`,
    `load average ${loadavg()[0]?.toFixed(1)} on ${cpus().length} cores at the end`,
    ...world.faults.slice(0, SHOWN_FAULTS).map((fault) => `**fault**: ${fault}`),
  ],
});
await world[Symbol.asyncDispose]();
process.exit(world.faults.length === 0 ? 0 : 1);
