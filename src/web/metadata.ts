/** Metadata as the small labels under a summary. */

import { isRecord, shorten, textOf } from "./text.ts";

export interface Label {
  /** Undefined where the text stands alone. */
  readonly key: string | undefined;
  readonly value: string;
  /** The key tells of a failure, and its value is not an empty one. */
  readonly failed: boolean;
}

/** Further keys are counted: a row stays a row. */
const MAX_LABELS = 8;
/** About what fits on one line of a wide screen. */
const MAX_VALUE_LENGTH = 120;

const FAILURE_KEY = /error|exception|fail|stderr|traceback|panic/i;
const EMPTY = new Set(["", "null", "false", "0", "[]", "{}"]);

/** Never throws: what is no JSON object is one label without a key. */
export function labelsOf(metadata: unknown): Label[] {
  const value = typeof metadata === "string" ? parse(metadata) : metadata;
  if (!isRecord(value)) {
    const text = textOf(value);
    return text === "" ? [] : [textLabel(text)];
  }
  const labels = Object.entries(value).map(([key, each]) =>
    keyLabel(key, each === null ? "null" : textOf(each)),
  );
  const failures = labels.filter((label) => label.failed).slice(0, MAX_LABELS);
  const others = labels.filter((label) => !label.failed);
  const shown = others.slice(0, MAX_LABELS - failures.length);
  const left = labels.length - shown.length - failures.length;
  return [...shown, ...(left > 0 ? [textLabel(`+${left}`)] : []), ...failures];
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

declare global {
  interface JSON {
    /** Not in every browser yet, and not in TypeScript's library. */
    rawJSON?(text: string): object;
  }
}

/** Only an object has keys to show; any other text is shown as it is written. */
function parse(text: string): unknown {
  if (!text.trimStart().startsWith("{")) return text;
  try {
    return JSON.parse(text, exactNumber);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

/** A number keeps the digits that were written: JavaScript would round 12345678901234567890. */
function exactNumber(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || context?.source === undefined) return value;
  return JSON.rawJSON?.(context.source) ?? value;
}
