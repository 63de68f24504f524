/** What the page has of the log, up to its cursor, and how it reads what it has not. */
import { fetchEvents } from "./api.ts";
import { type LogEvent, readEvent } from "./event.ts";
import { MAX_ROWS, type Rows } from "./rows.ts";
import type { State } from "./state.ts";

/** What a poll reads at most; beyond, only the newest rows could be seen anyway. */
const POLL_LIMIT = 100;
const MAX_POLL_PAGES = 5;

/** How a poll ended: with the rows, or with why the log is not the one that the cursor is from. */
export type PollOutcome = "done" | "cursor-ahead" | "log-changed";

export class Backlog {
  readonly #state: State;
  readonly #rows: Rows;
  #cursor: bigint | undefined;
  #log: string | undefined;
  /** Counts the loads and resets: an answer that was asked for before one is out of date after it. */
  #epoch = 0;

  constructor(state: State, rows: Rows) {
    this.#state = state;
    this.#rows = rows;
  }

  /** The newest id that was recorded. Undefined until the rows were loaded. */
  get cursor(): bigint | undefined {
    return this.#cursor;
  }

  /** The identity of the log that the cursor belongs to. Undefined until the rows were loaded. */
  get log(): string | undefined {
    return this.#log;
  }

  /** @returns false when the event is there already, or too old to be shown */
  record(json: unknown, knownId?: bigint): boolean {
    const event = readEvent(json, this.#idColumn, knownId);
    if (this.#cursor === undefined || event.id > this.#cursor) this.#cursor = event.id;
    return this.#rows.add(event);
  }

  /**
   * Loads the newest rows, whatever is shown so far.
   * @returns how many came since the cursor, or undefined when there may be more of them than were loaded
   * @throws Unreachable, Refused
   */
  async loadNewest(): Promise<number | undefined> {
    const mine = ++this.#epoch;
    const list = await fetchEvents(`limit=${MAX_ROWS}`);
    if (mine !== this.#epoch) return 0;
    const since = this.#cursor;
    const events: LogEvent[] = list.items.map((item) => readEvent(item, this.#idColumn));
    // The newest row that was read, because the log may have grown between the rows and `latestId`.
    this.#cursor = events[0]?.id ?? BigInt(list.latestId);
    this.#log = list.log;
    this.#rows.load(events);
    const newer = since === undefined ? events : events.filter((event) => event.id > since);
    return newer.length < MAX_ROWS ? newer.length : undefined;
  }

  /**
   * Reads on from the cursor, so that nothing is missed.
   * @param isWanted false as soon as a stream brings the rows
   * @param onRows how many new rows came, or undefined when there may be more of them than were read
   * @throws Unreachable, Refused
   */
  async poll(isWanted: () => boolean, onRows: (count: number | undefined) => void): Promise<PollOutcome> {
    const mine = this.#epoch;
    const isCurrent = () => isWanted() && mine === this.#epoch;
    for (let page = 0; page < MAX_POLL_PAGES; page++) {
      const after = this.#cursor;
      if (after === undefined || this.#log === undefined || !isCurrent()) return "done";
      const list = await fetchEvents(`limit=${POLL_LIMIT}&after=${after}`);
      if (!isCurrent()) return "done";
      if (list.log !== this.#log) return "log-changed";
      if (BigInt(list.latestId) < after) return "cursor-ahead";
      onRows(list.items.filter((item) => this.record(item)).length);
      if (list.next === null) return "done";
    }
    onRows(await this.loadNewest());
    return "done";
  }

  /** Forgets everything: the ids mean something else from now on. */
  clear(): void {
    this.#epoch++;
    this.#cursor = this.#log = undefined;
    this.#rows.clear();
  }

  get #idColumn(): string {
    return this.#state.roles.value.id ?? "id";
  }
}
