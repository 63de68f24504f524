/** What the search box offers for what is being written. */
import { printValue } from "../../query/print.ts";
import { writtenAt } from "./written.ts";

/** A field that can be asked for. */
export interface KnownField {
  /** As it is written in a question. */
  readonly text: string;
  /** What it is, in a few words. */
  readonly hint: string;
  /** The most frequent first. */
  readonly values: readonly string[];
}

export interface Knowledge {
  /** In the order in which they are offered. */
  readonly fields: readonly KnownField[];
}

export interface Suggestion {
  /** What takes the place of what was written. */
  readonly text: string;
  readonly hint: string;
}

export interface Suggestions {
  readonly kind: "field" | "value";
  /** What was written so far. */
  readonly typed: string;
  /** The part of the text that a suggestion takes the place of. */
  readonly from: number;
  readonly to: number;
  readonly items: readonly Suggestion[];
}

/** What is seen at once, without scrolling. */
const MAX_ITEMS = 8;

/**
 * @param caret where the cursor stands in the text, in UTF-16 units
 * @returns undefined where there is nothing to offer
 */
export function suggestionsFor(text: string, caret: number, { fields }: Knowledge): Suggestions | undefined {
  const written = writtenAt(text, caret);
  if (written === undefined) return undefined;
  const { kind, typed, from, to } = written;
  const items = kind === "field" ? fieldItems(typed, fields) : valueItems(written.field, typed, fields);
  return items.length === 0 ? undefined : { kind, typed, from, to, items };
}

function fieldItems(typed: string, fields: readonly KnownField[]): Suggestion[] {
  return nearest(typed, fields, ({ text }) => text).map(({ text, hint }) => ({ text: `${text}:`, hint }));
}

function valueItems(name: string, typed: string, fields: readonly KnownField[]): Suggestion[] {
  const field = fields.find(({ text }) => text === name) ?? fields.find(({ text }) => isSame(text, name));
  const values = field?.values.filter((value) => value !== typed) ?? [];
  return nearest(typed, values, (value) => value).map((value) => ({ text: printValue([value]), hint: "" }));
}

/** Those that begin with what was written, and then those that have it inside. */
function nearest<T>(typed: string, all: readonly T[], textOf: (each: T) => string): T[] {
  const wanted = typed.toLowerCase();
  const placed = all.map((each) => ({ each, at: textOf(each).toLowerCase().indexOf(wanted) }));
  const beginning = placed.filter(({ at }) => at === 0);
  const inside = placed.filter(({ at }) => at > 0);
  return [...beginning, ...inside].slice(0, MAX_ITEMS).map(({ each }) => each);
}

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
