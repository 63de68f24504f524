/** Where the rows come from: the event stream, and polling while there is none. */
import { batch } from "@preact/signals";

import type { EventJson, Status } from "../../events.ts";
import { fetchEvents, fetchStatus } from "../api.ts";
import { asParameter } from "../asked.ts";
import { canRead, isSameReading, type Reading, readingOf } from "../event/reading.ts";
import { Lag } from "../lag.ts";
import { createLog, type Log } from "../log/log.ts";
import type { State } from "../state.ts";
import type { SharedStreamListener } from "../stream/shared-stream-listener.ts";
import { canShare } from "../stream/shared-stream.ts";
import type { Hello, StreamRow } from "../stream/stream.ts";
import { currentMoment } from "../time/clock.ts";
import { Answers } from "./answers.ts";
import { Backlog, type Position } from "./backlog.ts";
import { type ConnectionState, fallsBackToPolling, pollsEvents, pollsSeldom } from "./connection.ts";
import { Connector } from "./connector.ts";
import { joinCalls } from "./join-calls.ts";
import { Notices } from "./notices.ts";
import { Outage } from "./outage.ts";
import { isHidden, listenToPage, Presence } from "./page-life.ts";
import { Resets } from "./resets.ts";
import { Rows } from "./rows.ts";
import { Searcher } from "./searcher.ts";

const REFRESH_MS = 5000;

/** The same for a page that has no stream, where nobody looks at it: only its count in the title is seen. */
const SELDOM_REFRESH_MS = 30_000;

/** A page that can't share its stream gives it back when nobody has looked at it for so long. */
const UNWATCHED_MS = 30_000;

/**
 * A page that is this many ids behind loads the newest rows, rather than replay a night through a table of 50. Ids
 * have gaps, so this decides what is asked for, and never what the reader is told.
 */
const FAR_BEHIND = 5000n;

export interface Feed {
  readonly fallbackToPolling: boolean;
  /** How many messages and rows could not be read. The console has the reason of the first. */
  readonly unreadableCount: number;
  /** Connects for the first time, and keeps the page up to date from then on. */
  readonly open: () => void;
  /** Connects from the cursor on, in place of the stream that may be open. Loads the rows where there are none yet. */
  readonly startEventSource: () => Promise<void>;
  /** Shows one more event. False when it is there already. */
  readonly prependEvent: (event: EventJson) => boolean;
  /** Refreshes the overview, and the events too while no stream brings them. */
  readonly refresh: () => Promise<void>;
  readonly updateConnectionStatus: () => void;
  /**
   * Asks another question, in the language of the search box: the table, and what comes, are its answer from then on.
   * @param draft what stands in the search box then, where that is not the question
   */
  readonly ask: (question: string, draft?: string) => Promise<void>;
  /** Goes on with a search that was stopped. */
  readonly searchOn: () => void;
  readonly stopSearch: () => void;
  /** The way back through the log, while the newest rows come on. */
  readonly log: Log;
}

/** @param beforeStream what has to be known before the first stream is opened */
export function createFeed(state: State, beforeStream: () => Promise<void>): Feed {
  const fetchAnswers = (query: string) => fetchEvents(query + asParameter(state.question.peek()));
  const log = createLog(state, {
    fetchEvents: fetchAnswers,
    logName: () => backlog.log,
    onLogChanged: () => resets.suspect("log-changed"),
  });
  const rows = new Rows(state, { onShort: () => void reload(), onInvalid: log.invalidate });
  const backlog = new Backlog({
    rows,
    reading: () => state.reading.value,
    fetchEvents: fetchAnswers,
    hasQuestion: () => state.question.peek() !== "",
    onUnreadable,
  });
  const notices = new Notices(state);
  const answers = new Answers(state);
  const outage = new Outage();
  const resets = new Resets({ backlog, outage, notices, restart: (event) => connector.dispatch(event) });
  const searcher = new Searcher({ state, backlog, onAsked: () => resets.onAsked(), onFailure: showFailure });
  const lag = new Lag({
    behind: state.behind,
    // The rows of a question may be far from the end of the log, and the page has all of them.
    cursor: () => (state.question.peek() === "" && backlog.isLoaded ? backlog.cursor : undefined),
  });
  const presence = new Presence();
  const load = joinCalls(loadRows);
  const refresh = joinCalls(refreshOnce);
  let refreshedAt = -Infinity;
  let unreadableCount = 0;

  const listener: SharedStreamListener = {
    position,
    onHello,
    onRow,
    onReset: (reset) => resets.onReset(reset),
    onGap: (gap) => {
      backlog.moveTo(BigInt(gap.oldestId) - 1n);
      notices.gap(gap);
    },
    onBye: ({ comeBackInMs }) => connector.dispatch({ name: "bye", comeBackInMs }),
    // It has been heard, and that is all it is for.
    onPing: () => undefined,
    get onChange() {
      return state.asksForChanges.peek() ? onChange : undefined;
    },
    onUnreadable,
    onLost: () => connector.dispatch("lost"),
    onInterrupted: () => connector.dispatch("interrupted"),
    onCrowded: () => connector.dispatch("crowded"),
    onOtherLog: () => resets.suspect("log-changed"),
    catchUp,
  };

  const connector = new Connector({
    listener,
    question: () => state.question.peek(),
    hasRows: () => backlog.isLoaded,
    load: () => void load(),
    refresh: () => void refresh(),
    onState,
  });

  /** Of whatever table of the file. */
  function onChange(): void {
    state.changes.value++;
  }

  function open(): void {
    void begin();
    setInterval(() => {
      state.moment.value = currentMoment();
      connector.dispatch("round");
      if (!canShare() && presence.hiddenForMs() > UNWATCHED_MS) connector.dispatch("unwatched");
      if (!connector.dropSilentStream() && isRefreshDue()) void refresh();
    }, REFRESH_MS);
    listenToPage({
      onAttention: resume,
      onAddress: () => void searcher.askWhatTheAddressSays(),
      // A stream on the same machine outlives the network, so look rather than assume.
      onOffline: () => void refresh(),
    });
  }

  async function begin(): Promise<void> {
    await searcher.begin();
    connector.open();
  }

  function isRefreshDue(): boolean {
    if (!isHidden() || !pollsSeldom(connector.state)) return true;
    return performance.now() - refreshedAt >= SELDOM_REFRESH_MS;
  }

  function startEventSource(): Promise<void> {
    connector.dispatch("start");
    return connector.state.name === "loading" ? load() : Promise.resolve();
  }

  /** Somebody looks at the page, or the network is back: there is no reason to wait for the next try. */
  function resume(): void {
    connector.dropSilentStream();
    connector.dispatch("attention");
  }

  function onState(connection: ConnectionState): void {
    outage.follow(connection);
    updateConnectionStatus();
  }

  /** @throws Error before the rows were loaded: nobody opens a stream then */
  function position(): Position {
    const current = backlog.position;
    if (current === undefined) throw new Error("a stream was opened before the newest rows were loaded");
    return current;
  }

  async function loadRows(): Promise<void> {
    try {
      // Both are asked for at the same time, because the reader waits for both.
      const status = fetchStatus();
      const [loaded] = await Promise.all([loadNewest(status.then(readingOf)), status.then(showStatus)]);
      outage.count(loaded?.newer);
      answers.noteRows();
    } catch (error) {
      showFailure(error);
    }
    if (backlog.isLoaded) await beforeStream();
    connector.dispatch(backlog.isLoaded ? "loaded" : "load-failed");
  }

  async function loadNewest(reading?: Reading | Promise<Reading>) {
    const loaded = await backlog.loadNewest(reading);
    if (loaded !== undefined) {
      void searcher.searchBack(loaded.scannedTo);
      resets.onLoaded(loaded.agrees);
    }
    return loaded;
  }

  /** Loads the newest rows beside whatever else brings rows. */
  async function reload(): Promise<void> {
    try {
      await loadNewest();
    } catch (error) {
      showFailure(error);
    }
  }

  function onHello(hello: Hello): void {
    // The name of the log is the first thing that a changed one is known by.
    if (hello.log !== backlog.log) resets.onReset({ ...hello, reason: "log-changed" });
    if (!backlog.isLoaded) return;
    batch(() => {
      answers.noteStatus();
      answers.noteRows();
      connector.dispatch("hello");
    });
    outage.reconnected(BigInt(hello.latestId));
    if (outage.isOngoing && BigInt(hello.latestId) - position().cursor > FAR_BEHIND) {
      backlog.skipAhead();
      connector.dispatch("start");
    } else {
      endOutage();
    }
  }

  /** The specification's `onmessage`. */
  function onRow({ id, text }: StreamRow): void {
    // The row counts as had, whatever comes of it: a row that can't be read would come again for ever.
    if (id !== undefined) backlog.moveTo(id);
    try {
      if (backlog.record(JSON.parse(text), id)) outage.count(1);
    } catch (error) {
      onUnreadable(error);
    }
    endOutage();
  }

  function endOutage(): void {
    const receipt = backlog.cursor === undefined ? undefined : outage.endAt(backlog.cursor);
    if (receipt !== undefined) notices.receipt(receipt);
  }

  async function refreshOnce(): Promise<void> {
    refreshedAt = performance.now();
    try {
      const reading = readingOf(showStatus(await fetchStatus()));
      // Without a table there are no columns, and the rows that are shown keep the ones that they came with.
      const hasChanged = reading.roles.id !== undefined && !isSameReading(reading, state.reading.peek());
      if (backlog.isLoaded && hasChanged) {
        // The rows are there already where only the roles of their columns are others.
        if (canRead(rows.shown, reading, state.reading.peek())) state.reading.value = reading;
        else await loadNewest(reading);
      }
      if (pollsEvents(connector.state) && backlog.isLoaded) await poll(() => pollsEvents(connector.state));
    } catch (error) {
      showFailure(error);
    }
  }

  async function catchUp(): Promise<boolean> {
    try {
      // Also beside a live stream: this page has missed something of it.
      await poll(() => true);
      return backlog.isLoaded;
    } catch (error) {
      showFailure(error);
      return false;
    }
  }

  /** @throws Unreachable, Refused */
  async function poll(isWanted: () => boolean): Promise<void> {
    const outcome = await backlog.poll(isWanted, (count) => outage.count(count));
    if (outcome === "done") answers.noteRows();
    else if (outcome === "log-changed") resets.suspect(outcome);
    else resets.onOtherLog(outcome);
  }

  function updateConnectionStatus(): void {
    state.connection.value = connector.state;
  }

  function showStatus(status: Status): Status {
    state.status.value = status;
    answers.noteStatus();
    lag.heard(status.latestId === null ? undefined : BigInt(status.latestId));
    return status;
  }

  function showFailure(error: unknown): void {
    if (answers.noteFailure(error, connector.state.name === "live")) connector.dispatch("lost");
  }

  /** One message or row is not worth the page: it is counted, and the console has the first one. */
  function onUnreadable(error: unknown): void {
    unreadableCount++;
    if (unreadableCount === 1) console.error("Tailboard could not read a message or a row:", error);
  }

  return {
    get fallbackToPolling() {
      return fallsBackToPolling(connector.state);
    },
    get unreadableCount() {
      return unreadableCount;
    },
    open,
    startEventSource,
    prependEvent: (event) => backlog.show(event),
    refresh,
    updateConnectionStatus,
    ask: (question, draft) => searcher.ask(question, draft),
    searchOn: () => searcher.goOn(),
    stopSearch: () => searcher.stop(),
    log,
  };
}
