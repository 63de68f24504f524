/**
 * What the views show. The feed writes it, except for what the reader chooses: the zone, which rows are open, and what
 * stands in the search box.
 */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";

import type { Status } from "../events.ts";
import type { Mistake } from "./asked.ts";
import { type Clock, createClock, currentMoment, dayIn, type Moment } from "./clock.ts";
import { type ConnectionState, OPENING } from "./connection.ts";
import type { LogEvent } from "./event.ts";
import { readPreference } from "./preference.ts";
import { FIRST_READING, partsOf, type Reading } from "./reading.ts";

export interface Problem {
  readonly text: string;
  readonly advice: string | undefined;
}

/** Something that happened, told once. */
export interface Notice {
  readonly text: string;
  /** A receipt goes away by itself. A warning stays until it is dismissed. */
  readonly kind: "receipt" | "warning";
}

/** How far back a search has come. */
export interface Search {
  readonly scannedTo: bigint;
  readonly isRunning: boolean;
}

export interface State {
  readonly status: Signal<Status | undefined>;
  /** How the columns of the rows are read that are shown. */
  readonly reading: Signal<Reading>;
  /** The newest, newest first. Undefined until they were loaded once. */
  readonly events: Signal<readonly LogEvent[] | undefined>;
  /** Ids of the rows that should be seen to arrive. */
  readonly arriving: Signal<ReadonlySet<bigint>>;
  /** How many events came since the page was opened, shown or not. */
  readonly received: Signal<number>;
  readonly connection: Signal<ConnectionState>;
  /** How often the stream has told that something of the file has changed. */
  readonly changes: Signal<number>;
  /** Whether somebody wants to hear it. */
  readonly asksForChanges: Signal<boolean>;
  readonly notice: Signal<Notice | undefined>;
  /** What went wrong with the page's own requests. */
  readonly failure: Signal<Problem | undefined>;
  readonly isReachable: Signal<boolean>;
  /** What is wrong, in the words of whoever knows best. */
  readonly problem: ReadonlySignal<Problem | undefined>;
  /** Which parts of the table some row fills; see `partsOf`. */
  readonly parts: ReadonlySignal<string>;
  /** Ids of the rows that are open. */
  readonly open: Signal<ReadonlySet<bigint>>;
  /** Now and here, looked at once in a while. */
  readonly moment: Signal<Moment>;
  readonly showsUtc: Signal<boolean>;
  /** What is asked; "" asks for every row. */
  readonly question: Signal<string>;
  /** What stands in the search box. */
  readonly searchText: Signal<string>;
  /** Why it can't be asked. */
  readonly mistake: Signal<Mistake | undefined>;
  /** A search that has not found a full table so far. */
  readonly search: Signal<Search | undefined>;
  /** Another one for another zone, and for another day, because rows say when they are not of today. */
  readonly clock: ReadonlySignal<Clock>;
}

/** Whether the reader wants times in UTC: the name under which the browser remembers it. */
export const UTC_PREFERENCE = "tailboard.utc";

const UNREACHABLE: Problem = {
  text: "The server can’t be reached.",
  advice: "Is it still running? The page connects by itself as soon as it answers, and nothing is missed.",
};

/** @param question what is asked from the beginning */
export function createState(question = ""): State {
  const status = signal<Status | undefined>(undefined);
  const failure = signal<Problem | undefined>(undefined);
  const isReachable = signal(true);
  const connection = signal<ConnectionState>(OPENING.state);
  const reading = signal(FIRST_READING);
  const events = signal<readonly LogEvent[] | undefined>(undefined);
  const moment = signal(currentMoment());
  const showsUtc = signal(readPreference(UTC_PREFERENCE) === "yes");
  const zone = computed(() => (showsUtc.value ? "UTC" : moment.value.zone));
  const today = computed(() => dayIn(zone.value, moment.value.ms));
  return {
    status,
    reading,
    events,
    arriving: signal(new Set<bigint>()),
    received: signal(0),
    connection,
    changes: signal(0),
    asksForChanges: signal(false),
    notice: signal(undefined),
    failure,
    isReachable,
    problem: computed(() => {
      // Never beside "Connected": who hears the stream reaches the server.
      if (!isReachable.value && connection.value.name !== "live") return UNREACHABLE;
      const { problem, advice } = status.value ?? {};
      return typeof problem === "string" ? { text: problem, advice: advice ?? undefined } : failure.value;
    }),
    parts: computed(() => partsOf(events.value ?? [], reading.value)),
    open: signal(new Set<bigint>()),
    moment,
    showsUtc,
    question: signal(question),
    searchText: signal(question),
    mistake: signal(undefined),
    search: signal(undefined),
    clock: computed(() => createClock(zone.value, today.value)),
  };
}
