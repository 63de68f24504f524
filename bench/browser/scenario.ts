/** Something of the page that is measured. */
import type { Goal } from "../support/report.ts";

export interface BrowserContext {
  /** How long it lasts at least; undefined asks for as long as its goals say. */
  readonly seconds: number | undefined;
  /** Rows of the table that is scrolled through. */
  readonly rows: number;
  /** A file for the CPU profile of the page, for those who look for the cause of a miss. */
  readonly profile: string | undefined;
  /** Says what goes on, on standard error. */
  readonly say: (text: string) => void;
}

export interface BrowserResult {
  readonly goals: readonly Goal[];
  readonly notes: readonly string[];
}

export interface BrowserScenario {
  /** For `--only`. */
  readonly name: string;
  readonly title: string;
  run(context: BrowserContext): Promise<BrowserResult>;
}
