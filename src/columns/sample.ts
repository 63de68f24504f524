/** What the newest rows of a table say about a column. */
import { TIME_FORMS, type TimeForm } from "../column-roles.ts";
import type { ColumnValue } from "../events.ts";
import { formsOf } from "./instant.ts";
import { snakeOf } from "./name.ts";

/** A column as it is given to the detection of roles. */
export interface SampledColumn {
  readonly name: string;
  /** Of the newest rows, newest first. A long value may be cut to its beginning. */
  readonly values: readonly ColumnValue[];
  /** Where it references another table: the name of the column there that says in words what it leads to. */
  readonly referencedName?: string;
}

/** From this many rows on the values count for more than the names. */
export const ENOUGH_ROWS = 5;

/** What a column holds, by nearly all of its values. */
export type Kind = "empty" | "number" | "text" | "json" | "blob";

export interface Traits {
  readonly name: string;
  /** The words of its name, joined by underscores. */
  readonly snake: string;
  readonly referencedSnake: string | undefined;
  readonly kind: Kind;
  readonly rows: number;
  /** The share of the rows in which it has a value: no NULL, and no empty text. */
  readonly filled: number;
  readonly distinct: number;
  /** In enough rows: the same value in all of them. */
  readonly isConstant: boolean;
  /** In enough rows: a value in none. */
  readonly isEmpty: boolean;
  readonly hasFractions: boolean;
  /** Of its usual texts, which are all but the longest tenth: in characters. */
  readonly meanLength: number;
  readonly longest: number;
  /** Of its usual texts, separated by blanks. */
  readonly meanWords: number;
  /** Where nearly all of its values are times. */
  readonly time: TimeTraits | undefined;
}

export interface TimeTraits {
  readonly form: TimeForm;
  /** The share of neighbours among the rows, in the order of the key, of which the later is not earlier. */
  readonly rising: number;
  readonly distinct: number;
}

/** Of the values that a kind needs: JSON beside a few plain texts is still JSON. */
const MOST = 0.5;

/** Of the values: what fewer share is an exception. */
export const NEARLY_ALL = 0.9;

export function traitsOf(column: SampledColumn, nowMs: number): Traits {
  const rows = column.values.length;
  const filled = column.values.filter((value) => value !== null && value !== "");
  const texts = usualOf(filled.filter((value) => typeof value === "string"));
  const distinct = new Set(filled.map((value) => (value instanceof Uint8Array ? value.toBase64() : value)))
    .size;
  const isEnough = rows >= ENOUGH_ROWS;
  const mean = (measure: (text: string) => number): number =>
    texts.length === 0 ? 0 : texts.reduce((sum, text) => sum + measure(text), 0) / texts.length;
  return {
    name: column.name,
    snake: snakeOf(column.name),
    referencedSnake: column.referencedName === undefined ? undefined : snakeOf(column.referencedName),
    kind: kindOf(filled),
    rows,
    filled: rows === 0 ? 0 : filled.length / rows,
    distinct,
    isConstant: isEnough && distinct === 1 && filled.length === rows,
    isEmpty: isEnough && filled.length === 0,
    hasFractions: filled.some((value) => typeof value === "number" && !Number.isInteger(value)),
    meanLength: mean((text) => text.length),
    longest: texts.reduce((most, text) => Math.max(most, text.length), 0),
    meanWords: mean((text) => text.trim().split(/\s+/).length),
    time: timeOf(filled, nowMs),
  };
}

/** All but the longest, so that one odd row does not change what a column is. */
function usualOf(texts: readonly string[]): string[] {
  const count = Math.max(1, Math.floor(texts.length * NEARLY_ALL));
  return texts.toSorted((one, other) => one.length - other.length).slice(0, count);
}

/** How the values of a column are written, where nearly all of them are times. */
export function timeFormOf({ values }: SampledColumn, nowMs: number = Date.now()): TimeForm | undefined {
  return timeOf(
    values.filter((value) => value !== null && value !== ""),
    nowMs,
  )?.form;
}

function kindOf(filled: readonly ColumnValue[]): Kind {
  if (filled.length === 0) return "empty";
  const share = (test: (value: ColumnValue) => boolean): number => filled.filter(test).length / filled.length;
  if (share(isJson) >= MOST) return "json";
  if (share((value) => value instanceof Uint8Array) >= MOST) return "blob";
  return share((value) => typeof value === "string") >= MOST ? "text" : "number";
}

/** The bytes of `{` and `[`. */
const OPENING_BRACKETS = [0x7b, 0x5b];

/** An object or an array. What was cut can't be parsed, and is taken by its beginning. */
function isJson(value: ColumnValue): boolean {
  // Some programs store the bytes of their JSON.
  if (value instanceof Uint8Array && OPENING_BRACKETS.includes(value[0] ?? 0))
    return isJson(new TextDecoder().decode(value));
  if (typeof value !== "string" || !/^\s*(?:\{\s*["}]|\[)/.test(value)) return false;
  try {
    JSON.parse(value);
    return true;
  } catch {
    return value.length >= SAMPLE_CHARACTERS;
  }
}

/** Longer texts are cut before they are looked at: enough to see what they are. */
export const SAMPLE_CHARACTERS = 256;

/**
 * Times without a zone are read as UTC, whatever they mean: a few hours matter neither to the form nor to the order,
 * and reading a hundred in another zone takes 5 ms.
 * @param filled newest first
 */
function timeOf(filled: readonly ColumnValue[], nowMs: number): TimeTraits | undefined {
  if (filled.length === 0) return undefined;
  // Most columns hold no times, which a few values tell.
  const few = [filled[0], filled[filled.length >> 1], filled.at(-1)];
  if (few.every((value) => formsOf(value, "UTC", nowMs).length === 0)) return undefined;
  const counts = new Map<TimeForm, { count: number; newestMs: number }>();
  const readings = filled.map(
    (value) => new Map(formsOf(value, "UTC", nowMs).map(({ form, ms }) => [form, ms])),
  );
  for (const forms of readings) {
    for (const [form, ms] of forms) {
      const found = counts.get(form) ?? { count: 0, newestMs: 0 };
      counts.set(form, { count: found.count + 1, newestMs: Math.max(found.newestMs, ms) });
    }
  }
  const [best] = [...counts].toSorted(
    ([formA, a], [formB, b]) =>
      b.count - a.count || b.newestMs - a.newestMs || TIME_FORMS.indexOf(formA) - TIME_FORMS.indexOf(formB),
  );
  if (best === undefined || best[1].count < filled.length * NEARLY_ALL) return undefined;
  const [form] = best;
  const instants = readings.map((forms) => forms.get(form)).filter((ms) => ms !== undefined);
  const pairs = instants.slice(1).filter((ms, at) => ms <= (instants[at] ?? 0)).length;
  return {
    form,
    rising: instants.length < 2 ? 1 : pairs / (instants.length - 1),
    distinct: new Set(instants).size,
  };
}
