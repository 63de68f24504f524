/** Who is active: how often, and when last. */
import type { Counts } from "../statistics/counts.ts";
import type { LiveRow } from "../statistics/live-rows.ts";
import type { Span } from "../statistics/span.ts";

export interface Actor {
  readonly name: string;
  readonly count: number;
  /** In ms since 1970. */
  readonly lastMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The server names so many actors at most, and rows that come may bring others: no list gets longer than this. */
const MAX_ACTORS = 100;

/**
 * The most frequent first, in the order of the server: names that change their places with every row can't be clicked.
 * @param live rows that came after the counts
 */
export function actorsOf(counts: Counts, live: readonly LiveRow[], span: Span): Actor[] {
  const actors = new Map<string, Actor>();
  for (const { value, count, lastMs } of counts.actors) actors.set(value, { name: value, count, lastMs });
  for (const { actor: name, ms } of live) {
    if (name === "" || (span.toMs !== undefined && ms >= span.toMs)) continue;
    const known = actors.get(name);
    if (known === undefined && actors.size >= MAX_ACTORS) continue;
    const lastMs = Math.max(known?.lastMs ?? ms, ms);
    actors.set(name, { name, count: (known?.count ?? 0) + 1, lastMs });
  }
  return [...actors.values()];
}

/** As in `quiet for 12 min`. Whoever did something in the last minute is active. */
export function quietWords(lastMs: number, nowMs: number): string {
  const ms = nowMs - lastMs;
  if (ms < MINUTE_MS) return "active";
  if (ms < HOUR_MS) return `quiet for ${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < DAY_MS) return `quiet for ${Math.floor(ms / HOUR_MS)} h`;
  return `quiet for ${Math.floor(ms / DAY_MS)} d`;
}
