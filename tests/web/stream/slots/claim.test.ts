import { describe, expect, test } from "bun:test";

import { array, assert, constantFrom, property } from "fast-check";

import {
  type ClaimEvent,
  CLAIMING,
  type ClaimStep,
  stepClaim,
} from "../../../../src/web/stream/slots/claim.ts";

/** The state after some events, and the effects of the last of them. */
const after = (...events: readonly ClaimEvent[]) =>
  events.reduce<ClaimStep>(({ state }, event) => stepClaim(state, event), CLAIMING);

describe("a claim", () => {
  test("decides at once, and opens the stream where there is room", () => {
    expect(CLAIMING).toEqual({ state: "deciding", effects: ["decide"] });
    expect(after("granted")).toEqual({ state: "holding", effects: ["open-stream"] });
  });

  test("tells that there is no room once, and not again after each change", () => {
    expect(after("refused")).toEqual({ state: "waiting", effects: ["tell", "watch"] });
    expect(after("refused", "changed")).toEqual({
      state: "reconsidering",
      effects: ["stop-watching", "decide"],
    });
    expect(after("refused", "changed", "refused")).toEqual({ state: "waiting", effects: ["watch"] });
  });

  test("decides again after a change that came while it decided", () => {
    expect(after("changed", "refused")).toEqual({ state: "reconsidering", effects: ["tell", "decide"] });
    expect(after("refused", "changed", "changed", "refused")).toEqual({
      state: "reconsidering",
      effects: ["decide"],
    });
    expect(after("changed", "granted").state).toBe("holding");
  });

  test("whose stream is taken closes it, and looks whether there is room elsewhere", () => {
    expect(after("granted", "taken")).toEqual({ state: "deciding", effects: ["close-stream", "decide"] });
    expect(after("granted", "asked")).toEqual({
      state: "deciding",
      effects: ["close-stream", "give-back", "decide"],
    });
    expect(after("granted", "changed")).toEqual({ state: "holding", effects: [] });
  });

  test("that is closed gives all back, and does nothing any more", () => {
    for (const events of [["granted"], ["refused"], ["changed"], []] as const) {
      const { state, effects } = after(...events, "closed");
      expect(effects).toEqual(["stop-watching", "give-back"]);
      for (const event of ["changed", "granted", "refused", "asked", "taken", "closed"] as const)
        expect(stepClaim(state, event)).toEqual({ state: "closed", effects: [] });
    }
  });
});

test("whatever happens, one thing is under way: a decision, a watch, or the stream", () => {
  const events = constantFrom<ClaimEvent>("changed", "granted", "refused", "asked", "taken");
  assert(
    property(array(events, { maxLength: 30 }), (happened) => {
      const open = { decision: true, watch: false, stream: false };
      let { state } = CLAIMING;
      for (const event of happened) {
        // Only a decision ends in one of these, and only a stream is taken.
        if ((event === "granted" || event === "refused") && !open.decision) continue;
        if (event === "taken" && !open.stream) continue;
        if (event === "granted" || event === "refused") open.decision = false;
        const next = stepClaim(state, event);
        for (const effect of next.effects) {
          if (effect === "decide") {
            expect(open.decision).toBe(false);
            open.decision = true;
          }
          if (effect === "watch") open.watch = true;
          if (effect === "stop-watching") open.watch = false;
          if (effect === "open-stream") open.stream = true;
          if (effect === "close-stream") open.stream = false;
        }
        ({ state } = next);
        expect(Object.values(open).filter(Boolean)).toHaveLength(1);
      }
    }),
  );
});
