/** Metadata and the columns without a role as the small labels under a summary. */

import { membersOf } from "../text/json-members.ts";
import { base64Of, isRecord, shorten, textOf } from "../text/text.ts";

export interface Label {
  /** Undefined where the text has no key. */
  readonly key: string | undefined;
  readonly value: string;
  /** The key tells of a failure, and its value is not an empty one. */
  readonly failed: boolean;
  /** The column that it is from, and the way into its JSON; undefined where it can't be asked for. */
  readonly source?: LabelSource;
  /** What is stored, where the label shows a name for it. */
  readonly title?: string;
}

export interface LabelSource {
  readonly column: string;
  readonly path: readonly string[];
}

/** Further keys are only counted, so that a row stays a row. */
const MAX_LABELS = 8;
/** About what fits on one line of a wide screen. */
const MAX_VALUE_LENGTH = 120;

const FAILURE_KEY = /error|exception|fail|stderr|traceback|panic/i;
const EMPTY = new Set(["", "null", "false", "0", "[]", "{}"]);

/**
 * A label for each member of a JSON object. What is no JSON object is one label without a key.
 * @param column that it is from
 */
export function labelsOf(metadata: unknown, column?: string): Label[] {
  const labels = memberLabels(metadata, "", column);
  if (labels !== undefined) return labels;
  const text = textOf(metadata);
  return text === "" ? [] : [textLabel(text)];
}

/** A column without a role: a label for each member where it holds a JSON object. */
export function columnLabels(column: string, value: unknown): Label[] {
  const labels = memberLabels(value, `${column}.`, column);
  if (labels !== undefined) return labels;
  const text = textOf(value);
  if (text === "") return [];
  const label = keyLabel(column, text);
  // What is shown of a BLOB is not what it holds.
  return [base64Of(value) === undefined ? { ...label, source: { column, path: [] } } : label];
}

/**
 * A label for each member of a JSON object, with something before each key.
 * @returns undefined where the value is none
 */
export function memberLabels(value: unknown, prefix = "", column?: string): Label[] | undefined {
  return membersAsText(value)?.map(([key, text]) => ({
    ...keyLabel(prefix + key, text),
    ...(column === undefined ? {} : { source: { column, path: [key] } }),
  }));
}

/** As many as a row has room for, those that tell of a failure last. The others are counted. */
export function limitLabels(labels: readonly Label[]): Label[] {
  const failures = labels.filter((label) => label.failed).slice(0, MAX_LABELS);
  const others = labels.filter((label) => !label.failed);
  const shown = others.slice(0, MAX_LABELS - failures.length);
  const left = labels.length - shown.length - failures.length;
  return [...shown, ...(left > 0 ? [textLabel(`+${left}`)] : []), ...failures];
}

/** Only an object has keys to show. Undefined for everything else. */
function membersAsText(value: unknown): (readonly [string, string])[] | undefined {
  if (typeof value === "string" || base64Of(value) !== undefined) {
    const members = membersOf(textOf(value));
    // A number keeps the digits that it was written with: JavaScript would round 12345678901234567890.
    return (
      members &&
      [...members].map(([key, json]) => [key, json.startsWith('"') ? String(JSON.parse(json)) : json])
    );
  }
  if (!isRecord(value)) return undefined;
  return Object.entries(value).map(([key, each]) => [key, each === null ? "null" : textOf(each)]);
}

/** @param title what is stored, where the value is a name for it */
export function keyLabel(key: string, value: string, title?: string): Label {
  return {
    key: shorten(key, MAX_VALUE_LENGTH),
    value: shorten(value, MAX_VALUE_LENGTH),
    failed: FAILURE_KEY.test(key) && !EMPTY.has(value),
    ...(title === undefined ? {} : { title }),
  };
}

function textLabel(text: string): Label {
  return { key: undefined, value: shorten(text, MAX_VALUE_LENGTH), failed: false };
}
