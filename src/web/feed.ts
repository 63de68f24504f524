/** Where the rows come from: the event stream, and polling while there is none. */
import type { EventJson, ResetReason, Status } from "../events.ts";
import { fetchStatus, Refused, Unreachable } from "./api.ts";
import { Backlog } from "./backlog.ts";
import { Outage } from "./outage.ts";
import { Rows } from "./rows.ts";
import type { State } from "./state.ts";
import { type Hello, Stream } from "./stream.ts";

const REFRESH_MS = 5000;

/** The specification's 5 s, jittered down: the pages of a restarted server should not all come at once. */
const RETRY_MS = 5000;
const RETRY_JITTER_MS = 1000;

/**
 * A page this many ids behind loads the newest rows, rather than replay a night through a table of 50. Ids have
 * gaps, so this decides what is asked for, and never what the reader is told.
 */
const FAR_BEHIND = 5000n;

const RESET_TEXTS: Readonly<Record<string, string>> = {
  "cursor-ahead": "The table ends before the newest row shown here.",
  "cursor-malformed": "The page asked for events after something that is no id.",
  "log-changed": "The events come from another database or table than before.",
  "file-replaced": "The database file was replaced.",
  "table-recreated": "The table was dropped and created again.",
  "rows-replaced": "The newest rows were deleted or replaced.",
} satisfies Record<ResetReason, string>;
const AFTER_RESET = "These are the events that are there now.";

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
  const backlog = new Backlog(state, new Rows(state));
  let stream: Stream | undefined;
  let fallbackToPolling = false;
  let wasConnected = false;
  let isFarBehind = false;
  let outage: Outage | undefined;
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
    if ((backlog.log === undefined || isFarBehind) && !(await load())) return lose();
    if (typeof EventSource === "undefined") {
      fallbackToPolling = true;
      retryAt = undefined;
      return updateConnectionStatus();
    }
    stream = new Stream(`api/events/stream?lastEventId=${backlog.cursor}&log=${backlog.log}`, {
      onOpen: connected,
      onHello: greeted,
      onMessage: received,
      onReset: ({ reason }) => startOver(reason),
      onLost: lose,
    });
  }

  /** False when the rows can't be had now. */
  async function load(): Promise<boolean> {
    try {
      state.roles.value = showStatus(await fetchStatus()).columns;
      const newer = await backlog.loadNewest();
      outage?.count(newer);
      isFarBehind = false;
      state.failure.value = undefined;
      // Without one where a reset came in between.
      return backlog.log !== undefined;
    } catch (error) {
      showFailure(error);
      return false;
    }
  }

  function connected(): void {
    fallbackToPolling = false;
    wasConnected = true;
    state.isReachable.value = true;
    state.failure.value = undefined;
    updateConnectionStatus();
  }

  function greeted(hello: Hello): void {
    if (hello.log !== backlog.log) return startOver("log-changed");
    if (outage === undefined || backlog.cursor === undefined) return;
    outage.targetId = BigInt(hello.latestId);
    if (outage.targetId - backlog.cursor > FAR_BEHIND) {
      isFarBehind = true;
      void startEventSource();
    } else {
      endOutage();
    }
  }

  function received(data: string, lastEventId: string): void {
    const isNew = backlog.record(JSON.parse(data), lastEventId === "" ? undefined : BigInt(lastEventId));
    if (outage === undefined) return;
    if (isNew) outage.count(1);
    endOutage();
  }

  function endOutage(): void {
    if (outage === undefined || backlog.cursor === undefined || !outage.isOver(backlog.cursor)) return;
    state.notice.value = { kind: "receipt", text: outage.receipt };
    outage = undefined;
  }

  /** The stream is gone: polls until one of the next tries succeeds. */
  function lose(): void {
    stream?.close();
    stream = undefined;
    fallbackToPolling = true;
    if (wasConnected) outage ??= new Outage();
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
    stream?.close();
    stream = undefined;
    outage = undefined;
    backlog.clear();
    state.notice.value = {
      kind: "warning",
      text: `${RESET_TEXTS[reason] ?? "The log changed."} ${AFTER_RESET}`,
    };
    if (isStorm) lose();
    else void startEventSource();
  }

  function refresh(): Promise<void> {
    refreshing ??= refreshOnce().finally(() => (refreshing = undefined));
    return refreshing;
  }

  async function refreshOnce(): Promise<void> {
    try {
      showStatus(await fetchStatus());
      if (!fallbackToPolling || backlog.log === undefined) return;
      const outcome = await backlog.poll(
        () => fallbackToPolling,
        (count) => outage?.count(count),
      );
      if (outcome === "done") state.failure.value = undefined;
      else startOver(outcome);
    } catch (error) {
      showFailure(error);
    }
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
    state.isReachable.value = !(error instanceof Unreachable);
    if (error instanceof Unreachable) {
      // A stream may look open for minutes after the network went. A slow answer alone is no proof of that.
      if (stream?.isOpen && !error.isTimeout) lose();
      return;
    }
    state.failure.value = { text: error instanceof Error ? error.message : String(error), advice: undefined };
    // An answer that the page can't make sense of is a mistake of ours: the console has where.
    if (!(error instanceof Refused)) reportError(error);
  }

  return {
    get fallbackToPolling() {
      return fallbackToPolling;
    },
    open,
    startEventSource,
    prependEvent: (event) => backlog.record(event),
    refresh,
    updateConnectionStatus,
  };
}
