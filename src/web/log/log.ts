/** Reads the log back and forth for a reader who has left the live rows. Carries out what `view.ts` decides. */
import { batch } from "@preact/signals";

import { messageOf } from "../../message-of.ts";
import { writePreference } from "../preference.ts";
import type { State } from "../state.ts";
import { isPossibleId, landAtEvent, landAtOldest, landAtTime, type Landing } from "./landings.ts";
import { FOLD_PREFERENCE } from "./log-state.ts";
import { OneRead } from "./one-read.ts";
import { fetchPage, PAGE_ROWS, type PageSource } from "./pages.ts";
import { EMPTY_SEGMENT, type End, segmentOf, withNewer, withOlder } from "./segment.ts";
import { select } from "./selected.ts";
import { toggledFold } from "./unfolded.ts";
import { type HoldReason, stepView, type ViewEvent } from "./view.ts";

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
  /** Brings an event into sight, among its neighbours. @returns whether these are there */
  readonly showAround: (id: bigint) => Promise<boolean>;
  /** The same for an id that somebody has written, which may be no event's: then the page says so. */
  readonly jumpToEvent: (id: bigint) => Promise<void>;
  /** The beginning of the log. */
  readonly showOldest: () => Promise<void>;
  readonly setFolds: (folds: boolean) => void;
  /** Opens a fold or closes it, by the ids of its rows. */
  readonly toggleFold: (ids: readonly bigint[]) => void;
}

export function createLog(state: State, source: PageSource): Log {
  const { log } = state;
  const page = (query: string) => fetchPage(state, source, query);
  const read = new OneRead(log);
  /** Rows of another place are on their way. */
  let isJumping = false;

  function forgetRead(): void {
    isJumping = false;
    read.forget();
  }

  function happen(event: ViewEvent): void {
    // What means nothing any longer is not worth to be held. A jump loads rows of its own.
    if (state.isStale.peek() && typeof event === "object" && event.why !== "jump") return;
    // Who closes a row goes on from it. Who wants to see the newest rows begins anew.
    if (event === "resume" || event === "top-reached" || event === "reset") log.selected.value = undefined;
    // Who goes on before a jump has landed stays here, also where the view has not changed for it so far.
    if (isJumping && (event === "resume" || event === "row-closed")) forgetRead();
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
    log.segment.value = undefined;
    log.failure.value = undefined;
    forgetRead();
  }

  function keepRows(): void {
    forgetRead();
    const events = state.isStale.peek() ? [] : (state.newest.peek() ?? []);
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
    if (after === undefined) forgetRead();
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
    await read.begin(async (isCurrent) => {
      let { from } = older;
      for (;;) {
        const { events, end, scannedTo } = await page(`limit=${PAGE_ROWS}&before=${from}`);
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
    await read.begin(async (isCurrent) => {
      const { events, end } = await page(`limit=${PAGE_ROWS}&after=${from}`);
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
    await jump(() => landAtTime(page, atMs, state.reading.peek()));
  }

  async function showAround(id: bigint): Promise<boolean> {
    if (state.events.peek()?.some((event) => event.id === id) !== true)
      return jump(() => landAtEvent(page, id));
    hold("row");
    select(log, { id, isSought: true });
    return true;
  }

  async function jumpToEvent(id: bigint): Promise<void> {
    const hasLanded = await showAround(id);
    const isMissing = !isPossibleId(id) || (hasLanded && log.selected.peek()?.id !== id);
    if (isMissing) say(missingText(id, state.question.peek()));
  }

  async function showOldest(): Promise<void> {
    await jump(() => landAtOldest(page));
  }

  /** Leaves the rows that are shown as they are until the others are there. */
  async function jump(load: () => Promise<Landing | undefined>): Promise<boolean> {
    let hasLanded = false;
    forgetRead();
    isJumping = true;
    await read.begin(async (isCurrent) => {
      try {
        const landing = await load();
        if (landing === undefined || !isCurrent()) return;
        land(landing);
        hasLanded = true;
      } catch (error) {
        if (isCurrent()) say(`The rows can’t be loaded: ${messageOf(error)}`);
      } finally {
        if (isCurrent()) isJumping = false;
      }
    });
    return hasLanded;
  }

  function land({ segment, target }: Landing): void {
    batch(() => {
      hold("jump");
      log.segment.value = segment;
      if (target === undefined) log.selected.value = undefined;
      else select(log, { id: target, isSought: true });
    });
  }

  /** Told in sight, because the end of the list may be far from it. */
  function say(text: string): void {
    state.notice.value = { kind: "receipt", text };
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
      const search = state.search.peek();
      // The button that was pressed stays, and stops the search again.
      if (search !== undefined) state.search.value = { ...search, isRunning: true };
      void loadOlder();
    },
    loadNewer,
    jumpTo,
    showAround,
    jumpToEvent,
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

function missingText(id: bigint, question: string): string {
  return question === "" ? `There is no event ${id}.` : `No match has the ID ${id}.`;
}
