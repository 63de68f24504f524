/** A whole table as a file: how fast, with how much memory, and how soon the work ends when nobody wants it any more. */
import { EXPORT_FORMATS, type ExportFormat } from "../../src/archive.ts";
import { Scratch } from "../../tests/support/scratch.ts";
import { startTailboard, type TailboardPeer } from "../peers/tailboard.ts";
import type { BenchContext } from "../support/bench-context.ts";
import { fillTable } from "../support/fill-table.ts";
import { msUntilRest } from "../support/flat.ts";
import { percentile } from "../support/percentiles.ts";
import { cpuSeconds } from "../support/process-usage.ts";
import { quietest, quietNote } from "../support/quiet.ts";
import { atMost, count, type Goal, ms, type ScenarioResult } from "../support/report.ts";
import { memoryOf, MemoryWatch } from "../support/usage.ts";
import type { Scenario } from "./scenario.ts";

const ROWS = 1_000_000;
const MIN_ROWS_PER_SECOND = 150_000;
const MAX_GROWTH_BYTES = 32 * 2 ** 20;
const MAX_END_MS = 100;
const WARM_UP_ROWS = 200_000;
/** For memory to come to rest. */
const SETTLE_MS = 2000;
const LEAVES = 10;
/** When a client leaves. In ms after the first bytes. */
const LEAVE_AFTER_MS = 50;
const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

export const exportScenario: Scenario = {
  name: "export",
  title: "A table of 1,000,000 events as NDJSON and as CSV",
  run: measureExport,
};

interface Exported {
  readonly rowsPerSecond: number;
  /** At the peak, beyond what the server had once it had exported a part. */
  readonly growthBytes: number;
  /** Before the first export, and after it. */
  readonly coldBytes: number;
  readonly warmBytes: number;
  readonly bytes: number;
}

async function measureExport(context: BenchContext): Promise<ScenarioResult> {
  const { rows = ROWS, serverArgs, say } = context;
  using scratch = new Scratch();
  const path = scratch.path("export.db");
  say(`export: filling a table of ${count(rows)} rows`);
  fillTable(path, rows);
  const goals: Goal[] = [];
  const notes: string[] = [];
  for (const format of EXPORT_FORMATS) {
    say(`export: ${format}`);
    const { value, othersCpu } = await quietest(context, [], async (countIn) => {
      // Each export has a server of its own: what an earlier one left behind would not grow again.
      await using peer = await startTailboard(path, serverArgs);
      const exported = await exportAll(peer, format, rows);
      countIn(cpuSeconds(peer.server.process.pid));
      return exported;
    });
    goals.push(
      {
        what: `${format}: speed`,
        goal: `≥ ${count(MIN_ROWS_PER_SECOND)} rows/s`,
        measured: `${count(value.rowsPerSecond)} rows/s`,
        met: value.rowsPerSecond >= MIN_ROWS_PER_SECOND,
      },
      atMost(`${format}: memory growth`, MAX_GROWTH_BYTES, value.growthBytes, mib),
    );
    notes.push(
      `${mib(value.bytes)} of ${format}; resident before any export ${mib(value.coldBytes)}, after a small one ${mib(value.warmBytes)}`,
      quietNote(format, [othersCpu]),
    );
  }
  say("export: clients that leave");
  goals.push(...(await leaveGoals(context, path)));
  return { measurements: [], goals, notes };
}

async function exportAll(peer: TailboardPeer, format: ExportFormat, rows: number): Promise<Exported> {
  const coldBytes = memoryOf(peer.pids);
  const path = `/api/events/export?format=${format}`;
  // What was just started still compiles its code, and keeps it.
  await (await peer.server.fetch(`${path}&q=id:1..${WARM_UP_ROWS}`)).bytes();
  await Bun.sleep(SETTLE_MS);
  const warmBytes = memoryOf(peer.pids);
  using memory = new MemoryWatch(peer.pids);
  const startedAtMs = performance.now();
  const response = await peer.server.fetch(path);
  let bytes = 0;
  let lines = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++;
  }
  const tookMs = performance.now() - startedAtMs;
  const expected = format === "csv" ? rows + 1 : rows;
  if (lines !== expected) throw new Error(`${format}: ${lines} lines instead of ${expected}`);
  const growthBytes = memory.peakBytes - warmBytes;
  return { rowsPerSecond: (rows * 1000) / tookMs, growthBytes, coldBytes, warmBytes, bytes };
}

/** How long the server works on for somebody who has left. */
async function leaveGoals(context: BenchContext, path: string): Promise<Goal[]> {
  await using peer = await startTailboard(path, context.serverArgs);
  const leavings: readonly (readonly [string, string])[] = [
    ["an export", "/api/events/export"],
    ["an export that finds nothing", "/api/events/export?q=zebra"],
    ["a search that finds nothing", "/api/events?q=zebra&budget=5000"],
  ];
  const goals: Goal[] = [];
  for (const [what, url] of leavings) {
    const tookMs: number[] = [];
    for (let leave = 0; leave < LEAVES; leave++) tookMs.push(await leaveEarly(peer, url));
    goals.push(atMost(`work ends after a client has left ${what}`, MAX_END_MS, percentile(tookMs, 1), ms));
  }
  return goals;
}

async function leaveEarly({ server, pids }: TailboardPeer, url: string): Promise<number> {
  const abort = new AbortController();
  const reading = server
    .fetch(url, { signal: abort.signal })
    .then((response) => response.bytes())
    .then(
      () => false,
      () => true,
    );
  await Bun.sleep(LEAVE_AFTER_MS);
  abort.abort();
  const [pid = 0] = pids;
  const tookMs = await msUntilRest(pid);
  if (!(await reading))
    throw new Error(`${url} was answered before the client left: that takes a table of more rows`);
  return tookMs;
}
