/** What is printed before the process ends at the start already. */
import { codeOf, EXIT_FAILURE, EXIT_USAGE, StartFailure, wordsOf } from "./failure.ts";
import { Output, writeToFile } from "./output.ts";
import { printable } from "./printable.ts";

/**
 * How long lines may take to be written at the end. A terminal or a file takes them at once; a pipe that nobody reads
 * must not keep the process from ending.
 */
export const FLUSH_DEADLINE_MS = 200;
/** The text of --help may wait for its reader, such as a pager. */
const PRINT_DEADLINE_MS = 5000;

/** Standard error. What can't be written there can't be told anywhere. */
export function standardError(): Output {
  return new Output({ write: writeToFile(2), onDropped: () => undefined, onFailure: () => undefined });
}

/**
 * Ends with one line for the operator, whatever went wrong at the start.
 * @param usage whether it was a wrong option
 */
export async function exitWith(error: unknown, usage: boolean): Promise<never> {
  const isExpected = usage || error instanceof StartFailure;
  const words = wordsOf(error);
  const output = standardError();
  output.print(printable(`tailboard: ${isExpected ? words : `can't start: ${words}`}`));
  await output.flush(FLUSH_DEADLINE_MS);
  process.exit(usage ? EXIT_USAGE : EXIT_FAILURE);
}

/**
 * Prints what was asked for, and ends.
 * @throws StartFailure where it can't be written
 */
export async function printAndExit(text: string): Promise<never> {
  const failures: Error[] = [];
  const onFailure = (error: Error): void => void failures.push(error);
  const output = new Output({ write: writeToFile(1), onDropped: () => undefined, onFailure });
  output.print(text);
  await output.flush(PRINT_DEADLINE_MS);
  const [failure] = failures;
  // A reader that has read enough, such as `head`, closes the pipe.
  if (failure !== undefined && codeOf(failure) !== "EPIPE") {
    throw new StartFailure(
      `can't write to standard output: ${wordsOf(failure)}`,
      "give it a file or a terminal",
    );
  }
  process.exit(0);
}
