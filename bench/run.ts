/**
 * Measures the stream, the peers side by side: `bun run bench [--only NAME,NAME] [--seconds N] [--tries N] [--json FILE]
 * [--large-rows N] [--rows N] [--table-file FILE] [--chart FILE] [-- OPTIONS FOR TAILBOARD]`. Linux only. Tables go to standard output, progress to standard error.
 */
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { micro } from "./micro.ts";
import { churn } from "./scenarios/churn.ts";
import { exportScenario } from "./scenarios/export.ts";
import { commits, few, tenThousand, thousand } from "./scenarios/fan-out.ts";
import { growth } from "./scenarios/growth.ts";
import { largeTable } from "./scenarios/large-table.ts";
import { large } from "./scenarios/large.ts";
import { questions } from "./scenarios/questions.ts";
import { replay } from "./scenarios/replay.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import { search } from "./scenarios/search.ts";
import { start } from "./scenarios/start.ts";
import { stuck } from "./scenarios/stuck.ts";
import { tail } from "./scenarios/tail.ts";
import { type NamedResult, printResult } from "./support/report.ts";

const SCENARIOS: readonly Scenario[] = [
  few,
  thousand,
  tenThousand,
  commits,
  replay,
  stuck,
  churn,
  largeTable,
  start,
  tail,
  search,
  questions,
  exportScenario,
  large,
  growth,
  micro,
];

const { values, positionals } = parseArgs({
  options: {
    only: { type: "string" },
    seconds: { type: "string", default: "10" },
    tries: { type: "string", default: "3" },
    json: { type: "string" },
    chart: { type: "string", default: join(import.meta.dir, "growth.svg") },
    "large-rows": { type: "string", default: "10000000" },
    rows: { type: "string" },
    "table-file": { type: "string" },
  },
  allowPositionals: true,
});

const names = values.only?.split(",") ?? SCENARIOS.map(({ name }) => name);
for (const name of names) {
  if (SCENARIOS.some((scenario) => scenario.name === name)) continue;
  console.error(
    `there is no scenario ${name}; there are ${SCENARIOS.map((scenario) => scenario.name).join(", ")}`,
  );
  process.exit(2);
}

const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${release()}, Bun ${Bun.version}`;
console.log(`# Bench\n\n${machine}; server, writer and load generator share them.`);

const results: NamedResult[] = [];
for (const scenario of SCENARIOS) {
  const { name, title } = scenario;
  if (!names.includes(name)) continue;
  const result = await scenario.run({
    seconds: Number(values.seconds),
    tries: Number(values.tries),
    serverArgs: positionals,
    chartFile: values.chart,
    largeRows: Number(values["large-rows"]),
    rows: values.rows === undefined ? undefined : Number(values.rows),
    tableFile: values["table-file"],
    say: (text) => console.error(`${new Date().toISOString()} ${text}`),
  });
  const named = { name, title, ...result };
  printResult(named);
  results.push(named);
}
if (values.json !== undefined)
  await Bun.write(values.json, `${JSON.stringify({ machine, results }, null, 2)}\n`);
