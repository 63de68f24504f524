/** What was measured, and how it is printed. */
import { percentileOfSorted } from "./records.ts";

export interface Measurement {
  /** What was done, where a scenario does several things: `100 live, without the replay`. */
  readonly what: string;
  readonly peer: string;
  readonly delivered: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly outOfOrder: number;
  /** From commit to client. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Shares of one core. */
  readonly serverCpu: number;
  readonly generatorCpu: number;
  readonly writerCpu: number;
  /** What all other processes of the machine took: above a few percent, the figures are not to be trusted. */
  readonly othersCpu: number;
  /** How much the server grew for each stream: once all were open, and once the events had been sent. */
  readonly openBytesPerSubscriber: number;
  readonly streamingBytesPerSubscriber: number;
  /** Processor time of the server for each event that a client got. */
  readonly cpuMicrosPerEvent: number;
  /** How far the writer was behind its schedule at the end. */
  readonly writerLateMs: number;
}

export interface Goal {
  readonly what: string;
  readonly goal: string;
  readonly measured: string;
  readonly met: boolean;
}

export interface ScenarioResult {
  readonly measurements: readonly Measurement[];
  readonly goals: readonly Goal[];
  readonly notes: readonly string[];
}

export interface NamedResult extends ScenarioResult {
  readonly name: string;
  readonly title: string;
}

/** Above it, figures of the server may be the generator's. */
const BOTTLENECK_SHARE = 0.9;
/** Share of one core, above which whatever else runs on the machine is measured too. */
export const BUSY_SHARE = 0.15;

export const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} ms`;
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
export const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`;
export const count = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 0 });

/** p50, p99 and the largest of sorted delays. */
export function spreadOf(sortedMs: Float64Array): { p50Ms: number; p99Ms: number; maxMs: number } {
  return {
    p50Ms: percentileOfSorted(sortedMs, 0.5),
    p99Ms: percentileOfSorted(sortedMs, 0.99),
    maxMs: percentileOfSorted(sortedMs, 1),
  };
}

export function noneLost(what: string, measurement: Measurement): Goal {
  const { lost, duplicated, outOfOrder } = measurement;
  return {
    what,
    goal: "none lost, twice or out of order",
    measured: `${lost} lost, ${duplicated} twice, ${outOfOrder} out of order`,
    met: lost === 0 && duplicated === 0 && outOfOrder === 0,
  };
}

/** A goal that is a limit. */
export function atMost(what: string, limit: number, value: number, format: (value: number) => string): Goal {
  return { what, goal: `≤ ${format(limit)}`, measured: format(value), met: value <= limit };
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function measurementTable(measurements: readonly Measurement[]): string {
  return markdownTable(
    [
      "what",
      "peer",
      "delivered",
      "lost",
      "twice",
      "out of order",
      "p50",
      "p99",
      "max",
      "CPU server",
      "CPU generator",
      "CPU writer",
      "CPU others",
      "memory per subscriber, open",
      "streaming",
      "CPU per event",
    ],
    measurements.map((row) => [
      row.what,
      row.peer,
      count(row.delivered),
      count(row.lost),
      count(row.duplicated),
      count(row.outOfOrder),
      ms(row.p50Ms),
      ms(row.p99Ms),
      ms(row.maxMs),
      percent(row.serverCpu),
      percent(row.generatorCpu) + (row.generatorCpu > BOTTLENECK_SHARE ? " (the bottleneck)" : ""),
      percent(row.writerCpu) + (row.writerLateMs > 100 ? ` (${ms(row.writerLateMs)} late)` : ""),
      percent(row.othersCpu) + (row.othersCpu > BUSY_SHARE ? " (busy machine)" : ""),
      kib(row.openBytesPerSubscriber),
      kib(row.streamingBytesPerSubscriber),
      `${row.cpuMicrosPerEvent.toFixed(2)} µs`,
    ]),
  );
}

export function printResult({ title, measurements, goals, notes }: NamedResult): void {
  console.log(`\n## ${title}\n`);
  if (measurements.length > 0) console.log(`${measurementTable(measurements)}\n`);
  if (goals.length > 0) {
    const rows = goals.map(({ what, goal, measured, met }) => [what, goal, measured, met ? "yes" : "**no**"]);
    console.log(`${markdownTable(["goal", "asked for", "measured", "met"], rows)}\n`);
  }
  for (const note of notes) console.log(`- ${note}`);
}
