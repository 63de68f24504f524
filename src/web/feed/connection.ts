/**
 * The page's connection to the server as one machine: its states, what can happen to it, and one pure function
 * that says what follows. The feed carries the effects out.
 */

export type ConnectionState =
  /** The newest rows are being asked for. `isFallback`: a stream was lost before, and none has come back since. */
  | { readonly name: "loading"; readonly isFallback: boolean }
  /** A stream was opened, and its `hello` has not been heard: until then the events are polled. */
  | { readonly name: "connecting"; readonly isFallback: boolean }
  /** The stream brings the rows. */
  | { readonly name: "live" }
  /** There is no stream. The events are polled, and the next try comes at this time of performance.now(). */
  | { readonly name: "polling"; readonly retryAtMs: number }
  /** The server ended the stream because of its age, and said when to come back. */
  | { readonly name: "pausing"; readonly resumeAtMs: number }
  /** The tabs of this browser have as many streams as there is room for. The events are polled until one is free. */
  | { readonly name: "crowded" }
  /** Nobody has looked at the page for a while, and it has given its stream back. */
  | { readonly name: "resting" }
  /** The browser has no EventSource: the events are polled for good. */
  | { readonly name: "unsupported" };

export type ConnectionEvent =
  /** Connect now: the page was opened, a timer ran out, or somebody asked for it. */
  | "start"
  | "loaded"
  | "load-failed"
  | "hello"
  /** The shared stream goes from one tab to another. */
  | "interrupted"
  /** There is no room for the shared stream, so far. */
  | "crowded"
  /** Nobody has looked at the page for a while, and its stream is its own. */
  | "unwatched"
  /** One round of the page's refresh has passed. */
  | "round"
  /** The stream failed, ended, or fell silent, or the network is gone. */
  | "lost"
  /** Somebody looks at the page, or the network is back: there is no reason to wait. */
  | "attention"
  /** What the page holds means nothing any longer. */
  | "reset"
  /** The same, shortly after the one before. */
  | "reset-again"
  | { readonly name: "bye"; readonly comeBackInMs: number };

/** What the feed has to do, in this order. `start-timer` is for the time that the state names. */
export type Effect = "cancel-timer" | "close-stream" | "open-stream" | "load" | "start-timer" | "refresh";

/** What the machine needs to know of the world around it. */
export interface Context {
  /** The time of performance.now(). */
  readonly nowMs: number;
  /** From 0 up to 1, without 1. */
  readonly random: number;
  readonly canStream: boolean;
  /** False where the rows have to be loaded before a stream can be opened. */
  readonly hasRows: boolean;
}

export interface Step {
  readonly state: ConnectionState;
  readonly effects: readonly Effect[];
}

/** The specification's 5 s, jittered down: the pages of a restarted server should not all come at once. */
export const RETRY_MS = 5000;
const RETRY_JITTER_MS = 1000;

/** How a page begins. */
export const OPENING: Step = { state: { name: "loading", isFallback: false }, effects: ["load"] };

/** True where the reader is told that the page polls. */
export function fallsBackToPolling(state: ConnectionState): boolean {
  if (state.name === "loading" || state.name === "connecting") return state.isFallback;
  return state.name === "polling" || state.name === "crowded" || state.name === "unsupported";
}

/** True where the page asks for the events by itself, because no stream brings them. */
export function pollsEvents(state: ConnectionState): boolean {
  return state.name !== "loading" && state.name !== "live" && state.name !== "pausing";
}

/** True where a page that nobody looks at may ask seldom: it catches up when somebody does. */
export function pollsSeldom({ name }: ConnectionState): boolean {
  return name === "crowded" || name === "resting";
}

/** What follows from an event. Events that mean nothing in a state leave it as it is. */
export function step(state: ConnectionState, event: ConnectionEvent, context: Context): Step {
  if (typeof event !== "string") {
    if (!hasStream(state)) return unchanged(state);
    // What a server says is not trusted with more than a lost stream would take.
    const waitMs = Math.min(Math.max(event.comeBackInMs, 0), RETRY_MS);
    return {
      state: { name: "pausing", resumeAtMs: context.nowMs + waitMs },
      effects: ["close-stream", "start-timer"],
    };
  }
  switch (event) {
    case "start":
    case "reset":
      return state.name === "loading" ? unchanged(state) : connect(state, context);
    case "loaded":
      return state.name === "loading" ? open(state.isFallback, context) : unchanged(state);
    case "load-failed":
      return state.name === "loading" ? poll(context) : unchanged(state);
    case "hello":
      return hasStream(state) ? { state: { name: "live" }, effects: [] } : unchanged(state);
    case "interrupted":
      return state.name === "live" || state.name === "crowded"
        ? { state: { name: "connecting", isFallback: fallsBackToPolling(state) }, effects: [] }
        : unchanged(state);
    case "crowded":
      return hasStream(state) && state.name !== "crowded"
        ? { state: { name: "crowded" }, effects: ["refresh"] }
        : unchanged(state);
    case "unwatched":
      return hasStream(state) || state.name === "polling" || state.name === "pausing"
        ? { state: { name: "resting" }, effects: ["cancel-timer", "close-stream"] }
        : unchanged(state);
    case "round":
      return state.name === "connecting"
        ? { state: { name: "connecting", isFallback: true }, effects: [] }
        : unchanged(state);
    case "lost":
      return hasStream(state) ? poll(context) : unchanged(state);
    case "reset-again":
      return hasStream(state) || state.name === "resting" || state.name === "unsupported"
        ? poll(context)
        : unchanged(state);
    case "attention":
      // The stream of a crowded page may take a moment, and who looks should not wait for it.
      if (state.name === "crowded") return { state, effects: ["refresh"] };
      return state.name === "polling" || state.name === "pausing" || state.name === "resting"
        ? connect(state, context)
        : unchanged(state);
  }
}

/** A crowded page has one too, which waits for its turn. */
function hasStream({ name }: ConnectionState): boolean {
  return name === "connecting" || name === "live" || name === "crowded";
}

function unchanged(state: ConnectionState): Step {
  return { state, effects: [] };
}

function connect(state: ConnectionState, context: Context): Step {
  const isFallback = fallsBackToPolling(state);
  if (!context.hasRows)
    return { state: { name: "loading", isFallback }, effects: ["cancel-timer", "close-stream", "load"] };
  const { state: opened, effects } = open(isFallback, context);
  return { state: opened, effects: ["cancel-timer", "close-stream", ...effects] };
}

function open(isFallback: boolean, { canStream }: Context): Step {
  if (!canStream) return { state: { name: "unsupported" }, effects: ["refresh"] };
  return { state: { name: "connecting", isFallback }, effects: ["open-stream"] };
}

function poll({ nowMs, random }: Context): Step {
  return {
    state: { name: "polling", retryAtMs: nowMs + RETRY_MS - random * RETRY_JITTER_MS },
    effects: ["close-stream", "start-timer", "refresh"],
  };
}
