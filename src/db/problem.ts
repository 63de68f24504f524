/** What keeps a log from being followed, in words for an operator. */
import type { TailState } from "../events.ts";

export interface Problem {
  readonly state: Exclude<TailState, "opening" | "tailing">;
  readonly problem: string;
  readonly advice: string;
}

/** The words of an error, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
