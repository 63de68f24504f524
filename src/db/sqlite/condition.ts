/** How the log is doing, as its operator is told: a state, what is wrong, and what to do about it. */
import type { TailState } from "../../events.ts";
import { fullAdvice, type Problem } from "../problem.ts";
import { LOCKED } from "./busy.ts";
import { explain } from "./explain.ts";

/** A writer that holds the file for longer than this is worth a word. */
const LOCKED_AFTER_MS = 2000;

export class Condition {
  readonly #onChange: (state: TailState, problem: Problem | undefined) => void;
  #state: TailState = "opening";
  #problem: Problem | undefined;
  #busySinceMs: number | undefined;

  /** @param onChange called once per change, not once per try */
  constructor(onChange: (state: TailState, problem: Problem | undefined) => void) {
    this.#onChange = onChange;
  }

  get state(): TailState {
    return this.#state;
  }

  get problem(): Problem | undefined {
    return this.#problem;
  }

  /** Whether a writer held the file at the last try, be it for a moment. */
  get isBusy(): boolean {
    return this.#busySinceMs !== undefined;
  }

  /** The log is open, and nobody holds it. */
  noteWell(): void {
    this.#busySinceMs = undefined;
    this.#set("tailing", undefined);
  }

  /** A writer holds the file: worth a word only after a while. */
  noteBusy(): void {
    this.#busySinceMs ??= performance.now();
    if (performance.now() - this.#busySinceMs >= LOCKED_AFTER_MS) this.#set("locked", LOCKED);
  }

  /** It can't be read. @returns the state that follows from the error */
  noteFailure(error: unknown, path: string, table: string): TailState {
    const problem = explain(error, path, table);
    this.#set(problem.state, problem);
    return problem.state;
  }

  #set(state: TailState, problem: Problem | undefined): void {
    // Another advice, such as one more table to name, is shown to whoever asks, and is no news.
    const changed = state !== this.#state || problem?.problem !== this.#problem?.problem;
    this.#state = state;
    this.#problem = problem;
    if (changed) this.#onChange(state, problem && { ...problem, advice: fullAdvice(problem) });
  }
}
