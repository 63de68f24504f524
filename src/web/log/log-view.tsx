import type { State } from "../state.ts";
import type { RowActions } from "./event-row.tsx";
import { EventTable } from "./event-table.tsx";
import { LogBar } from "./log-bar.tsx";
import { LogEnd } from "./log-end.tsx";
import type { Log } from "./log.ts";
import { ValueFilter } from "./value-filter.tsx";

interface Props {
  readonly state: State;
  readonly log: Log;
  /** The event that is open beside the list. */
  readonly openId: bigint | undefined;
  readonly onOpen: RowActions["onOpen"];
  readonly onAsk: (question: string) => void;
}

/** The rows of the log with what the reader can do to them. */
export function LogView({ state, log, openId, onOpen, onAsk }: Props) {
  return (
    <section class="log-view" aria-label="The log" aria-busy={state.isStale.value}>
      <LogBar state={state} log={log} />
      <ValueFilter question={state.question} reading={state.reading} log={log} onAsk={onAsk}>
        <EventTable state={state} log={log} openId={openId} onOpen={onOpen} />
      </ValueFilter>
      <LogEnd state={state} log={log} />
    </section>
  );
}
