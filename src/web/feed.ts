/** Where the rows come from: the event stream, and polling while there is none. */
import type { EventJson, EventList, Status } from "../events.ts";
import { fetchEvents, fetchStatus, Refused, Unreachable } from "./api.ts";
import { readEvent } from "./event.ts";
import { createOutage, type Outage } from "./outage.ts";
import { MAX_ROWS, Rows } from "./rows.ts";
import type { State } from "./state.ts";
import { type Hello, Stream } from "./stream.ts";

const REFRESH_MS = 5000;

/** The specification's 5 s, jittered down: the pages of a restarted server should not all come at once. */
const RETRY_MS = 5000;
const RETRY_JITTER_MS = 1000;

/** What a poll reads at most; beyond, only the newest rows could be seen anyway. */
const POLL_LIMIT = 100;
const MAX_POLL_PAGES = 5;

/**
 * A page this many ids behind loads the newest rows, rather than replay a night through a table of 50. Ids have
 * gaps, so this decides what is asked for, and never what the reader is told.
 */
const FAR_BEHIND = 5000n;

export interface Feed {
  readonly fallbackToPolling: boolean;
  /** Connects for the first time, and keeps the page up to date from then on. */
  readonly open: () => void;
  /** Connects from the cursor on, in place of the stream that may be open. Loads the rows where there are none yet. */
  readonly startEventSource: () => Promise<void>;
  /** Shows one more event. False when it is there already. */
  readonly prependEvent: (event: EventJson) => boolean;
  /** Refreshes the overview, and the events too while no stream brings them. */
  readonly refresh: () => Promise<void>;
  readonly updateConnectionStatus: () => void;
}

export function createFeed(state: State): Feed {
  const rows = new Rows(state);
  let stream: Stream | undefined;
  let fallbackToPolling = false;
  /** The newest id that was recorded. Undefined until the rows were loaded. */
  let cursor: bigint | undefined;
  /** The log that the cursor belongs to. */
  let log: string | undefined;
  /** Too far behind to replay: the next start loads the newest rows first. */
  let isFarBehind = false;
  /** Counts the loads and resets: an answer that was asked for before one is out of date after it. */
  let epoch = 0;
  let outage: Outage | undefined;
  let wasConnected = false;
  let resetAt = -Infinity;
  let retryAt: number | undefined;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let starting: Promise<void> | undefined;
  let refreshing: Promise<void> | undefined;

  function open(): void {
    void startEventSource();
    setInterval(() => {
      state.today.value = new Date().toDateString();
      if (stream?.isSilent) lose();
      else void refresh();
    }, REFRESH_MS);
    window.addEventListener("online", resume);
    document.addEventListener("visibilitychange", resume);
    // A stream on the loopback outlives the network, so look rather than assume.
    window.addEventListener("offline", () => void refresh());
  }

  function startEventSource(): Promise<void> {
    starting ??= start().finally(() => (starting = undefined));
    return starting;
  }

  async function start(): Promise<void> {
    clearTimeout(retryTimer);
    stream?.close();
    stream = undefined;
    if ((cursor === undefined || isFarBehind) && !(await load())) return lose();
    if (typeof EventSource === "undefined") {
      fallbackToPolling = true;
      retryAt = undefined;
      return updateConnectionStatus();
    }
    const from = `lastEventId=${cursor}${log === undefined ? "" : `&log=${encodeURIComponent(log)}`}`;
    stream = new Stream(`api/events/stream?${from}`, {
      onOpen: connected,
      onHello: greeted,
      onMessage: (data, lastEventId) => {
        record(JSON.parse(data), lastEventId === "" ? undefined : BigInt(lastEventId));
        endOutage();
      },
      onReset: ({ reason }) => startOver(reason),
      onLost: lose,
    });
  }

  /** The newest rows, whatever is shown so far. False when they can't be had now. */
  async function load(): Promise<boolean> {
    const mine = ++epoch;
    try {
      const [status, list] = await Promise.all([
        fetchStatus().then(showStatus),
        fetchEvents(`limit=${MAX_ROWS}`),
      ]);
      if (mine !== epoch) return false;
      state.roles.value = status.columns;
      take(list);
      return true;
    } catch (error) {
      showFailure(error);
      return false;
    }
  }

  /** The newest row that was read is the cursor: the log may have grown between the rows and its `latestId`. */
  function take(list: EventList): void {
    const events = list.items.map((item) => readEvent(item, idColumn()));
    const since = cursor;
    const newer = since === undefined ? events : events.filter((event) => event.id > since);
    outage?.count(newer.length);
    // Nothing in the list that was known before: there may be more between.
    if (newer.length === MAX_ROWS) outage?.skip();
    cursor = events[0]?.id ?? BigInt(list.latestId);
    isFarBehind = false;
    rows.load(events);
    state.failure.value = undefined;
  }

  function connected(): void {
    fallbackToPolling = false;
    wasConnected = true;
    state.isReachable.value = true;
    state.failure.value = undefined;
    updateConnectionStatus();
  }

  function greeted(hello: Hello): void {
    if (log !== undefined && hello.log !== log) return startOver("log-changed");
    log = hello.log;
    const latestId = BigInt(hello.latestId);
    if (outage === undefined || cursor === undefined) return;
    if (latestId - cursor > FAR_BEHIND) {
      isFarBehind = true;
      void startEventSource();
      return;
    }
    outage.targetId = latestId;
    endOutage();
  }

  function endOutage(): void {
    if (outage?.targetId === undefined || cursor === undefined || cursor < outage.targetId) return;
    state.notice.value = { kind: "receipt", text: outage.receipt };
    outage = undefined;
  }

  function lose(): void {
    stream?.close();
    stream = undefined;
    fallbackToPolling = true;
    if (wasConnected) outage ??= createOutage();
    const delay = RETRY_MS - Math.random() * RETRY_JITTER_MS;
    retryAt = Date.now() + delay;
    clearTimeout(retryTimer);
    retryTimer = setTimeout(retry, delay);
    updateConnectionStatus();
    void refresh();
  }

  function retry(): void {
    void startEventSource();
  }

  /** Someone looks, or the network is back: no reason to wait for the next try. */
  function resume(): void {
    if (document.visibilityState === "hidden") return;
    if (stream?.isSilent) lose();
    if (fallbackToPolling) void startEventSource();
  }

  /** The ids mean something else from now on. */
  function startOver(reason: string): void {
    // A log that resets again and again must not be asked in a tight loop.
    const isStorm = Date.now() - resetAt < RETRY_MS;
    resetAt = Date.now();
    epoch++;
    stream?.close();
    stream = undefined;
    cursor = log = outage = undefined;
    rows.clear();
    state.notice.value = { kind: "warning", text: resetText(reason) };
    if (isStorm) lose();
    else void startEventSource();
  }

  function prependEvent(event: EventJson): boolean {
    return record(event);
  }

  function record(json: unknown, knownId?: bigint): boolean {
    const event = readEvent(json, idColumn(), knownId);
    if (cursor === undefined || event.id > cursor) cursor = event.id;
    const isNew = rows.add(event);
    if (isNew) outage?.count(1);
    return isNew;
  }

  function refresh(): Promise<void> {
    refreshing ??= refreshOnce().finally(() => (refreshing = undefined));
    return refreshing;
  }

  async function refreshOnce(): Promise<void> {
    try {
      showStatus(await fetchStatus());
      if (fallbackToPolling) await poll();
    } catch (error) {
      showFailure(error);
    }
  }

  /** Reads on from the cursor, so that nothing is missed. Leaves off where a stream took over. */
  async function poll(): Promise<void> {
    const mine = epoch;
    const isCurrent = () => fallbackToPolling && mine === epoch;
    for (let page = 0; page < MAX_POLL_PAGES; page++) {
      if (cursor === undefined || !isCurrent()) return;
      const list = await fetchEvents(`limit=${POLL_LIMIT}&after=${cursor}`);
      if (!isCurrent()) return;
      if (BigInt(list.latestId) < cursor) return startOver("cursor-ahead");
      for (const item of list.items) record(item);
      state.failure.value = undefined;
      if (list.next === null) return;
    }
    const newest = await fetchEvents(`limit=${MAX_ROWS}`);
    if (isCurrent()) take(newest);
  }

  function updateConnectionStatus(): void {
    if (stream?.isOpen) state.connection.value = { kind: "connected" };
    else if (fallbackToPolling) state.connection.value = { kind: "polling", retryAt };
    else state.connection.value = { kind: "connecting" };
  }

  function showStatus(status: Status): Status {
    state.status.value = status;
    state.isReachable.value = true;
    return status;
  }

  function showFailure(error: unknown): void {
    if (error instanceof Refused) {
      state.isReachable.value = true;
      state.failure.value = { text: error.message, advice: undefined };
    } else if (error instanceof Unreachable) {
      state.isReachable.value = false;
      // A stream may look open for minutes after the network went. A slow answer alone is no proof of that.
      if (stream?.isOpen && !error.isTimeout) lose();
    } else {
      throw error;
    }
  }

  function idColumn(): string {
    return state.roles.value.id ?? "id";
  }

  return {
    get fallbackToPolling() {
      return fallbackToPolling;
    },
    open,
    startEventSource,
    prependEvent,
    refresh,
    updateConnectionStatus,
  };
}

function resetText(reason: string): string {
  if (reason === "log-replaced") return "The database was replaced. These are the events of the new one.";
  if (reason === "cursor-ahead")
    return "The table was emptied, and its ids start again. These are its events now.";
  return "The events come from another log than before. These are its events.";
}
