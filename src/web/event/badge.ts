/** How the badge of an event type looks. Its name may say what happened; otherwise the type gets a hue of its own. */

export type Tone = "failed" | "done" | "waiting" | "active";

export type Badge =
  | { readonly tone: Tone; readonly hue?: never }
  /** Degrees in OKLCH. */
  | { readonly tone?: never; readonly hue: number };

const WORDS: readonly (readonly [Tone, string])[] = [
  [
    "failed",
    "fail failed failure fails error errors errored crash crashed exception timeout timedout aborted abort " +
      "rejected denied killed dead fatal critical lost panic",
  ],
  [
    "done",
    "done complete completed completes success succeeded successful finished finish ok passed resolved merged",
  ],
  [
    "waiting",
    "wait waiting queued enqueued pending blocked retry retrying retried paused scheduled deferred throttled " +
      "delayed warn warning stalled",
  ],
  [
    "active",
    "active start started starting running run claimed claim progress working processing resumed resume",
  ],
];

const TONE_OF_WORD: ReadonlyMap<string, Tone> = new Map(
  WORDS.flatMap(([tone, words]) => words.split(" ").map((word) => [word, tone])),
);

/**
 * These hues keep away from red (25), amber (75), green (150) and blue (255), which mean something. They keep
 * farthest from red, because pink badges make a healthy table look like a failing one.
 */
const HUES = [100, 112, 124, 176, 188, 200, 212, 278, 288, 298, 308, 318, 328];

/** The last word that says something decides, so that `failure_resolved` counts as done. */
export function badgeOf(type: string): Badge {
  const tone = wordsOf(type)
    .map((word) => TONE_OF_WORD.get(word))
    .findLast((each) => each !== undefined);
  return tone === undefined ? huedBadge(type) : { tone };
}

/** A hue of its own, whatever the words say. */
export function huedBadge(text: string): Badge {
  return { hue: HUES[hash(text) % HUES.length] ?? 290 };
}

/** In characters. About two thirds of the badge's column. */
const END_LENGTH = 12;

/**
 * The two parts of a type where it may be too long: the first gives way, and the end stays in sight, because that is
 * where `com.example.orders.Started` and `com.example.orders.Stopped` differ.
 */
export function splitType(type: string): readonly [start: string, end: string] {
  const characters = Array.from(type);
  if (characters.length <= END_LENGTH) return ["", type];
  return [characters.slice(0, -END_LENGTH).join(""), characters.slice(-END_LENGTH).join("")];
}

/** `task_failed`, `task.failed`, `TaskFailed` and `TASK FAILED` are the same two words. */
function wordsOf(type: string): string[] {
  return type
    .replace(/(\p{Ll}|\d)(?=\p{Lu})/gu, "$1 ")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
}

/** FNV-1a with a final mix, because the low bits decide the hue, and names that end alike should get different ones. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  state = Math.imul(state ^ (state >>> 16), 0x45d9f3b);
  return (state ^ (state >>> 16)) >>> 0;
}
