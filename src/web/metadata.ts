/** Metadata as the small labels under a summary. */

import { membersOf } from "./json-members.ts";
import { isRecord, shorten, textOf } from "./text.ts";

export interface Label {
  /** Undefined where the text has no key. */
  readonly key: string | undefined;
  readonly value: string;
  /** The key tells of a failure, and its value is not an empty one. */
  readonly failed: boolean;
}

/** Further keys are only counted, so that a row stays a row. */
const MAX_LABELS = 8;
/** About what fits on one line of a wide screen. */
const MAX_VALUE_LENGTH = 120;

const FAILURE_KEY = /error|exception|fail|stderr|traceback|panic/i;
const EMPTY = new Set(["", "null", "false", "0", "[]", "{}"]);

/** What is no JSON object is one label without a key. */
export function labelsOf(metadata: unknown): Label[] {
  const members = membersAsText(metadata);
  if (members === undefined) {
    const text = textOf(metadata);
    return text === "" ? [] : [textLabel(text)];
  }
  const labels = members.map(([key, value]) => keyLabel(key, value));
  const failures = labels.filter((label) => label.failed).slice(0, MAX_LABELS);
  const others = labels.filter((label) => !label.failed);
  const shown = others.slice(0, MAX_LABELS - failures.length);
  const left = labels.length - shown.length - failures.length;
  return [...shown, ...(left > 0 ? [textLabel(`+${left}`)] : []), ...failures];
}

/** Only an object has keys to show. Undefined for everything else. */
function membersAsText(metadata: unknown): (readonly [string, string])[] | undefined {
  if (typeof metadata === "string") {
    const members = membersOf(metadata);
    // A number keeps the digits that it was written with: JavaScript would round 12345678901234567890.
    return (
      members &&
      [...members].map(([key, json]) => [key, json.startsWith('"') ? String(JSON.parse(json)) : json])
    );
  }
  if (!isRecord(metadata)) return undefined;
  return Object.entries(metadata).map(([key, value]) => [key, value === null ? "null" : textOf(value)]);
}

export function keyLabel(key: string, value: string): Label {
  return {
    key: shorten(key, MAX_VALUE_LENGTH),
    value: shorten(value, MAX_VALUE_LENGTH),
    failed: FAILURE_KEY.test(key) && !EMPTY.has(value),
  };
}

function textLabel(text: string): Label {
  return { key: undefined, value: shorten(text, MAX_VALUE_LENGTH), failed: false };
}
