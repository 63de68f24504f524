import type { ComponentChildren } from "preact";

import type { Status } from "../../events.ts";
import type { State } from "../state.ts";
import { ConnectionStatus, kindOf } from "./connection-status.tsx";
import { ZoneSwitch } from "./zone-switch.tsx";

interface Props {
  readonly state: State;
  readonly onRetry: () => void;
  /** What stands beside the switch of the times. */
  readonly children?: ComponentChildren;
}

export function Header({ state, onRetry, children }: Props) {
  const status = state.status.value;
  return (
    <header class={kindOf(state.connection.value) === "polling" ? "bar without-stream" : "bar"}>
      <h1 class="brand">
        <Mark />
        Tailboard
      </h1>
      {status !== undefined && <Source status={status} />}
      <div class="bar-end">
        {status !== undefined && (
          <p class="rate" title="Events per second, as the server counts them">
            <span class="number">{formatRate(status.eventsPerSecond)}</span> events/s
          </p>
        )}
        <ZoneSwitch mode={state.timeMode} zone={state.moment.value.zone} />
        {children}
        <ConnectionStatus
          connection={state.connection.value}
          isSignedOut={state.isSignedOut.value}
          onRetry={onRetry}
        />
      </div>
    </header>
  );
}

function Source({ status }: { readonly status: Status }) {
  const { path } = status.database;
  return (
    <p class="source" title={path}>
      <span class="visually-hidden">Database </span>
      <span class="file">{path.split(/[/\\]/).at(-1)}</span>
      {status.table !== "events" && <span class="table-name"> · {status.table}</span>}
    </p>
  );
}

/** Only a rate below ten gets a digit after the point: with a larger one that digit only flickers. */
function formatRate(eventsPerSecond: number): string {
  const digits = eventsPerSecond > 0 && eventsPerSecond < 10 ? 1 : 0;
  return eventsPerSecond.toLocaleString(undefined, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect class="mark-board" x="2" y="3" width="28" height="26" rx="7" />
      <path class="mark-new" d="M9 11h14" />
      <path class="mark-row" d="M9 16.5h10M9 22h6" />
    </svg>
  );
}
