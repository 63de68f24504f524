import type { State } from "../state.ts";
import { TABLE } from "../views/heir.ts";
import { LeavingButton } from "../views/leaving-button.tsx";
import type { Log } from "./log.ts";

interface Props {
  readonly state: State;
  readonly log: Log;
}

/** Under the table: how the log goes on there. */
export function LogEnd({ state, log }: Props) {
  const { segment, isLoading, failure } = state.log;
  const isAtFirst =
    segment.value === undefined ? state.isFromFirst.value : segment.value.older.kind === "end";
  if (failure.value !== undefined)
    return (
      <p id="log-end" class="log-end" role="status">
        <span>The next rows can’t be loaded: {failure.value}</span>
        <LeavingButton heirs={["#older", ...TABLE]} onClick={() => void log.loadOlder()}>
          Try again
        </LeavingButton>
      </p>
    );
  if (state.isStale.value) return <p id="log-end" class="log-end" />;
  if (isAtFirst)
    return (
      <p id="log-end" class="log-end">
        {state.question.value === "" ? "This is the first event." : "There are no older matches."}
      </p>
    );
  return (
    <p id="log-end" class="log-end">
      <LeavingButton
        heirs={TABLE}
        id="older"
        // Not disabled: it would lose the focus. A second press waits for the first.
        aria-disabled={isLoading.value}
        onClick={() => {
          log.hold("scroll");
          void log.loadOlder();
        }}
      >
        {isLoading.value ? "Loading …" : "Older events"}
      </LeavingButton>
    </p>
  );
}
