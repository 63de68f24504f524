/**
 * The events of one key, as far as they were read: those whose target it is, and those whose actor it is. The language
 * of questions has no "or" between fields, so these are two questions, and their answers are put together by id.
 */
import type { ColumnRoles } from "../../column-roles.ts";
import { type EventList, MAX_EVENT_ID, MIN_EVENT_ID } from "../../events.ts";
import { printQuestion } from "../../query/print.ts";
import { asParameter } from "../asked.ts";
import { type LogEvent, readEvent } from "../event/event.ts";

/** Rows of one request: the most that the server gives. */
const PAGE_ROWS = 500;

/** A page with more would be slow, and nobody reads so far: the search has them all. */
export const MAX_EVENTS = 2000;

/** A rare key of a large log is looked for through so many budgets of the server. Then the reader decides. */
const MAX_LOOKS = 10;

/** Requests of one catching up. A flood beyond them is read in the next round. */
const MAX_NEWER_PAGES = 10;

const PARTIES = ["target", "actor"] as const;

/** One of the two questions, and how far its answer was read. */
interface Part {
  readonly question: string;
  /** Everything from this id on was looked at, up to `newest`. Undefined before the first answer. */
  oldest: bigint | undefined;
  /** There may be more before `oldest`. */
  hasOlder: boolean;
  newest: bigint;
}

/** `other-log`: the ids mean something else now, and all has to be read anew. */
export type Outcome = "read" | "other-log";

interface Options {
  readonly key: string;
  readonly roles: ColumnRoles;
  readonly fetchEvents: (query: string) => Promise<EventList>;
}

export class StoryEvents {
  readonly #options: Options;
  readonly #parts: readonly Part[];
  readonly #byId = new Map<bigint, LogEvent>();
  #log: string | undefined;
  #first: LogEvent | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#parts = PARTIES.filter((party) => options.roles[party] !== undefined).map((party) => ({
      question: questionOf(party, options.key),
      oldest: undefined,
      hasOlder: true,
      newest: MIN_EVENT_ID,
    }));
  }

  /** Oldest first, without a gap: older events of one question wait until the other has come as far. */
  get events(): LogEvent[] {
    const from = this.#completeFrom();
    return [...this.#byId.values()]
      .filter(({ id }) => from === undefined || id >= from)
      .toSorted((one, other) => (one.id < other.id ? -1 : 1));
  }

  get hasOlder(): boolean {
    return this.#parts.some(({ hasOlder }) => hasOlder);
  }

  /** No more of them are read: the search has them. */
  get isFull(): boolean {
    return this.#byId.size >= MAX_EVENTS;
  }

  /** The oldest of all, also where those in between were not read. */
  get first(): LogEvent | undefined {
    return this.hasOlder ? this.#first : this.events[0];
  }

  /** Reads a page further back; at first the newest. @throws Unreachable, Refused */
  async loadOlder(): Promise<Outcome> {
    for (const part of this.#parts) {
      let found = 0;
      for (let look = 0; look < MAX_LOOKS && part.hasOlder && found < PAGE_ROWS; look++) {
        const before = part.oldest === undefined ? "" : `&before=${part.oldest}`;
        const list = await this.#fetch(`limit=${PAGE_ROWS - found}${before}`, part);
        if (list === undefined) return "other-log";
        // All up to `latestId` was looked at: what is newer is read after it.
        if (part.oldest === undefined) part.newest = BigInt(list.latestId);
        found += list.items.length;
        part.hasOlder = list.next !== null;
        part.oldest = list.next === null ? MIN_EVENT_ID : BigInt(list.next);
      }
    }
    return "read";
  }

  /** Reads what came since the last time. @throws Unreachable, Refused */
  async loadNewer(): Promise<Outcome> {
    for (const part of this.#parts) {
      for (let page = 0; page < MAX_NEWER_PAGES; page++) {
        const list = await this.#fetch(`limit=${PAGE_ROWS}&after=${part.newest}`, part);
        if (list === undefined || BigInt(list.latestId) < part.newest) return "other-log";
        part.newest = BigInt(list.next ?? list.latestId);
        if (list.next === null) break;
      }
    }
    this.#trim();
    return "read";
  }

  /** Finds the oldest event where not all were read. @throws Unreachable, Refused */
  async loadFirst(): Promise<Outcome> {
    const firsts: LogEvent[] = [];
    for (const part of this.#parts) {
      const list = await this.#fetch(`limit=1&after=${MIN_EVENT_ID}`, part, false);
      if (list === undefined) return "other-log";
      // A search that ran out of its budget says nothing of what is first.
      if (list.items[0] === undefined && list.next !== null) return "read";
      firsts.push(...list.items.map((item) => this.#read(item)));
    }
    this.#first = firsts.toSorted((one, other) => (one.id < other.id ? -1 : 1))[0];
    return "read";
  }

  /** @returns undefined where the answer is of another log than those before it */
  async #fetch(query: string, { question }: Part, keeps = true): Promise<EventList | undefined> {
    const list = await this.#options.fetchEvents(query + asParameter(question));
    this.#log ??= list.log;
    if (list.log !== this.#log) return undefined;
    if (keeps) {
      for (const item of list.items) {
        const event = this.#read(item);
        // The same object as before: what is drawn of it stays as it is.
        if (!this.#byId.has(event.id)) this.#byId.set(event.id, event);
      }
    }
    return list;
  }

  #read(json: unknown): LogEvent {
    return readEvent(json, this.#options.roles.id ?? "id");
  }

  #completeFrom(): bigint | undefined {
    const ends = this.#parts.flatMap(({ oldest, hasOlder }) => (hasOlder ? [oldest ?? MAX_EVENT_ID] : []));
    return ends.toSorted((one, other) => (one > other ? -1 : 1))[0];
  }

  /** A story that goes on for days lets its oldest events go. */
  #trim(): void {
    if (this.#byId.size <= MAX_EVENTS) return;
    const from = this.events.at(-MAX_EVENTS)?.id;
    if (from === undefined) return;
    this.#first ??= this.first;
    for (const id of this.#byId.keys()) if (id < from) this.#byId.delete(id);
    for (const part of this.#parts) {
      part.hasOlder = true;
      if (part.oldest !== undefined && part.oldest < from) part.oldest = from;
    }
  }
}

/** @param party the role that the key plays */
export function questionOf(party: "actor" | "target", key: string): string {
  return printQuestion({
    terms: [
      {
        kind: "field",
        isNegated: false,
        at: 0,
        field: { path: [party], isColumn: false },
        test: { kind: "any", values: [[key]] },
      },
    ],
  });
}
