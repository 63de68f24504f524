/** A long read is a generator: each step is a slice of a few ms, and other reads have their turn in between. */
import { LogUnavailableError } from "../../../archive.ts";
import { refusalOf } from "../../problem.ts";
import { isBusy, LOCKED } from "../busy.ts";
import type { Answer } from "./protocol.ts";

export type Step =
  /** A slice has ended; the next one may follow when it is its turn. */
  | { readonly kind: "slice" }
  /** The same, and SQLite has refused it: a writer holds the file. */
  | { readonly kind: "locked" }
  | { readonly kind: "answer"; readonly answer: Answer }
  /** The next step comes when the client takes more. */
  | { readonly kind: "piece"; readonly bytes: Uint8Array<ArrayBuffer> };

export type Steps<T = void> = Generator<Step, T, void>;

export const SLICE: Step = { kind: "slice" };

/** A writer that holds the file for longer is told of, as in the status. In ms. */
const LOCKED_DEADLINE_MS = 2000;

/**
 * Reads as soon as no writer is in the way.
 * @throws LogUnavailableError where one is for long
 */
export function* whenReadable<T>(read: () => T): Steps<T> {
  const sinceMs = performance.now();
  for (;;) {
    try {
      return read();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() - sinceMs > LOCKED_DEADLINE_MS) throw new LogUnavailableError(refusalOf(LOCKED));
    }
    yield { kind: "locked" };
  }
}
