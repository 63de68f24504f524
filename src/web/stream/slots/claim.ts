/** What a tab has of one of the browser's streams, as one machine. StreamClaim carries the effects out. */

export type ClaimState =
  /** It looks whether there is room, or has asked to. */
  | "deciding"
  /** The same, and something has changed since it asked. */
  | "deciding-again"
  /** There is no room, and the others know. It hears of changes. */
  | "waiting"
  /** It looks once more, and nobody has to know. */
  | "reconsidering"
  | "reconsidering-again"
  | "holding"
  | "closed";

export type ClaimEvent =
  /** Somebody looks at something else, or a stream has ended. */
  | "changed"
  | "granted"
  | "refused"
  /** A question that somebody looks at needs the stream. */
  | "asked"
  /** The same, and this tab has not answered in time: the lock is gone. */
  | "taken"
  | "closed";

export type ClaimEffect =
  | "decide"
  /** Hear of it when one of the streams ends. */
  | "watch"
  | "stop-watching"
  | "open-stream"
  | "close-stream"
  /** Say that there is no room. */
  | "tell"
  | "give-back";

export interface ClaimStep {
  readonly state: ClaimState;
  readonly effects: readonly ClaimEffect[];
}

/** How a claim begins. */
export const CLAIMING: ClaimStep = { state: "deciding", effects: ["decide"] };

const CLOSED: ClaimStep = { state: "closed", effects: ["stop-watching", "give-back"] };
const HOLDING: ClaimStep = { state: "holding", effects: ["open-stream"] };

const STEPS: Readonly<Record<ClaimState, Partial<Record<ClaimEvent, ClaimStep>>>> = {
  deciding: {
    changed: { state: "deciding-again", effects: [] },
    granted: HOLDING,
    refused: { state: "waiting", effects: ["tell", "watch"] },
    closed: CLOSED,
  },
  "deciding-again": {
    granted: HOLDING,
    refused: { state: "reconsidering", effects: ["tell", "decide"] },
    closed: CLOSED,
  },
  waiting: {
    changed: { state: "reconsidering", effects: ["stop-watching", "decide"] },
    closed: CLOSED,
  },
  reconsidering: {
    changed: { state: "reconsidering-again", effects: [] },
    granted: HOLDING,
    refused: { state: "waiting", effects: ["watch"] },
    closed: CLOSED,
  },
  "reconsidering-again": {
    granted: HOLDING,
    refused: { state: "reconsidering", effects: ["decide"] },
    closed: CLOSED,
  },
  holding: {
    // Somebody may look at it since the moment when it was chosen.
    asked: { state: "deciding", effects: ["close-stream", "give-back", "decide"] },
    taken: { state: "deciding", effects: ["close-stream", "decide"] },
    closed: CLOSED,
  },
  closed: {},
};

/** What follows from an event. Events that mean nothing in a state leave it as it is. */
export function stepClaim(state: ClaimState, event: ClaimEvent): ClaimStep {
  return STEPS[state][event] ?? { state, effects: [] };
}
