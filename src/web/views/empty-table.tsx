import type { Status } from "../../events.ts";
import { insertExample } from "../example.ts";
import { LeavingButton } from "./leaving-button.tsx";

export function EmptyTable({ status }: { readonly status: Status | undefined }) {
  return (
    <section class="empty">
      <h2>Nothing yet</h2>
      <p>A row appears here as soon as a program commits one{status !== undefined && ". Try it"}:</p>
      {status !== undefined && (
        <pre>
          <code>
            {insertExample({ path: status.database.path, table: status.table, columns: status.columns })}
          </code>
        </pre>
      )}
    </section>
  );
}

interface NoMatchProps {
  /** The search did not come to the beginning of the log. */
  readonly isStopped: boolean;
  /** The time that was asked for is over. */
  readonly isOver: boolean;
  readonly onClear: () => void;
}

/** No row answers the question so far. */
export function NoMatch({ isStopped, isOver, onClear }: NoMatchProps) {
  return (
    <section class="empty">
      <h2>{isStopped ? "No match so far" : "No match"}</h2>
      {isStopped && <p>The search was stopped before it came to the first event.</p>}
      {isOver ? (
        <p>The time that was asked for is over.</p>
      ) : (
        <p>A row appears here as soon as one is committed that matches.</p>
      )}
      <p>
        <LeavingButton heirs={["#search"]} id="clear-search" onClick={onClear}>
          Clear the search
        </LeavingButton>
      </p>
    </section>
  );
}

/** Shown while nothing could be loaded so far. The banner above it says why. */
export function WaitingTable() {
  return (
    <section class="empty">
      <h2>Waiting for events</h2>
      <p>They appear here as soon as they can be read. There is no need to reload the page.</p>
    </section>
  );
}
