/** What is said beside the events: each thing once, on standard error, and as lines of their own kind among JSON. */
import { FLUSH_DEADLINE_MS, standardError } from "../process/ending.ts";
import { printable } from "../process/printable.ts";
import type { SourceState } from "./log-source.ts";

/** The key that no row has: lines with it are no events. */
export const NOTICE_KEY = "$tailboard";

/** What stands behind it. */
export const NOTICE_KINDS = ["problem", "following", "reset", "gap"] as const;

const RESET_WORDS: Readonly<Record<string, string>> = {
  "cursor-ahead": "the cursor is beyond the newest event",
  "cursor-malformed": "the cursor is no id",
  "log-changed": "the cursor is of another log",
  "file-replaced": "another file took the place of the database",
  "table-recreated": "the table was dropped and created again",
  "rows-replaced": "the newest rows are gone, or other rows have their ids",
};

export class Notices implements AsyncDisposable {
  readonly #print: ((line: string) => void) | undefined;
  readonly #errors = standardError();
  #problem = "";
  #lastError = "";
  /** No more than there are columns in the options, unless the table changes again and again. */
  readonly #warnings = new Set<string>();

  /** @param print puts a line among the events; undefined where they are for people */
  constructor(print: ((line: string) => void) | undefined) {
    this.#print = print;
  }

  /** What is wrong, as far as it was said; "" for nothing. */
  get problem(): string {
    return this.#problem;
  }

  /** How the source is doing. Nothing is said of what was said already, nor of what is well from the start. */
  state({ state, problem, advice }: SourceState): void {
    const said = problem ?? "";
    if (said === this.#problem) return;
    this.#problem = said;
    if (problem === undefined) {
      this.#say("following again");
      this.#line("following", { state });
    } else {
      this.#say(`${state}: ${problem} ${advice ?? ""}`.trim());
      this.#line("problem", { state, problem, advice: advice ?? null });
    }
  }

  /** @param data of the event `reset` */
  reset(data: Readonly<Record<string, unknown>>): void {
    const reason = String(data["reason"]);
    this.#say(
      `reset: ${RESET_WORDS[reason] ?? reason}; what follows are the events after ${String(data["resumedFrom"])}`,
    );
    this.#line("reset", data);
  }

  /** @param data of the event `gap` */
  gap(data: Readonly<Record<string, unknown>>): void {
    this.#say(
      `gap: events after ${String(data["from"])} were deleted; it goes on with ${String(data["oldestId"])}`,
    );
    this.#line("gap", data);
  }

  /** Something that is tried again by itself. Said once, until something else fails. */
  error(operation: string, message: string): void {
    const said = `${operation}: ${message}`;
    if (said !== this.#lastError) this.#say(said);
    this.#lastError = said;
  }

  /** Said once: it is found again whenever the database is opened. */
  warning(message: string): void {
    if (!this.#warnings.has(message)) this.#say(message);
    this.#warnings.add(message);
  }

  /** What was said is written before the command ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#errors.flush(FLUSH_DEADLINE_MS);
  }

  #say(text: string): void {
    this.#errors.print(printable(`tailboard: ${text}`));
  }

  #line(kind: (typeof NOTICE_KINDS)[number], fields: Readonly<Record<string, unknown>>): void {
    this.#print?.(`${JSON.stringify({ [NOTICE_KEY]: kind, ...fields })}\n`);
  }
}
