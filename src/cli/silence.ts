/**
 * Whether there was silence, asked once more when the time is over: that nothing came may also mean that nothing could
 * be read.
 */
import { type EventId, MIN_EVENT_ID } from "../events.ts";
import type { AskedQuestion } from "../reader-options.ts";
import { parseId } from "../rows/event-id.ts";
import { type EventPage, type LogSource, SourceError } from "./log-source.ts";

/**
 * How long the last read may take, with all that is tried for it: a second more than a file is waited for that a
 * writer holds, so that it can be told. In ms.
 */
export const SILENCE_GRACE_MS = 6000;
/** Between two tries. In ms. */
const PAUSE_MS = 250;
/** What a server gives at a time. */
const PAGE_ROWS = 500;

/** Where a reader is in which log. */
export interface FollowedCursor {
  readonly id: EventId;
  readonly log: string;
}

/** What is to be known of who listened for events. */
export interface Listening {
  readonly where: AskedQuestion;
  /** All that matches up to here has come. Undefined until the log is followed. */
  readonly cursor: () => FollowedCursor | undefined;
  /** So many events more break the silence. */
  readonly left: () => number;
}

export type Silence =
  | { readonly kind: "silent" }
  /** There are events that have not come yet. */
  | { readonly kind: "broken" }
  | { readonly kind: "unknown"; readonly reason: string };

/** Asks until there is an answer, or the grace is over. */
export async function askForSilence(source: LogSource, listening: Listening): Promise<Silence> {
  const deadlineMs = performance.now() + SILENCE_GRACE_MS;
  const isOver = (): boolean => performance.now() >= deadlineMs;
  const grace = Bun.sleep(SILENCE_GRACE_MS);
  let reason = `${source.name} does not answer.`;
  while (!isOver()) {
    const answer = await Promise.race([ask(source, listening), grace]);
    if (answer === undefined) break;
    if (answer.kind !== "unknown") return answer;
    reason = answer.reason;
    await Bun.sleep(PAUSE_MS);
  }
  return { kind: "unknown", reason };
}

async function ask(source: LogSource, listening: Listening): Promise<Silence> {
  try {
    return await askOnce(source, listening);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { kind: "unknown", reason: error.message };
  }
}

/** @throws SourceError */
async function askOnce(source: LogSource, { where, cursor, left }: Listening): Promise<Silence> {
  const from = cursor();
  if (from === undefined) {
    // Where the log can't be read, the error says why.
    await source.page({ where: { text: "", tree: { terms: [] } }, rows: 1 });
    return { kind: "unknown", reason: `${source.name} was not followed yet.` };
  }
  // With the row before them: where none is newer, nothing would have to be read.
  let after = from.id === MIN_EVENT_ID ? from.id : from.id - 1n;
  let found = 0;
  for (;;) {
    const page = await source.page({ where, after, rows: Math.min(left() + 1, PAGE_ROWS) });
    if (page.log !== from.log) return { kind: "unknown", reason: `${source.name} is another log by now.` };
    found += newerThan(from.id, page);
    if (found >= left()) return { kind: "broken" };
    if (page.next === undefined) return { kind: "silent" };
    after = page.next;
  }
}

function newerThan(id: EventId, { items }: EventPage): number {
  return items.filter((item) => (parseId(String(item["id"])) ?? id) > id).length;
}
