/** Reads the log back and forth for a reader who has left the live rows. Carries out what `view.ts` decides. */
import { batch } from "@preact/signals";

import type { EventList } from "../../events.ts";
import { type LogEvent, readEvent } from "../event/event.ts";
import { writePreference } from "../preference.ts";
import type { State } from "../state.ts";
import { FOLD_PREFERENCE } from "./log-state.ts";
import { EMPTY_SEGMENT, type End, type Segment, segmentOf, withNewer, withOlder } from "./segment.ts";
import { type HoldReason, stepView, type ViewEvent } from "./view.ts";

/** Of one request: about two screens. A page may hold fewer, because it has a budget in bytes too. */
export const PAGE_ROWS = 100;

/** More folds than these are not kept open: the reader has left the first ones long ago. In rows. */
const MAX_UNFOLDED = 10_000;

/** What is asked for at both sides of an event. */
const HALF_PAGE_ROWS = PAGE_ROWS / 2;

/** No id is smaller: SQLite's are of 64 bits. */
const BEFORE_ALL = -(2n ** 63n);

interface Options {
  /** @param query as in `limit=50&before=7`, to which the question of the page is added */
  readonly fetchEvents: (query: string) => Promise<EventList>;
  /** The name of the log that the page follows. */
  readonly logName: () => string | undefined;
  /** A page came from another log than the one that the page follows. */
  readonly onLogChanged: () => void;
}

export interface Log {
  /** Keeps the rows that are shown where they are. */
  readonly hold: (why: HoldReason) => void;
  /** Shows the newest rows, and those that come. */
  readonly resume: () => void;
  /** What somebody did to the view; see `ViewEvent`. */
  readonly happen: (event: Exclude<ViewEvent, "top-reached">) => void;
  /** The rows after this id mean nothing any longer; all of them where it is undefined. */
  readonly invalidate: (after: bigint | undefined) => void;
  /** The reader has come to the top: the view is live again, or the rows between are loaded first. */
  readonly reachTop: () => void;
  readonly loadOlder: () => Promise<void>;
  /** Goes on with a search that was stopped. */
  readonly searchOn: () => void;
  readonly loadNewer: () => Promise<void>;
  /** @param atMs in ms since 1970 */
  readonly jumpTo: (atMs: number) => Promise<void>;
  /** Brings an event into sight, among its neighbours. */
  readonly showAround: (id: bigint) => Promise<void>;
  /** The beginning of the log. */
  readonly showOldest: () => Promise<void>;
  readonly setFolds: (folds: boolean) => void;
  /** Opens a fold or closes it, by the ids of its rows. */
  readonly toggleFold: (ids: readonly bigint[]) => void;
}

export function createLog(state: State, options: Options): Log {
  const { log } = state;
  /** Counts what the reader does: an answer to what was asked before is out of date. */
  let epoch = 0;
  /** The read that is under way. */
  let current: Promise<void> | undefined;

  function happen(event: ViewEvent): void {
    const before = log.view.peek();
    const view = stepView(before, event, Date.now());
    if (view === before) return;
    batch(() => {
      log.view.value = view;
      if (view.name === "live") showLive();
      else if (before.name === "live") keepRows();
    });
  }

  function showLive(): void {
    epoch++;
    log.segment.value = undefined;
    log.selected.value = undefined;
    log.failure.value = undefined;
    forgetRead();
  }

  function keepRows(): void {
    epoch++;
    forgetRead();
    const events = state.newest.peek() ?? [];
    log.heldAt.value = {
      count: state.received.peek(),
      leaps: state.leaps.peek(),
      newestId: events[0]?.id,
    };
    log.segment.value = segmentOf(events, state.isFromFirst.peek());
  }

  function invalidate(after: bigint | undefined): void {
    const top = log.segment.peek()?.events[0]?.id;
    if (after === undefined || top === undefined || top > after) happen("reset");
  }

  function reachTop(): void {
    if (joinsNewest()) happen("top-reached");
    else void loadNewer();
  }

  /** The newest rows follow on those that are held, so that none is left out on the way to them. */
  function joinsNewest(): boolean {
    const newest = state.newest.peek() ?? [];
    const top = log.segment.peek()?.events[0]?.id;
    return newest.length === 0 || top === undefined || newest.some(({ id }) => id <= top);
  }

  async function loadOlder(): Promise<void> {
    const { older } = log.segment.peek() ?? EMPTY_SEGMENT;
    if (older.kind === "end") return;
    await read(async (isCurrent) => {
      let { from } = older;
      for (;;) {
        const { events, end, scannedTo } = await fetchPage(`limit=${PAGE_ROWS}&before=${from}`);
        const segment = log.segment.peek();
        if (!isCurrent() || segment === undefined) return;
        log.segment.value = withOlder(segment, events, end);
        if (scannedTo === undefined || events.length > 0) {
          state.search.value = undefined;
          return;
        }
        // A search that takes long says how far it has come, and can be stopped.
        const isStopped = state.search.peek()?.isRunning === false;
        state.search.value = { scannedTo, isRunning: !isStopped };
        if (isStopped) return;
        from = scannedTo;
      }
    });
  }

  async function loadNewer(): Promise<void> {
    const { newer, events: held } = log.segment.peek() ?? EMPTY_SEGMENT;
    const from = newer.kind === "more" ? newer.from : held[0]?.id;
    const last = lastOfPause();
    if (from === undefined || (last !== undefined && from >= last)) return;
    await read(async (isCurrent) => {
      const { events, end } = await fetchPage(`limit=${PAGE_ROWS}&after=${from}`);
      const segment = log.segment.peek();
      if (!isCurrent() || segment === undefined) return;
      const wanted = last === undefined ? events : events.filter(({ id }) => id <= last);
      const newest: End =
        last !== undefined && wanted.length < events.length ? { kind: "more", from: last } : end;
      log.segment.value = withNewer(segment, wanted.toReversed(), newest);
    });
  }

  /** The newest row that a pause shows, however far the reader goes back meanwhile; undefined where there is no pause. */
  function lastOfPause(): bigint | undefined {
    const view = log.view.peek();
    return view.name === "held" && view.why === "pause" ? log.heldAt.peek().newestId : undefined;
  }

  async function jumpTo(atMs: number): Promise<void> {
    const at = encodeURIComponent(new Date(atMs).toISOString());
    await jump(async () => {
      const { events, end } = await fetchPage(`limit=${PAGE_ROWS}&at=${at}`);
      const middle = events[Math.min(Math.floor(events.length / 2), HALF_PAGE_ROWS - 1)];
      return { segment: { ...segmentOf(events, false), older: end }, target: middle?.id };
    });
  }

  async function showAround(id: bigint): Promise<void> {
    if (state.events.peek()?.some((event) => event.id === id) === true) {
      hold("row");
      log.target.value = { id };
      return;
    }
    await jump(async () => {
      const [older, newer] = await Promise.all([
        fetchPage(`limit=${HALF_PAGE_ROWS}&before=${id + 1n}`),
        fetchPage(`limit=${HALF_PAGE_ROWS}&after=${id}`),
      ]);
      const segment = withOlder(
        { events: newer.events.toReversed(), newer: newer.end, older: { kind: "more", from: id + 1n } },
        older.events,
        older.end,
      );
      return { segment, target: id };
    });
  }

  async function showOldest(): Promise<void> {
    await jump(async () => {
      const { events, end } = await fetchPage(`limit=${PAGE_ROWS}&after=${BEFORE_ALL}`);
      return {
        segment: { events: events.toReversed(), newer: end, older: { kind: "end" } },
        target: events[0]?.id,
      };
    });
  }

  /** Leaves the rows that are shown as they are until the others are there. */
  async function jump(load: () => Promise<{ segment: Segment; target: bigint | undefined }>): Promise<void> {
    hold("jump");
    epoch++;
    forgetRead();
    await read(async (isCurrent) => {
      const { segment, target } = await load();
      if (!isCurrent()) return;
      batch(() => {
        log.segment.value = segment;
        log.target.value = target === undefined ? undefined : { id: target };
      });
    });
  }

  /** One read at a time: whoever scrolls asks many times in a second, and waits for the one that is under way. */
  function read(load: (isCurrent: () => boolean) => Promise<void>): Promise<void> {
    current ??= readOnce(load, epoch);
    return current;
  }

  async function readOnce(load: (isCurrent: () => boolean) => Promise<void>, asked: number): Promise<void> {
    const isCurrent = (): boolean => epoch === asked;
    log.isLoading.value = true;
    try {
      await load(isCurrent);
      if (isCurrent()) log.failure.value = undefined;
    } catch (error) {
      if (isCurrent()) log.failure.value = error instanceof Error ? error.message : String(error);
    } finally {
      if (isCurrent()) forgetRead();
    }
  }

  /** What is under way is out of date, or has ended. */
  function forgetRead(): void {
    current = undefined;
    log.isLoading.value = false;
  }

  async function fetchPage(query: string): Promise<Page> {
    const list = await options.fetchEvents(query);
    if (list.log !== options.logName()) {
      options.onLogChanged();
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

  function hold(why: HoldReason): void {
    happen({ name: "hold", why });
  }

  return {
    hold,
    resume: () => happen("resume"),
    happen,
    invalidate,
    reachTop,
    loadOlder,
    searchOn: () => {
      state.search.value = undefined;
      void loadOlder();
    },
    loadNewer,
    jumpTo,
    showAround,
    showOldest,
    setFolds: (folds) => {
      log.folds.value = folds;
      writePreference(FOLD_PREFERENCE, folds ? "yes" : "no");
    },
    toggleFold: (ids) => {
      log.unfolded.value = toggledFold(log.unfolded.peek(), ids);
    },
  };
}

interface Page {
  /** In the order of the answer. */
  readonly events: readonly LogEvent[];
  readonly end: End;
  /** How far was looked, where the time of the search was over before there were enough rows. */
  readonly scannedTo: bigint | undefined;
}

function toggledFold(unfolded: ReadonlySet<bigint>, ids: readonly bigint[]): ReadonlySet<bigint> {
  if (ids.some((id) => unfolded.has(id))) return new Set([...unfolded].filter((id) => !ids.includes(id)));
  return new Set([...unfolded, ...ids].slice(-MAX_UNFOLDED));
}
