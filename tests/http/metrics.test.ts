/** The metric that an alert needs most, in which state the tail is; and what the metrics cost the start. */
import { expect, test } from "bun:test";
import { basename, join } from "node:path";

import { TAIL_STATES } from "../../src/events.ts";
import { Metrics } from "../../src/http/metrics.ts";

const METRICS = join(import.meta.dir, "../../src/http/metrics.ts");

const fanOut = { size: 0, lagging: 0, eventsSent: 0, bytesSent: 0 };

test("the state of the tail is 1, and every other one 0", async () => {
  let state: (typeof TAIL_STATES)[number] = "opening";
  const metrics = new Metrics(() => ({ polls: {}, pollIntervalMs: 1, fanOut, longReads: 0, state }));
  for (state of TAIL_STATES) {
    const text = await metrics.text();
    const figures = [...text.matchAll(/^tailboard_state\{state="([\w-]+)"\} (\d)$/gm)];
    expect(figures.map(([, name, value]) => [name, value])).toEqual(
      TAIL_STATES.map((name) => [name, name === state ? "1" : "0"]),
    );
  }
});

test("of prom-client only what counts is loaded, because all of it takes as long as the rest of the start", () => {
  const script = `await import(${JSON.stringify(METRICS)});
    console.log(JSON.stringify(Object.keys(require.cache).filter((path) => path.includes("prom-client/lib"))));`;
  const { stdout } = Bun.spawnSync([process.execPath, "-e", script]);
  const parts: string[] = JSON.parse(stdout.toString());
  const names = parts.map((path) => basename(path));
  expect(names).toContain("registry.js");
  expect(names.filter((name) => /pushgateway|cluster|defaultMetrics|summary/.test(name))).toEqual([]);
});
