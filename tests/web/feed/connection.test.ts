import { describe, expect, test } from "bun:test";

import { array, assert, constantFrom, double, property } from "fast-check";

import {
  type ConnectionEvent,
  type ConnectionState,
  fallsBackToPolling,
  OPENING,
  pollsEvents,
  pollsSeldom,
  RETRY_MS,
  type Step,
  step,
} from "../../../src/web/feed/connection.ts";

const context = { nowMs: 1000, random: 0.5, canStream: true, hasRows: true };

/** The state after some events, and the effects of the last of them. */
function after(events: readonly ConnectionEvent[], overrides: Partial<typeof context> = {}): Step {
  return events.reduce<Step>(({ state }, event) => step(state, event, { ...context, ...overrides }), OPENING);
}

const CONNECTED: readonly ConnectionEvent[] = ["loaded", "hello"];

describe("on the way to a live stream", () => {
  test("the rows are loaded first", () => {
    expect(OPENING).toEqual({ state: { name: "loading", isFallback: false }, effects: ["load"] });
  });

  test("then the stream is opened, and it counts from its hello on", () => {
    const opened = after(["loaded"]);
    expect(opened).toEqual({ state: { name: "connecting", isFallback: false }, effects: ["open-stream"] });
    expect(after(CONNECTED)).toEqual({ state: { name: "live" }, effects: [] });
  });

  test("a page that has the rows connects at once", () => {
    expect(after(["loaded", "hello", "lost", "start"])).toEqual({
      state: { name: "connecting", isFallback: true },
      effects: ["cancel-timer", "close-stream", "open-stream"],
    });
  });

  test("nothing is loaded twice at the same time", () => {
    expect(after(["start"], { hasRows: false }).effects).toEqual([]);
  });

  test("events are polled until the hello is heard, and not after it", () => {
    const opened = after(["loaded"]).state;
    expect([pollsEvents(opened), fallsBackToPolling(opened)]).toEqual([true, false]);
    // One round of the page later the reader is told.
    const slow = after(["loaded", "round"]).state;
    expect([pollsEvents(slow), fallsBackToPolling(slow)]).toEqual([true, true]);
    const live = after([...CONNECTED, "round"]).state;
    expect([pollsEvents(live), fallsBackToPolling(live)]).toEqual([false, false]);
  });

  test("a browser without EventSource polls for good", () => {
    const { state, effects } = after(["loaded"], { canStream: false });
    expect(state).toEqual({ name: "unsupported" });
    expect(effects).toEqual(["refresh"]);
    expect([pollsEvents(state), fallsBackToPolling(state)]).toEqual([true, true]);
    for (const event of ["round", "attention", "lost", "hello"] as const)
      expect(after(["loaded", event], { canStream: false }).state).toEqual(state);
  });
});

describe("without a stream", () => {
  test("the page polls, and tries again after at most 5 s", () => {
    const { state, effects } = after([...CONNECTED, "lost"]);
    expect(state).toEqual({ name: "polling", retryAtMs: 1000 + RETRY_MS - 500 });
    expect(effects).toEqual(["close-stream", "start-timer", "refresh"]);
    expect([pollsEvents(state), fallsBackToPolling(state)]).toEqual([true, true]);
  });

  test("so it does where the rows could not be loaded", () => {
    expect(after(["load-failed"])).toEqual({
      state: { name: "polling", retryAtMs: 1000 + RETRY_MS - 500 },
      effects: ["close-stream", "start-timer", "refresh"],
    });
  });

  test("whatever the jitter, the wait is between 4 and 5 seconds", () => {
    assert(
      property(double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
        const { state } = after([...CONNECTED, "lost"], { random });
        if (state.name !== "polling") throw new Error(state.name);
        expect(state.retryAtMs - context.nowMs).toBeGreaterThanOrEqual(4000);
        expect(state.retryAtMs - context.nowMs).toBeLessThanOrEqual(5000);
      }),
    );
  });

  test("somebody's attention is a reason to try at once, and disturbs nothing else", () => {
    expect(after([...CONNECTED, "lost", "attention"]).effects).toContain("open-stream");
    expect(after([...CONNECTED, "attention"])).toEqual({ state: { name: "live" }, effects: [] });
    expect(after(["loaded", "attention"]).effects).toEqual([]);
  });

  test("a second loss changes nothing", () => {
    const first = after([...CONNECTED, "lost"]).state;
    expect(step(first, "lost", { ...context, nowMs: 9000 })).toEqual({ state: first, effects: [] });
  });
});

describe("a stream that is there", () => {
  test("is connecting again while it goes from one tab to another", () => {
    expect(after([...CONNECTED, "interrupted"])).toEqual({
      state: { name: "connecting", isFallback: false },
      effects: [],
    });
    expect(after([...CONNECTED, "interrupted", "hello"]).state).toEqual({ name: "live" });
  });

  test("that says goodbye is not polled for: the page comes back when it was told to", () => {
    const { state, effects } = after([...CONNECTED, { name: "bye", comeBackInMs: 700 }]);
    expect(state).toEqual({ name: "pausing", resumeAtMs: 1700 });
    expect(effects).toEqual(["close-stream", "start-timer"]);
    expect([pollsEvents(state), fallsBackToPolling(state)]).toEqual([false, false]);
    expect(step(state, "start", context).state).toEqual({ name: "connecting", isFallback: false });
    expect(step(state, "attention", context).effects).toContain("open-stream");
  });

  test("a goodbye is never a longer wait than a loss", () => {
    const { state } = after([...CONNECTED, { name: "bye", comeBackInMs: 1e9 }]);
    expect(state).toEqual({ name: "pausing", resumeAtMs: 1000 + RETRY_MS });
  });
});

describe("a whole reset", () => {
  test("loads the newest rows first", () => {
    expect(after([...CONNECTED, "reset"], { hasRows: false })).toEqual({
      state: { name: "loading", isFallback: false },
      effects: ["cancel-timer", "close-stream", "load"],
    });
  });

  test("one after the other waits like a loss", () => {
    expect(after([...CONNECTED, "reset-again"], { hasRows: false }).state.name).toBe("polling");
  });
});

describe("a page without room for its stream", () => {
  const { state } = after([...CONNECTED, "crowded"]);

  test("polls, and says so, until the stream's hello", () => {
    expect(state).toEqual({ name: "crowded" });
    expect([pollsEvents(state), fallsBackToPolling(state), pollsSeldom(state)]).toEqual([true, true, true]);
    expect(step(state, "interrupted", context).state).toEqual({ name: "connecting", isFallback: true });
    expect(step(state, "hello", context)).toEqual({ state: { name: "live" }, effects: [] });
  });

  test("asks at once, and once, when there is none, and whenever somebody looks", () => {
    expect(after([...CONNECTED, "crowded"]).effects).toEqual(["refresh"]);
    expect(step(state, "crowded", context)).toEqual({ state, effects: [] });
    expect(step(state, "attention", context)).toEqual({ state, effects: ["refresh"] });
  });

  test("is told nothing by another tab once its own stream is closed", () => {
    for (const events of [["lost"], [{ name: "bye", comeBackInMs: 9 }], ["unwatched"]] as const) {
      const closed = after([...CONNECTED, ...events]).state;
      expect(step(closed, "crowded", context).state).toEqual(closed);
    }
  });
});

describe("a page that nobody looks at", () => {
  const { state } = after([...CONNECTED, "unwatched"]);

  test("gives its stream back, polls seldom, and connects when somebody looks", () => {
    expect(state).toEqual({ name: "resting" });
    expect(after([...CONNECTED, "unwatched"]).effects).toEqual(["cancel-timer", "close-stream"]);
    expect([pollsEvents(state), fallsBackToPolling(state), pollsSeldom(state)]).toEqual([true, false, true]);
    expect(step(state, "attention", context)).toEqual({
      state: { name: "connecting", isFallback: false },
      effects: ["cancel-timer", "close-stream", "open-stream"],
    });
  });

  test("stops trying to connect, too", () => {
    expect(after([...CONNECTED, "lost", "unwatched"]).state).toEqual({ name: "resting" });
    expect(after(["unwatched"]).state.name).toBe("loading");
  });
});

test("whatever happens, there is a way on: a stream, a timer, a load, or a browser that has none", () => {
  const events = constantFrom<ConnectionEvent>(
    ...(["loaded", "load-failed", "hello", "interrupted", "round", "lost", "attention"] as const),
    ...(["reset", "reset-again", "crowded", "unwatched"] as const),
    { name: "bye", comeBackInMs: 100 },
  );
  assert(
    property(array(events, { maxLength: 30 }), (happened) => {
      let state: ConnectionState = OPENING.state;
      const open = { stream: false, timer: false, load: true };
      for (const event of happened) {
        // A load that nobody asked for has no end.
        if ((event === "loaded" || event === "load-failed") && !open.load) continue;
        if (event === "loaded" || event === "load-failed") open.load = false;
        const next: Step = step(state, event, { ...context, hasRows: event !== "reset" });
        for (const effect of next.effects) {
          if (effect === "open-stream") open.stream = true;
          if (effect === "close-stream") open.stream = false;
          if (effect === "start-timer") open.timer = true;
          if (effect === "cancel-timer") open.timer = false;
          if (effect === "load") open.load = true;
        }
        state = next.state;
        const expected = {
          loading: { stream: false, timer: false, load: true },
          connecting: { stream: true, timer: false, load: false },
          live: { stream: true, timer: false, load: false },
          polling: { stream: false, timer: true, load: false },
          crowded: { stream: true, timer: false, load: false },
          resting: { stream: false, timer: false, load: false },
          pausing: { stream: false, timer: true, load: false },
          unsupported: { stream: false, timer: false, load: false },
        };
        expect({ state: state.name, ...open }).toEqual({ state: state.name, ...expected[state.name] });
      }
    }),
  );
});
