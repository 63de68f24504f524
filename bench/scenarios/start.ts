/** From the start of the process to the first byte of the page. */
import { join } from "node:path";

import { createDatabase } from "../../src/db/sqlite/create.ts";
import { Scratch } from "../../tests/support/scratch.ts";
import { freePort } from "../peers/peer.ts";
import type { BenchContext } from "../support/bench-context.ts";
import { percentile } from "../support/percentiles.ts";
import { atMost, ms, type ScenarioResult } from "../support/report.ts";
import type { Scenario } from "./scenario.ts";

const SERVER = join(import.meta.dir, "../../src/server.ts");
const STARTS_PER_SECOND = 2;
const GOAL_MS = 250;
const TIMEOUT_MS = 10_000;
const RETRY_MS = 2;

export const start: Scenario = {
  name: "start",
  title: "From the start of the process to the first byte of the page",
  async run({ seconds, serverArgs, say }: BenchContext): Promise<ScenarioResult> {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    const starts = Math.max(3, STARTS_PER_SECOND * seconds);
    say(`start: ${starts} times`);
    const times = await timeStarts(path, serverArgs, starts);
    const max = percentile(times, 1);
    return {
      measurements: [],
      goals: [atMost("median", GOAL_MS, percentile(times, 0.5), ms)],
      notes: [`${starts} starts, the slowest took ${ms(max)}`],
    };
  },
};

/** Starts Tailboard so many times, one after the other. @returns milliseconds to the first byte of the page */
export async function timeStarts(
  path: string,
  serverArgs: readonly string[],
  starts: number,
): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < starts; index++) {
    const port = freePort();
    const startedAtMs = performance.now();
    const child = Bun.spawn([process.execPath, SERVER, path, "--port", String(port), ...serverArgs], {
      stdin: "ignore",
      stdout: "ignore",
      stderr: "inherit",
      env: { PATH: process.env["PATH"] },
    });
    try {
      await firstByte(port);
      times.push(performance.now() - startedAtMs);
    } finally {
      child.kill("SIGKILL");
      await child.exited;
    }
  }
  return times;
}

/** Asks for the page until there is somebody to answer. */
async function firstByte(port: number): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (await tryPage(port)) return;
    await Bun.sleep(RETRY_MS);
  }
  throw new Error(`no page within ${TIMEOUT_MS} ms`);
}

/** @returns whether a first byte came; false where nobody listens yet */
async function tryPage(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  try {
    const socket = await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        open: (opened) => void opened.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`),
        data: () => resolve(true),
        close: () => resolve(false),
      },
    });
    const answered = await promise;
    socket.end();
    return answered;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ECONNREFUSED") return false;
    throw error;
  }
}
