/** Colours of a terminal: those of ECMA-48 that every terminal has, in the shades that its owner chose. */

export const DIM = "2";
const RED = "31";
const YELLOW = "33";
/** For types that say nothing of good or bad. */
const OTHERS = ["32", "34", "35", "36"] as const;

/** The same colour for the same type each time; what went wrong is red. */
export function colourOf(type: string): string {
  if (/fail|error|fatal|crit|crash|panic|denied|reject/i.test(type)) return RED;
  if (/warn|retr|timeout|cancel|abort|stale/i.test(type)) return YELLOW;
  let hash = 0;
  for (const character of type) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return OTHERS[hash % OTHERS.length] ?? OTHERS[0];
}

/** @param colour undefined for none */
export function painted(text: string, colour: string | undefined): string {
  return colour === undefined || text === "" ? text : `\u001b[${colour}m${text}\u001b[0m`;
}
