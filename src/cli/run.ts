/** Runs a command for scripts and people at a terminal, and says how it ended. */
import { StartFailure, wordsOf } from "../process/failure.ts";
import type { QueryOptions, TailOptions, WaitOptions } from "../reader-options.ts";
import { UsageError } from "../usage-error.ts";
import { SourceError } from "./log-source.ts";
import { query } from "./query.ts";
import { OutputClosedError } from "./standard-output.ts";
import { tail } from "./tail.ts";
import type { Terminal } from "./terminal.ts";
import { wait } from "./wait.ts";

export type ReaderCommand =
  | { readonly kind: "tail"; readonly options: TailOptions }
  | { readonly kind: "wait"; readonly options: WaitOptions }
  | { readonly kind: "query"; readonly options: QueryOptions };

/**
 * @returns the exit status
 * @throws UsageError for a question that can't be answered, StartFailure for what else went wrong: one line each
 */
export async function run(command: ReaderCommand, terminal: Terminal | undefined): Promise<number> {
  try {
    switch (command.kind) {
      case "tail":
        await tail(command.options, terminal);
        return 0;
      case "wait":
        return await wait(command.options, terminal);
      case "query":
        await query(command.options, terminal);
        return 0;
    }
  } catch (error) {
    // The reader had enough, as `head` has.
    if (error instanceof OutputClosedError) return 0;
    if (error instanceof SourceError) {
      if (error.kind === "question") throw new UsageError(error.message);
      throw new StartFailure(error.message);
    }
    if (error instanceof StartFailure) throw error;
    throw new StartFailure(`${command.kind} failed: ${wordsOf(error)}`);
  }
}
