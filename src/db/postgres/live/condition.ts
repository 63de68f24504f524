/** How the log is doing, as its operator is told: a state, what is wrong, and what to do about it. */
import type { TailState } from "../../../events.ts";
import { fullAdvice, refusalOf } from "../../problem.ts";
import type { PostgresProblem } from "./explain.ts";

/** What is to be known while all is well. */
export interface Notice {
  /** Null where nothing is wrong, and something could be better. */
  readonly problem: string | null;
  readonly advice: string;
  /** Told once for as long as this is the same, however the numbers in the sentence change. */
  readonly topic: string;
}

export class Condition {
  readonly #onChange: (state: TailState, problem: { problem: string; advice: string } | undefined) => void;
  #state: TailState = "opening";
  #shown: Notice | undefined;
  #problem: PostgresProblem | undefined;

  /** @param onChange called once per change, not once per try */
  constructor(
    onChange: (state: TailState, problem: { problem: string; advice: string } | undefined) => void,
  ) {
    this.#onChange = onChange;
  }

  get state(): TailState {
    return this.#state;
  }

  get problem(): string | null {
    return this.#shown?.problem ?? null;
  }

  get advice(): string | null {
    return this.#shown?.advice ?? null;
  }

  /** What to tell who asks once, while the log can't be read. */
  get refusal(): string {
    return refusalOf(this.#problem);
  }

  /** The log is open. @param notice the most urgent of what is to be told */
  noteWell(notice: Notice | undefined): void {
    this.#problem = undefined;
    this.#set("tailing", notice);
  }

  noteProblem(found: PostgresProblem): void {
    const { state, problem } = found;
    this.#set(state, { problem, advice: fullAdvice(found), topic: problem });
    this.#problem = found;
  }

  #set(state: TailState, notice: Notice | undefined): void {
    // What could be better is for who asks, and no news.
    const topicOf = (shown: Notice | undefined): string | undefined =>
      shown?.problem === null ? undefined : shown?.topic;
    const isNews = state !== this.#state || topicOf(notice) !== topicOf(this.#shown);
    this.#state = state;
    this.#shown = notice;
    if (!isNews) return;
    const problem = notice?.problem ?? undefined;
    this.#onChange(state, problem === undefined ? undefined : { problem, advice: notice?.advice ?? "" });
  }
}
