import type { Behind } from "../lag.ts";
import type { State } from "../state.ts";
import { TABLE } from "../views/heir.ts";
import { LeavingButton } from "../views/leaving-button.tsx";
import { useLater } from "../views/use-later.ts";
import { ColumnMenu } from "./column-menu.tsx";
import { JumpForm } from "./jump-form.tsx";
import type { Log } from "./log.ts";
import type { Missed } from "./missed.ts";
import { scrollToTop } from "./use-scroll.ts";
import { sightText } from "./view-text.ts";
import { isLeft } from "./view.ts";

interface Props {
  readonly state: State;
  readonly log: Log;
}

/** Above the table: whether it goes on, what came meanwhile, and where in the log the reader is. */
export function LogBar({ state, log }: Props) {
  const view = state.log.view.value;
  const missed = state.log.missed.value;
  const isHeld = isLeft(view);
  const folds = state.log.folds.value;
  return (
    <div class="log-bar">
      <button
        type="button"
        id="pause"
        aria-pressed={isHeld}
        title={isHeld ? "Show the newest rows again (Space)" : "Keep the rows where they are (Space)"}
        onClick={() => (isHeld ? backToLive(log) : log.hold("pause"))}
      >
        {isHeld ? "Resume" : "Pause"}
      </button>
      <ViewState state={state} />
      <Lagging behind={state.behind.value} />
      {isHeld && (
        <LeavingButton heirs={TABLE} id="back-to-live" onClick={() => backToLive(log)}>
          Back to live
        </LeavingButton>
      )}
      {missed.count > 0 && (
        <LeavingButton heirs={TABLE} id="new-events" onClick={() => backToLive(log)}>
          {missedText(missed)}
        </LeavingButton>
      )}
      <span class="log-bar-end">
        <JumpForm isUtc={state.timeMode.value === "utc"} log={log} />
        <button
          type="button"
          id="fold"
          aria-pressed={folds}
          title="Show the same type, actor and summary in a row as one line"
          onClick={() => log.setFolds(!folds)}
        >
          Fold repeats
        </button>
        <ColumnMenu state={state} />
      </span>
    </div>
  );
}

/** An answer comes in less than this, mostly. In ms. */
const USUAL_ANSWER_MS = 300;

function ViewState({ state }: { readonly state: State }) {
  const sight = {
    view: state.log.view.value,
    isStale: useLater(state.isStale.value, USUAL_ANSWER_MS),
    isFollowing: isFollowing(state),
  };
  return <p class="log-view-state">{sightText(sight, state.clock.value)}</p>;
}

/** The server may have a word to say and follow the log nevertheless. */
function isFollowing({ isReachable, status, connection }: State): boolean {
  const isAnswered = isReachable.value || connection.value.name === "live";
  return isAnswered && (status.value?.state ?? "tailing") === "tailing";
}

/** Rows come faster than the page gets them. */
function Lagging({ behind }: { readonly behind: Behind | undefined }) {
  if (behind === undefined) return null;
  return (
    <p
      id="behind"
      title="The log was at the second of these events when the page last asked. Ids may have gaps."
    >
      Catching up: at event {behind.at.toLocaleString()} of {behind.of.toLocaleString()}
    </p>
  );
}

/** Shows the newest rows, from the first of them on. */
export function backToLive(log: Log): void {
  log.resume();
  scrollToTop();
}

export function missedText({ count, isMore }: Missed): string {
  return `${count.toLocaleString()}${isMore ? "+" : ""} new`;
}
