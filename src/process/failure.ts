/** What keeps Tailboard from starting: one line for the operator, and a status for the program that started it. */
import { isAbsolute, resolve } from "node:path";

import { messageOf } from "../message-of.ts";

/** The operator's mistake: an option that is wrong. */
export const EXIT_USAGE = 2;
/** The machine's: a port that is taken, a disk that is full. */
export const EXIT_FAILURE = 1;

/** Something of the machine is not as it has to be. */
export class StartFailure extends Error {
  override readonly name = "StartFailure";

  /**
   * @param problem what was tried, on what, and why it was not possible
   * @param hint what to do about it, unless the problem says so
   */
  constructor(problem: string, hint?: string) {
    super(hint === undefined ? problem : `${problem}; ${hint}`);
  }
}

/** The words of an error, in one line. Those of the system begin with their code, such as ENOSPC. */
export function wordsOf(error: unknown): string {
  return messageOf(error).split("\n", 1)[0] ?? "";
}

/** The code that the system gave an error, such as `EADDRINUSE`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/**
 * The path as seen from the root. Where the working directory was removed, Bun's `resolve` answers with the
 * directory of Bun itself, and a database would be created there: `process.cwd()` knows better, and throws.
 * @throws StartFailure where the path is relative to a directory that is gone
 */
export function absolutePath(path: string): string {
  if (isAbsolute(path)) return path;
  try {
    return resolve(process.cwd(), path);
  } catch (error) {
    throw new StartFailure(
      `can't find ${path}: the working directory was removed, or may not be entered (${codeOf(error) ?? wordsOf(error)})`,
      "change to another directory, or give an absolute path",
    );
  }
}
