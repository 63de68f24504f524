import { expect, test } from "bun:test";

import { LIVE, type LogView, stepView, type ViewEvent } from "../../../src/web/log/view.ts";

/** The view after these events, one a millisecond. */
function after(...events: readonly ViewEvent[]): LogView {
  return events.reduce((view, event, at) => stepView(view, event, at + 1), LIVE);
}

test("live rows are held from the moment that somebody asks for it", () => {
  expect(after({ name: "hold", why: "pause" })).toEqual({ name: "held", why: "pause", sinceMs: 1 });
});

test("a weightier reason takes over, and the moment stays", () => {
  expect(after({ name: "hold", why: "pointer" }, { name: "hold", why: "row" })).toEqual({
    name: "held",
    why: "row",
    sinceMs: 1,
  });
  expect(after({ name: "hold", why: "scroll" }, { name: "hold", why: "row" })).toMatchObject({
    why: "scroll",
  });
  expect(after({ name: "hold", why: "pause" }, { name: "hold", why: "scroll" })).toMatchObject({
    why: "pause",
  });
  expect(after({ name: "hold", why: "pause" }, { name: "hold", why: "jump" })).toMatchObject({ why: "jump" });
});

test.each([
  ["pointer-left", "pointer"],
  ["row-closed", "row"],
  ["top-reached", "scroll"],
  ["top-reached", "jump"],
] as const)("%s ends the hold of a %s and of nothing that weighs more", (event, why) => {
  expect(after({ name: "hold", why }, event)).toEqual(LIVE);
  expect(after({ name: "hold", why: "pause" }, event)).toMatchObject({ name: "held", why: "pause" });
});

test("a closed row does not end what a scroll began", () => {
  expect(after({ name: "hold", why: "scroll" }, "row-closed")).toMatchObject({ name: "held", why: "scroll" });
});

test.each(["resume", "reset"] as const)("%s shows the newest rows again, whatever held them", (event) => {
  for (const why of ["pointer", "row", "scroll", "jump", "pause"] as const)
    expect(after({ name: "hold", why }, event)).toEqual(LIVE);
});
