/** One read of the log at a time, and what the reader sees of it: that it is under way, or why it has failed. */
import { messageOf } from "../../message-of.ts";
import type { LogState } from "./log-state.ts";

/** @param isCurrent whether the reader still waits for it: otherwise what it loads is to be dropped */
type Load = (isCurrent: () => boolean) => Promise<void>;

export class OneRead {
  readonly #shown: Pick<LogState, "isLoading" | "failure">;
  /** Counts what the reader does: an answer to what was asked before is out of date. */
  #epoch = 0;
  /** The read that is under way. */
  #current: Promise<void> | undefined;

  constructor(shown: Pick<LogState, "isLoading" | "failure">) {
    this.#shown = shown;
  }

  /** Begins a read. Whoever scrolls asks many times in a second, and waits for the one that is under way. */
  begin(load: Load): Promise<void> {
    this.#current ??= this.#run(load, this.#epoch);
    return this.#current;
  }

  /** What is under way is out of date, or has ended. */
  forget(): void {
    this.#epoch++;
    this.#current = undefined;
    this.#shown.isLoading.value = false;
  }

  async #run(load: Load, epoch: number): Promise<void> {
    const { isLoading, failure } = this.#shown;
    const isCurrent = (): boolean => epoch === this.#epoch;
    isLoading.value = true;
    try {
      await load(isCurrent);
      if (isCurrent()) failure.value = undefined;
    } catch (error) {
      if (isCurrent()) failure.value = messageOf(error);
    } finally {
      if (isCurrent()) this.forget();
    }
  }
}
