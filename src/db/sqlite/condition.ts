/** How the log is doing, as its operator is told: a state, what is wrong, and what to do about it. */
import type { TailState } from "../../events.ts";
import { fullAdvice, type Problem } from "../problem.ts";
import { LOCKED } from "./busy.ts";
import { explain } from "./explain.ts";

/** A writer that holds the file for longer than this is worth a word. */
const LOCKED_AFTER_MS = 2000;

/**
 * nobody in the way → (SQLite refuses a read) → held for a while → (2 s) → held for long, and back as soon as a read goes
 * through.
 */
type Hold = "none" | "for a while" | "for long";

export class Condition implements Disposable {
  readonly #onChange: (state: TailState, problem: Problem | undefined) => void;
  readonly #lookAgain: () => void;
  #state: TailState = "opening";
  #problem: Problem | undefined;
  #hold: Hold = "none";
  #timer: Timer | undefined;

  /**
   * @param onChange called once per change, not once per try
   * @param lookAgain called when a writer has held the file for long, if it still does: nothing else may look just then
   */
  constructor(
    onChange: (state: TailState, problem: Problem | undefined) => void,
    lookAgain: () => void = () => {},
  ) {
    this.#onChange = onChange;
    this.#lookAgain = lookAgain;
  }

  get state(): TailState {
    return this.#state;
  }

  get problem(): Problem | undefined {
    return this.#problem;
  }

  /** Whether a writer held the file at the last try, be it for a moment. */
  get isBusy(): boolean {
    return this.#hold !== "none";
  }

  /** The log is open, and nobody holds it. @param flaw what is to be told nevertheless */
  noteWell(flaw?: Problem): void {
    this.#endHold();
    this.#set("tailing", flaw);
  }

  /** A writer holds the file: worth a word only after a while. */
  noteBusy(): void {
    if (this.#hold === "for long") this.#set("locked", LOCKED);
    if (this.#hold !== "none") return;
    this.#hold = "for a while";
    this.#timer = setTimeout(() => {
      this.#hold = "for long";
      this.#lookAgain();
    }, LOCKED_AFTER_MS);
  }

  /** It can't be read. @returns the state that follows from the error */
  noteFailure(error: unknown, path: string, table: string): TailState {
    const problem = explain(error, path, table);
    this.#endHold();
    this.#set(problem.state, problem);
    return problem.state;
  }

  [Symbol.dispose](): void {
    this.#endHold();
  }

  #endHold(): void {
    clearTimeout(this.#timer);
    this.#hold = "none";
  }

  #set(state: TailState, problem: Problem | undefined): void {
    // Another advice, such as one more table to name, is shown to whoever asks, and is no news.
    const changed = state !== this.#state || problem?.problem !== this.#problem?.problem;
    this.#state = state;
    this.#problem = problem;
    if (changed) this.#onChange(state, problem && { ...problem, advice: fullAdvice(problem) });
  }
}
