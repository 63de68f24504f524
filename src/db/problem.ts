/** What keeps a log from being followed, in words for an operator. */
import type { TailState } from "../events.ts";

export interface Problem {
  /** `tailing`: it is followed, and not as well as it could be. */
  readonly state: Exclude<TailState, "opening">;
  readonly problem: string;
  /** What to do about it. */
  readonly advice: string;
  /** What Tailboard does then while it follows the log: nothing for who asks once. */
  readonly outlook?: string;
}

/** For who follows the log. */
export function fullAdvice({ advice, outlook }: Pick<Problem, "advice" | "outlook">): string {
  return outlook === undefined ? advice : `${advice} ${outlook}`;
}

/** For who asked once. */
export function refusalOf(problem: Pick<Problem, "problem" | "advice"> | undefined): string {
  return problem === undefined
    ? "The database is being opened. Ask again in a moment."
    : `${problem.problem} ${problem.advice}`;
}
