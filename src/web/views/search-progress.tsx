import type { State } from "../state.ts";
import type { TimeReading } from "../time/clock.ts";
import { TABLE } from "./heir.ts";
import { LeavingButton } from "./leaving-button.tsx";

interface Props {
  readonly state: State;
  readonly onSearchOn: () => void;
  readonly onStop: () => void;
}

/** How far back a search has come that did not find enough yet. */
export function SearchProgress({ state, onSearchOn, onStop }: Props) {
  const search = state.search.value;
  if (search === undefined) return null;
  // The time comes later than the place, and belongs to the place that it was asked for.
  const known = state.searchedTo.value;
  return (
    <p id="search-progress" class="search-progress" role="status">
      <span>
        Searched back to event {String(known?.id ?? search.scannedTo)}
        {known !== undefined && <Time read={state.clock.value.read(known.ms)} />}
        {search.isRunning ? " …" : "."}
      </span>
      <LeavingButton heirs={TABLE} onClick={search.isRunning ? onStop : onSearchOn}>
        {search.isRunning ? "Stop" : "Search on"}
      </LeavingButton>
    </p>
  );
}

function Time({ read: { day, clock } }: { readonly read: TimeReading }) {
  return (
    <>
      , {day !== undefined && `${day} `}
      {clock}
    </>
  );
}
