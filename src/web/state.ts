/** What the views show. Only the feed writes it. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";

import type { ColumnRoles, Status } from "../events.ts";
import { type ConnectionState, OPENING } from "./connection.ts";
import type { LogEvent } from "./event.ts";

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

export interface State {
  readonly status: Signal<Status | undefined>;
  /** Of the columns of the rows that are shown. */
  readonly roles: Signal<ColumnRoles>;
  /** The newest, newest first. Undefined until they were loaded once. */
  readonly events: Signal<readonly LogEvent[] | undefined>;
  /** Ids of the rows that should be seen to arrive. */
  readonly arriving: Signal<ReadonlySet<bigint>>;
  /** How many events came since the page was opened, shown or not. */
  readonly received: Signal<number>;
  readonly connection: Signal<ConnectionState>;
  readonly notice: Signal<Notice | undefined>;
  /** What went wrong with the page's own requests. */
  readonly failure: Signal<Problem | undefined>;
  readonly isReachable: Signal<boolean>;
  /** What is wrong, in the words of whoever knows best. */
  readonly problem: ReadonlySignal<Problem | undefined>;
  /** The local day, so that rows can say when they are not of today. */
  readonly today: Signal<string>;
}

const UNREACHABLE: Problem = {
  text: "The server can’t be reached.",
  advice: "Is it still running? The page connects by itself as soon as it answers, and nothing is missed.",
};

export function createState(): State {
  const status = signal<Status | undefined>(undefined);
  const failure = signal<Problem | undefined>(undefined);
  const isReachable = signal(true);
  const connection = signal<ConnectionState>(OPENING.state);
  return {
    status,
    roles: signal({ id: "id" }),
    events: signal(undefined),
    arriving: signal(new Set<bigint>()),
    received: signal(0),
    connection,
    notice: signal(undefined),
    failure,
    isReachable,
    problem: computed(() => {
      // Never beside "Connected": who hears the stream reaches the server.
      if (!isReachable.value && connection.value.name !== "live") return UNREACHABLE;
      const { problem, advice } = status.value ?? {};
      return typeof problem === "string" ? { text: problem, advice: advice ?? undefined } : failure.value;
    }),
    today: signal(new Date().toDateString()),
  };
}
