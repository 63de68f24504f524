/** What the reader is told, once, about what happened to the rows. */
import type { ResetReason } from "../../events.ts";
import type { State } from "../state.ts";
import type { Gap } from "../stream/stream.ts";

const RESET_TEXTS: Readonly<Record<string, string>> = {
  "cursor-ahead": "The table ends before the newest row shown here.",
  "log-changed": "The events come from another database or table than before.",
  "file-replaced": "The database file was replaced.",
  "table-recreated": "The table was dropped and created again.",
  "rows-replaced": "The newest rows were deleted or replaced.",
} satisfies Partial<Record<ResetReason, string>>;
const AFTER_RESET = "These are the events that are there now.";

export class Notices {
  readonly #notice: State["notice"];

  constructor({ notice }: State) {
    this.#notice = notice;
  }

  /** All rows are others than before. */
  reset(reason: string): void {
    this.#warn(`${RESET_TEXTS[reason] ?? "The log changed."} ${AFTER_RESET}`);
  }

  /** Rows were deleted before this page could show them. */
  gap({ from, oldestId }: Gap): void {
    this.#warn(
      `Events after ${from} were deleted before this page could show them. It goes on at ${oldestId}.`,
    );
  }

  receipt(text: string): void {
    // A warning stays until somebody has seen it.
    if (this.#notice.peek()?.kind !== "warning") this.#notice.value = { kind: "receipt", text };
  }

  #warn(text: string): void {
    this.#notice.value = { kind: "warning", text };
  }
}
