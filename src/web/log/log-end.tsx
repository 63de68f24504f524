import type { State } from "../state.ts";
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
        <button type="button" onClick={() => void log.loadOlder()}>
          Try again
        </button>
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
      <button
        type="button"
        id="older"
        disabled={isLoading.value}
        onClick={() => {
          log.hold("scroll");
          void log.loadOlder();
        }}
      >
        {isLoading.value ? "Loading …" : "Older events"}
      </button>
    </p>
  );
}
