/** What the views show. The feed writes it; nothing else does. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";

import type { ColumnRoles, Status } from "../events.ts";
import type { LogEvent } from "./event.ts";

export type Connection =
  /** Until the first outcome. */
  | { readonly kind: "connecting" }
  | { readonly kind: "connected" }
  /** `retryAt` in milliseconds since the epoch; undefined in a browser without EventSource. */
  | { readonly kind: "polling"; readonly retryAt: number | undefined };

export interface Problem {
  readonly text: string;
  readonly advice: string | undefined;
}

/** Something that happened, told once. */
export interface Notice {
  readonly text: string;
  /** A receipt leaves by itself; what needs attention stays until it is dismissed. */
  readonly kind: "receipt" | "warning";
}

export interface State {
  readonly status: Signal<Status | undefined>;
  /** As they were when the rows were loaded. */
  readonly roles: Signal<ColumnRoles>;
  /** The newest, newest first. Undefined until they were loaded once. */
  readonly events: Signal<readonly LogEvent[] | undefined>;
  /** Ids of the rows that should be seen to arrive. */
  readonly arriving: Signal<ReadonlySet<bigint>>;
  /** How many events came since the page was opened, shown or not. */
  readonly received: Signal<number>;
  readonly connection: Signal<Connection>;
  readonly notice: Signal<Notice | undefined>;
  /** What the page's own requests met with. */
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
  return {
    status,
    roles: signal({ id: "id" }),
    events: signal(undefined),
    arriving: signal(new Set<bigint>()),
    received: signal(0),
    connection: signal({ kind: "connecting" }),
    notice: signal(undefined),
    failure,
    isReachable,
    problem: computed(() => {
      if (!isReachable.value) return UNREACHABLE;
      const { problem, advice } = status.value ?? {};
      return typeof problem === "string" ? { text: problem, advice: advice ?? undefined } : failure.value;
    }),
    today: signal(new Date().toDateString()),
  };
}
