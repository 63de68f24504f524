/** Streams that ask a question each beside as many that get every row. */
import { type Asked, distinctQuestions } from "../support/asked.ts";
import type { BenchContext } from "../support/bench-context.ts";
import { percentile } from "../support/percentiles.ts";
import { atMost, type Goal, type Measurement, ms, noneLost, type ScenarioResult } from "../support/report.ts";
import { followTailboard } from "./follow.ts";
import type { Scenario } from "./scenario.ts";

const STREAMS = 1000;
const RATE = 100;
/** All of them in turn, so that a machine that gets slower meanwhile is in each. */
const ROUNDS = 3;

interface Asking {
  readonly what: string;
  readonly asked: readonly Asked[];
  /** p99 at most so many times that of the streams without a question. */
  readonly factor?: number;
}

const ASKINGS: readonly Asking[] = [
  { what: "no question", asked: [] },
  { what: "10 questions", asked: distinctQuestions(10), factor: 1.1 },
  { what: "1,000 questions", asked: distinctQuestions(STREAMS), factor: 2 },
];

export const questions: Scenario = {
  name: "questions",
  title: "1,000 streams with questions beside 1,000 without, at 100 events/s",
  run: measureQuestions,
};

async function measureQuestions(context: BenchContext): Promise<ScenarioResult> {
  const measurements: Measurement[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const { what, asked } of ASKINGS)
      measurements.push(await followTailboard({ what, subscribers: STREAMS, rate: RATE, asked }, context));
  }
  const rowsOf = (what: string): Measurement[] => measurements.filter((row) => row.what === what);
  const p99Of = (what: string): number =>
    percentile(
      rowsOf(what).map(({ p99Ms }) => p99Ms),
      0.5,
    );
  const without = p99Of("no question");
  const goals: Goal[] = ASKINGS.flatMap(({ what, factor }) => [
    ...rowsOf(what).map((row) => noneLost(what, row)),
    ...(factor === undefined
      ? []
      : [
          atMost(
            `${what}: p99, ${factor} × that without (${ms(without)})`,
            without * factor,
            p99Of(what),
            ms,
          ),
        ]),
  ]);
  return { measurements, goals, notes: [`p99 is the median of ${ROUNDS} measurements each`] };
}
