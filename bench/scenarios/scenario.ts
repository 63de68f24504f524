/** Something that is measured. */
import type { BenchContext } from "../support/bench-context.ts";
import type { Measurement, ScenarioResult } from "../support/report.ts";

export interface Scenario {
  /** For `--only`. */
  readonly name: string;
  readonly title: string;
  run(context: BenchContext): Promise<ScenarioResult>;
}

/** The row of a peer; undefined where the peer is missing. */
export function rowOf(measurements: readonly Measurement[], peer: string): Measurement | undefined {
  return measurements.find((row) => row.peer === peer);
}

/** Tailboard's row, which is always there. */
export function tailboardRow(measurements: readonly Measurement[]): Measurement {
  const row = rowOf(measurements, "tailboard");
  if (row === undefined) throw new Error("Tailboard itself was not measured");
  return row;
}
