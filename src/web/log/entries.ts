/** The lines of the table: events, of which the same in a row are folded into one, and the divider between them. */
import type { LogEvent } from "../event/event.ts";
import type { Reading } from "../event/reading.ts";
import { textOf } from "../text/text.ts";

export type Entry =
  | {
      readonly kind: "event";
      readonly event: LogEvent;
      /** How many the same there are in a row, where this is the newest of them; 1 otherwise. */
      readonly repeats: number;
      /** The oldest of them, by which the fold is known while it grows. */
      readonly foldId: bigint;
      /** Not shown: a newer one stands for it. */
      readonly isFolded: boolean;
    }
  /** Above it is what came since the reader last looked. */
  | { readonly kind: "divider" };

/** What a line is known by while it is in the page: the id of its event, or the name of what it is. */
export type LineKey = bigint | string;

interface Options {
  readonly reading: Reading;
  /** False where the reader wants a line for every event. */
  readonly folds: boolean;
  /** The folds that the reader has opened, by any of their events. */
  readonly unfolded: ReadonlySet<bigint>;
  /** The newest event that the reader has seen; undefined where there is nothing to divide. */
  readonly lookedAt: bigint | undefined;
}

/** Two rows take no more room than a fold of them. */
const MIN_FOLD = 3;

/** @param events newest first */
export function entriesOf(events: readonly LogEvent[], options: Options): Entry[] {
  const { lookedAt } = options;
  const newCount = lookedAt === undefined ? 0 : events.findIndex(({ id }) => id <= lookedAt);
  if (newCount <= 0) return foldedEntries(events, options);
  return [
    ...foldedEntries(events.slice(0, newCount), options),
    { kind: "divider" },
    ...foldedEntries(events.slice(newCount), options),
  ];
}

export function keyOf(entry: Entry): LineKey {
  return entry.kind === "divider" ? "divider" : entry.event.id;
}

/** A line that takes room in the table: it is not folded away. */
export function isSeen(line: Entry): boolean {
  return line.kind === "divider" || !line.isFolded;
}

/** The events that have a row of their own, newest first. */
export function shownEvents(entries: readonly Entry[]): LogEvent[] {
  return entries.flatMap((entry) => (entry.kind === "event" && !entry.isFolded ? [entry.event] : []));
}

/** The row that stands for an event: its own, or that of its fold. @returns undefined where it is not in the list */
export function shownFor(entries: readonly Entry[], id: bigint): bigint | undefined {
  let shown: bigint | undefined;
  for (const entry of entries) {
    if (entry.kind === "divider") continue;
    if (!entry.isFolded) shown = entry.event.id;
    if (entry.event.id === id) return shown;
  }
  return undefined;
}

/** The ids of the events that are folded into one with this event. */
export function foldOf(entries: readonly Entry[], id: bigint): bigint[] {
  const events = entries.filter((entry) => entry.kind === "event");
  const foldId = events.find(({ event }) => event.id === id)?.foldId;
  return events.filter((each) => each.foldId === foldId).map(({ event }) => event.id);
}

function foldedEntries(events: readonly LogEvent[], { reading, folds, unfolded }: Options): Entry[] {
  const entries: Entry[] = [];
  for (let from = 0; from < events.length;) {
    const same = folds ? runFrom(events, from, reading) : [];
    const run = same.length < MIN_FOLD ? events.slice(from, from + 1) : same;
    const isOpen = run.some(({ id }) => unfolded.has(id));
    const foldId = run.at(-1)?.id ?? 0n;
    for (const [at, event] of run.entries()) {
      entries.push({
        kind: "event",
        event,
        repeats: at === 0 ? run.length : 1,
        foldId,
        isFolded: at > 0 && !isOpen,
      });
    }
    from += run.length;
  }
  return entries;
}

/** The event at this place, and those after it that say the same. */
function runFrom(events: readonly LogEvent[], from: number, reading: Reading): readonly LogEvent[] {
  const first = events[from];
  const said = first === undefined ? "" : whatItSays(first, reading);
  if (said === "") return events.slice(from, from + 1);
  let to = from + 1;
  for (let next = events[to]; next !== undefined && whatItSays(next, reading) === said; next = events[to])
    to++;
  return events.slice(from, to);
}

interface Said {
  readonly roles: Reading["roles"];
  readonly text: string;
}

/** An event never changes, and what it says is compared for each row that comes above it. */
const saidBy = new WeakMap<LogEvent, Said>();

/** "" where it says nothing. */
function whatItSays(event: LogEvent, { roles }: Reading): string {
  const known = saidBy.get(event);
  if (known?.roles === roles) return known.text;
  const texts = [roles.type, roles.actor, roles.summary].map((column) =>
    column === undefined ? "" : textOf(event.json[column]),
  );
  const text = texts.every((each) => each === "") ? "" : JSON.stringify(texts);
  saidBy.set(event, { roles, text });
  return text;
}
