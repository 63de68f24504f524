import { expect, spyOn, test } from "bun:test";

import type { Position } from "../../../src/web/feed/backlog.ts";
import { Notices } from "../../../src/web/feed/notices.ts";
import { Outage } from "../../../src/web/feed/outage.ts";
import { Resets } from "../../../src/web/feed/resets.ts";
import { createState } from "../../../src/web/state.ts";

/** A page that lost its stream and has it back, whose log ends at 9. */
function createPage() {
  const state = createState();
  const outage = new Outage();
  outage.reconnected(5n);
  outage.follow({ name: "polling", retryAtMs: 0 });
  outage.reconnected(9n);
  const did: (string | Position)[] = [];
  const resets = new Resets({
    backlog: { resumeFrom: (position) => did.push(position), invalidate: () => did.push("invalidate") },
    outage,
    notices: new Notices(state),
    restart: (event) => did.push(event),
  });
  return { resets, outage, did, told: () => state.notice.value?.text };
}

test("a reset to the oldest row is a partial one, and the outage ends where the log does now", () => {
  const { resets, outage, did, told } = createPage();
  resets.onReset({ reason: "rows-replaced", log: "b", latestId: 7, oldestId: 3, resumedFrom: 3 });
  expect(did).toEqual([{ cursor: 3n, log: "b" }]);
  expect(told()).toBeUndefined();
  expect(outage.endAt(6n)).toBeUndefined();
  expect(outage.endAt(7n)).toBe("Reconnected");
});

test("one to before the oldest row is a whole one, after which nothing can be said of the outage", () => {
  const { resets, outage, did, told } = createPage();
  resets.onReset({ reason: "rows-replaced", log: "b", latestId: 7, oldestId: 3, resumedFrom: 2 });
  expect(did).toEqual(["invalidate", "reset"]);
  expect(told()).toStartWith("The newest rows were deleted or replaced.");
  expect(outage.isOngoing).toBe(false);
});

test("the rows that are loaded next tell, once, whether a suspicion was right", () => {
  const { resets, told } = createPage();
  // Another name for the same rows is nothing to tell, and then there is no suspicion any longer.
  resets.suspect("log-changed");
  resets.onLoaded(true);
  resets.onLoaded(false);
  expect(told()).toBeUndefined();
  resets.suspect("log-changed");
  expect(told()).toBeUndefined();
  resets.onLoaded(false);
  expect(told()).toStartWith("The events come from another database or table than before.");
});

test("logs that follow each other within 5 s are a storm, and questions are none", () => {
  using now = spyOn(performance, "now");
  const { resets, did } = createPage();
  for (const atMs of [0, 6000, 10_999, 15_999]) {
    now.mockReturnValue(atMs);
    resets.onOtherLog("file-replaced");
    resets.onAsked();
  }
  const restarts = did.filter((each) => each !== "invalidate");
  expect(restarts).toEqual(["reset", "reset", "reset", "reset", "reset-again", "reset", "reset", "reset"]);
});
