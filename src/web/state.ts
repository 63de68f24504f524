/**
 * What the views show. The feed writes it, except for what the reader chooses: how times are written, which event is
 * open, and what
 * stands in the search box.
 */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";

import type { Status } from "../events.ts";
import type { Mistake } from "./asked.ts";
import { type Choices, createChoices } from "./detail/choices.ts";
import { CLOSED, type Opened } from "./detail/opened.ts";
import type { LogEvent } from "./event/event.ts";
import { FIRST_READING, type Reading } from "./event/reading.ts";
import { Arrivals } from "./feed/arrivals.ts";
import { type ConnectionState, OPENING } from "./feed/connection.ts";
import type { Behind } from "./lag.ts";
import { createLogState, type LogState } from "./log/log-state.ts";
import { rememberedTimeMode, type TimeMode } from "./settings/time-mode.ts";
import { type Clock, createClock, currentMoment, dayIn, type Moment } from "./time/clock.ts";
import { nowSignal } from "./time/tick.ts";

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

/** A search is further than this by the time that it is known. */
export interface SearchedTo {
  readonly id: bigint;
  /** In ms since 1970. */
  readonly ms: number;
}

export interface State {
  readonly status: Signal<Status | undefined>;
  /** How the columns of the rows are read that are shown. */
  readonly reading: Signal<Reading>;
  /** The newest rows, newest first. Undefined until they were loaded once. */
  readonly newest: Signal<readonly LogEvent[] | undefined>;
  /** Whether they mean nothing any longer: those of another question or another log are not there yet. */
  readonly isStale: Signal<boolean>;
  /** Whether the last of them is the first of the log, or the first that answers the question. */
  readonly isFromFirst: Signal<boolean>;
  /** The rows that are shown, newest first: the newest, or those that the reader holds. */
  readonly events: ReadonlySignal<readonly LogEvent[] | undefined>;
  readonly log: LogState;
  /** Ids of the rows that should be seen to arrive. */
  readonly arriving: Signal<ReadonlySet<bigint>>;
  /** Whether rows come quicker than anybody reads them. */
  readonly isQuick: Signal<boolean>;
  /** Every row that comes, while it comes. */
  readonly arrivals: Arrivals;
  /** How many events came since the page was opened, shown or not. */
  readonly received: Signal<number>;
  /** How often the newest rows were loaded without all of those between. */
  readonly leaps: Signal<number>;
  /** How many rows came while nobody saw the tab. */
  readonly unseen: Signal<number>;
  readonly connection: Signal<ConnectionState>;
  /** Undefined where the page is level with the log, as far as it has heard. */
  readonly behind: Signal<Behind | undefined>;
  /** How often the stream has told that something of the file has changed. */
  readonly changes: Signal<number>;
  /** Whether somebody wants to hear it. */
  readonly asksForChanges: Signal<boolean>;
  readonly notice: Signal<Notice | undefined>;
  /** What went wrong with the page's own requests. */
  readonly failure: Signal<Problem | undefined>;
  readonly isReachable: Signal<boolean>;
  /** The server wants a token, and does not take the cookie of this browser, or takes it no longer. */
  readonly isSignedOut: Signal<boolean>;
  /** What is wrong, in the words of whoever knows best. */
  readonly problem: ReadonlySignal<Problem | undefined>;
  /** The event that is open beside the list. */
  readonly opened: Signal<Opened>;
  /** What the reader has opened and folded in it; see `Choices`. */
  readonly choices: Choices;
  /** Now and here, looked at once in a while. */
  readonly moment: Signal<Moment>;
  /** The same instant, going on once a second while somebody reads it. */
  readonly now: ReadonlySignal<number>;
  readonly timeMode: Signal<TimeMode>;
  /** What is asked; "" asks for every row. */
  readonly question: Signal<string>;
  /** What stands in the search box. */
  readonly searchText: Signal<string>;
  /** Why it can't be asked. */
  readonly mistake: Signal<Mistake | undefined>;
  /** A search that has not found a full table so far. */
  readonly search: Signal<Search | undefined>;
  /** A row that it has come to, and its time; undefined where that is not known. */
  readonly searchedTo: Signal<SearchedTo | undefined>;
  /** Another one for another way to write times, and for another day, because rows say when they are not of today. */
  readonly clock: ReadonlySignal<Clock>;
}

const UNREACHABLE: Problem = {
  text: "The server can’t be reached.",
  advice: "Is it still running? The page connects by itself as soon as it answers, and nothing is missed.",
};

const SIGNED_OUT: Problem = {
  text: "This page is signed out.",
  advice:
    "Sign in again with the token of the server. The page then goes on where it was, and nothing is missed.",
};

/** @param question what is asked from the beginning */
export function createState(question = ""): State {
  const status = signal<Status | undefined>(undefined);
  const failure = signal<Problem | undefined>(undefined);
  const isReachable = signal(true);
  const isSignedOut = signal(false);
  const connection = signal<ConnectionState>(OPENING.state);
  const reading = signal(FIRST_READING);
  const newest = signal<readonly LogEvent[] | undefined>(undefined);
  const received = signal(0);
  const leaps = signal(0);
  const log = createLogState({ received, leaps, newest, reading, status });
  const moment = signal(currentMoment());
  const now = nowSignal();
  const timeMode = rememberedTimeMode();
  const zone = computed(() => (timeMode.value === "utc" ? "UTC" : moment.value.zone));
  const today = computed(() => dayIn(zone.value, moment.value.ms));
  return {
    status,
    reading,
    newest,
    isStale: signal(false),
    isFromFirst: signal(false),
    events: log.events,
    log,
    arriving: signal(new Set<bigint>()),
    isQuick: signal(false),
    received,
    leaps,
    arrivals: new Arrivals(),
    unseen: signal(0),
    connection,
    behind: signal(undefined),
    changes: signal(0),
    asksForChanges: signal(false),
    notice: signal(undefined),
    failure,
    isReachable,
    isSignedOut,
    problem: computed(() => {
      // Never beside "Connected": who hears the stream reaches the server.
      if (!isReachable.value && connection.value.name !== "live") return UNREACHABLE;
      if (isSignedOut.value) return SIGNED_OUT;
      const { problem, advice } = status.value ?? {};
      return typeof problem === "string" ? { text: problem, advice: advice ?? undefined } : failure.value;
    }),
    opened: signal(CLOSED),
    choices: createChoices(),
    moment,
    now,
    timeMode,
    question: signal(question),
    searchText: signal(question),
    mistake: signal(undefined),
    search: signal(undefined),
    searchedTo: signal(undefined),
    clock: computed(() => {
      const clock = createClock(zone.value, today.value);
      return timeMode.value === "relative" ? { ...clock, now } : clock;
    }),
  };
}
