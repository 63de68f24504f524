/** The values of options: each is read by a function that throws one line where it is wrong. */
import { parseBasePath } from "./base-path.ts";
import { ColumnOptionError } from "./column-options.ts";
import type { EventId } from "./events.ts";
import { parsePanels } from "./panel-options.ts";
import { parseQuestion, QuestionError } from "./query/parse.ts";
import { readTime, TIME_EXAMPLES } from "./query/time-literal.ts";
import type { Question } from "./question.ts";
import { parseId } from "./rows/event-id.ts";
import { UsageError } from "./usage-error.ts";

/** @param source the option or the variable that the text is from @throws UsageError */
export type ReadValue<T> = (text: string, source: string) => T;

/** A poll more often than this would be a busy loop; the commits are noticed without it. */
const MIN_POLL_INTERVAL_MS = 10;
const MAX_POLL_INTERVAL_MS = 3_600_000;

/** In ms. */
const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** What a timer can wait. In ms. */
const MAX_DURATION_MS = 2 ** 31 - 1;

/** Puts the name of the option before what is wrong with its text. */
export function columnOption<T>(parse: (text: string) => T): (text: string, source: string) => T {
  return (text, source) => {
    try {
      return parse(text);
    } catch (error) {
      if (error instanceof ColumnOptionError) throw new UsageError(`${source} ${error.message}`);
      throw error;
    }
  };
}

/** Puts the name of the option before what is wrong with its text. */
export function panelList(text: string, source: string): readonly string[] | "none" {
  const list = parsePanels(text);
  if (list !== undefined) return list;
  throw new UsageError(
    `${source} takes names of tables with commas between them, as in agents,work_items, or none: got ${JSON.stringify(text)}`,
  );
}

/** A switch as a variable. */
export function oneOrZero(text: string, source: string): boolean {
  if (text === "1" || text === "0") return text === "1";
  throw new UsageError(`${source} takes 1 or 0: got ${JSON.stringify(text)}`);
}

export function basePath(text: string, source: string): string {
  const path = parseBasePath(text);
  if (path !== undefined) return path;
  throw new UsageError(
    `${source} takes a path such as /tail or /tools/tail, of letters, digits, "-", ".", "_" and "~": got ${JSON.stringify(text)}`,
  );
}

export function nonEmpty(text: string, source: string): string {
  if (text === "" || text.includes("\0"))
    throw new UsageError(`${source} needs a name: got ${JSON.stringify(text)}`);
  return text;
}

export function wholeNumber(min: number, max: number): (text: string, source: string) => number {
  return (text, source) => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) {
      throw new UsageError(
        `${source} takes a whole number from ${min} to ${max}: got ${JSON.stringify(text)}`,
      );
    }
    return value;
  };
}

export const pollInterval = wholeNumber(MIN_POLL_INTERVAL_MS, MAX_POLL_INTERVAL_MS);

/** One of a few words. */
export function oneOf<const Word extends string>(words: readonly Word[]): ReadValue<Word> {
  return (text, source) => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    const last = words.at(-1) ?? "";
    throw new UsageError(
      `${source} takes ${words.slice(0, -1).join(", ")} or ${last}: got ${JSON.stringify(text)}`,
    );
  };
}

/** How long: `500ms`, `30s`, `10m`, `1h`. @returns ms */
export function duration(text: string, source: string): number {
  const [, amount = "", unit = ""] = /^(\d{1,10})(ms|[smhd])$/.exec(text) ?? [];
  const ms = Number(amount) * (DURATION_UNITS[unit] ?? Number.NaN);
  if (ms >= 1 && ms <= MAX_DURATION_MS) return ms;
  throw new UsageError(
    `${source} takes a time with its unit, such as 500ms, 30s, 10m or 1h, up to 24d: got ${JSON.stringify(text)}`,
  );
}

/** A moment as a question names it: how long ago, or a date. */
export function moment(text: string, source: string): string {
  if (readTime(text, "UTC") !== undefined) return text;
  throw new UsageError(
    `${source} takes how long ago or when, such as ${TIME_EXAMPLES}: got ${JSON.stringify(text)}`,
  );
}

export function eventId(text: string, source: string): EventId {
  const id = parseId(text);
  if (id !== undefined) return id;
  throw new UsageError(
    `${source} takes the id of an event, a whole number of 64 bits: got ${JSON.stringify(text)}`,
  );
}

/** A question, with the place where it can't be read. */
export function question(text: string, source: string): { readonly text: string; readonly tree: Question } {
  try {
    return { text, tree: parseQuestion(text) };
  } catch (error) {
    if (!(error instanceof QuestionError)) throw error;
    throw new UsageError(
      `${source} ${JSON.stringify(text)}, character ${error.at + 1}: ${error.message.replaceAll("\n", " ")}`,
    );
  }
}
