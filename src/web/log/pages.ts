/** Pages of the log, as the way back through it asks for them. */
import type { EventList } from "../../events.ts";
import { type LogEvent, readEvent } from "../event/event.ts";
import type { State } from "../state.ts";
import type { End } from "./segment.ts";

/** Of one request: about two screens. A page may hold fewer, because it has a budget in bytes too. */
export const PAGE_ROWS = 100;

export interface Page {
  /** In the order of the answer. */
  readonly events: readonly LogEvent[];
  readonly end: End;
  /** How far was looked, where the time of the search was over before there were enough rows. */
  readonly scannedTo: bigint | undefined;
}

export interface PageSource {
  /** @param query as in `limit=50&before=7`, to which the question of the page is added */
  readonly fetchEvents: (query: string) => Promise<EventList>;
  /** The name of the log that the page follows; undefined while it is not known, because the newest rows are loaded. */
  readonly logName: () => string | undefined;
  /** A page came from another log than the one that the page follows. */
  readonly onLogChanged: () => void;
}

/** @throws Unreachable, Refused; Error where the log has changed, so that its newest rows are loaded first */
export async function fetchPage(state: State, source: PageSource, query: string): Promise<Page> {
  const list = await source.fetchEvents(query);
  const name = source.logName();
  if (list.log !== name) {
    if (name !== undefined) source.onLogChanged();
    throw new Error("The log is another one now: its newest rows are being loaded.");
  }
  const idColumn = state.reading.peek().roles.id ?? "id";
  const events = list.items.map((item) => readEvent(item, idColumn));
  const from = list.next ?? list.scannedTo;
  return {
    events,
    end: from === null ? { kind: "end" } : { kind: "more", from: BigInt(from) },
    scannedTo: list.scannedTo === null ? undefined : BigInt(list.scannedTo),
  };
}
