/** Which panels the reader wants to see, as the browser remembers it. */
import { isRecord } from "../text/text.ts";

/** By table. A table that is not named is as the server proposes it. */
export interface Choice {
  readonly open: Readonly<Record<string, boolean>>;
  /** Only their heads are shown. */
  readonly collapsed: Readonly<Record<string, boolean>>;
}

export function readChoice(text: string | undefined): Choice {
  const stored = parse(text ?? "");
  return { open: flagsOf(stored["open"]), collapsed: flagsOf(stored["collapsed"]) };
}

export function writeChoice(choice: Choice): string {
  return JSON.stringify(choice);
}

/** What somebody else has stored there is no choice. */
function parse(text: string): Record<string, unknown> {
  try {
    const stored: unknown = JSON.parse(text);
    return isRecord(stored) ? stored : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function flagsOf(value: unknown): Record<string, boolean> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, boolean] => typeof entry[1] === "boolean"),
  );
}
