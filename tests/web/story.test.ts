/** The story of a target: what happened to it, oldest first, in attempts. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import type { EventJson, EventList } from "../../src/events.ts";
import type { Tone } from "../../src/web/event/badge.ts";
import { attemptsOf, type Moment } from "../../src/web/story/attempts.ts";
import { durationText, elapsedText, stepText } from "../../src/web/story/duration.ts";
import { StoryEvents } from "../../src/web/story/story-events.ts";
import { axe } from "../support/axe.ts";
import { Board, insertSql } from "../support/board.ts";
import { describeInBrowser, type Tab } from "../support/browser.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const at = (ms: number, tone?: Tone): Moment => ({ ms, tone });

describe("attempts", () => {
  test("begin at an active event and end at a done or failed one", () => {
    expect(
      attemptsOf([
        at(0),
        at(100, "active"),
        at(150, "active"),
        at(200, "failed"),
        at(250, "waiting"),
        at(300, "active"),
        at(420, "done"),
        at(500),
      ]),
    ).toEqual([
      { waitingFromMs: 0, startedAtMs: 100, endedAtMs: 200, outcome: "failed" },
      { waitingFromMs: 250, startedAtMs: 300, endedAtMs: 420, outcome: "done" },
    ]);
  });

  test("stay open while nothing has ended them", () => {
    expect(attemptsOf([at(5, "active"), at(9)])).toEqual([
      { waitingFromMs: undefined, startedAtMs: 5, endedAtMs: undefined, outcome: "active" },
    ]);
  });

  test("may wait for their start", () => {
    expect(attemptsOf([at(0, "active"), at(1, "failed"), at(2, "waiting")]).at(-1)).toEqual({
      waitingFromMs: 2,
      startedAtMs: undefined,
      endedAtMs: undefined,
      outcome: "waiting",
    });
    // What was only seen, and never said to wait, begins nothing.
    expect(attemptsOf([at(0), at(1)])).toEqual([]);
  });

  test("may end without a start that was told: they began when the thing was first seen", () => {
    expect(attemptsOf([at(3), at(8, "done"), at(9, "failed")])).toEqual([
      { waitingFromMs: undefined, startedAtMs: 3, endedAtMs: 8, outcome: "done" },
      { waitingFromMs: undefined, startedAtMs: 9, endedAtMs: 9, outcome: "failed" },
    ]);
  });

  test("never end before they began, whatever the clocks of two machines say", () => {
    expect(attemptsOf([at(10, "active"), at(7, "done")])).toEqual([
      { waitingFromMs: undefined, startedAtMs: 10, endedAtMs: 10, outcome: "done" },
    ]);
  });
});

describe("durations", () => {
  test("have two units at most", () => {
    expect([0, 450, 2345, 59_960, 63_000, 600_000, 7_500_000, 90_000_000].map(durationText)).toEqual([
      "0 ms",
      "450 ms",
      "2.3 s",
      "1 min",
      "1 min 3 s",
      "10 min",
      "2 h 5 min",
      "1 d 1 h",
    ]);
  });

  test("that grow have whole seconds", () => {
    expect([-5, 999, 2999, 61_500].map(elapsedText)).toEqual(["0 s", "0 s", "2 s", "1 min 1 s"]);
  });

  test("between steps have a sign", () => {
    expect([stepText(2300), stepText(-40)]).toEqual(["+2.3 s", "−40 ms"]);
  });
});

/** Answers lists from rows as the server does: complete up to `latestId`. */
function listOf(rows: readonly EventJson[], query: string, log = "log-1"): EventList {
  const parameters = new URLSearchParams(query);
  const [field = "", value] = (parameters.get("q") ?? "").split(":");
  const limit = Number(parameters.get("limit"));
  const [after, before] = [parameters.get("after"), parameters.get("before")];
  const matches = rows.filter(
    (row) =>
      row[`${field}_id`] === value &&
      (after === null || Number(row["id"]) > Number(after)) &&
      (before === null || Number(row["id"]) < Number(before)),
  );
  const all = after === null ? matches.toReversed() : matches;
  const items = all.slice(0, limit);
  const next = all.length > limit ? Number(items.at(-1)?.["id"]) : null;
  return { items, count: items.length, latestId: rows.length, log, next, scannedTo: null };
}

const ROLES = { id: "id", actor: "actor_id", target: "target_id" };

describe("the events of a story", () => {
  test("are those whose target or actor it is, each once, oldest first, with those that come later", async () => {
    const rows: EventJson[] = [
      { id: 1, actor_id: "x", target_id: "y" },
      { id: 2, actor_id: "a", target_id: "x" },
      { id: 3, actor_id: "a", target_id: "y" },
      { id: 4, actor_id: "x", target_id: "x" },
    ];
    const asked: string[] = [];
    const fetchEvents = (query: string) => {
      asked.push(query);
      return Promise.resolve(listOf(rows, query));
    };
    const story = new StoryEvents({ key: "x", roles: ROLES, fetchEvents });
    expect(await story.loadOlder()).toBe("read");
    expect(story.events.map(({ id }) => id)).toEqual([1n, 2n, 4n]);
    expect(story.hasOlder).toBe(false);
    rows.push({ id: 5, actor_id: "b", target_id: "y" }, { id: 6, actor_id: "b", target_id: "x" });
    expect(await story.loadNewer()).toBe("read");
    expect(story.events.map(({ id }) => id)).toEqual([1n, 2n, 4n, 6n]);
    asked.length = 0;
    await story.loadNewer();
    expect(asked.map((query) => new URLSearchParams(query).get("after"))).toEqual(["6", "6"]);
  });

  test("are shown from where both answers are complete, and older ones on request", async () => {
    const rows = Array.from({ length: 1200 }, (_, index) => ({
      id: index + 1,
      // The key is the target of every other row, and the actor of three rows.
      target_id: index % 2 === 0 ? "x" : "y",
      actor_id: [5, 205, 1105].includes(index) ? "x" : "a",
    }));
    const story = new StoryEvents({
      key: "x",
      roles: ROLES,
      fetchEvents: (query) => Promise.resolve(listOf(rows, query)),
    });
    await story.loadOlder();
    expect(story.hasOlder).toBe(true);
    expect(story.events[0]?.id).toBe(201n);
    expect(story.events).toHaveLength(502);
    await story.loadFirst();
    expect(story.first?.id).toBe(1n);
    await story.loadOlder();
    expect(story.hasOlder).toBe(false);
    expect(story.events).toHaveLength(603);
  });

  test("of another log are told: the ids mean something else", async () => {
    const rows = [{ id: 1, actor_id: "x" }];
    let log = "log-1";
    const fetchEvents = (query: string) => Promise.resolve(listOf(rows, query, log));
    const story = new StoryEvents({ key: "x", roles: ROLES, fetchEvents });
    await story.loadOlder();
    log = "log-2";
    expect(await story.loadNewer()).toBe("other-log");
  });

  test("are asked for as they are written, whatever characters the key has", async () => {
    const asked: string[] = [];
    const fetchEvents = (query: string) => {
      asked.push(new URLSearchParams(query).get("q") ?? "");
      return Promise.resolve(listOf([], query));
    };
    await new StoryEvents({ key: 'a "b" * c,d', roles: ROLES, fetchEvents }).loadOlder();
    expect(asked).toEqual([String.raw`target:"a \"b\" \* c,d"`, String.raw`actor:"a \"b\" \* c,d"`]);
  });
});

/** A moment ago, so that the open end has seconds. */
const START_MS = Date.now() - 20_000;

const steps = `[...document.querySelectorAll("#story .story-step")].map((step) => step.dataset.storyEvent)`;

/** Events of T-1 and of others: two attempts, the second of which is open. */
async function openBoard(): Promise<Board> {
  const board = await Board.open();
  const events = [
    ["task_created", "scheduler", "T-1", 0],
    ["task_claimed", "agent-1", "T-1", 2300],
    ["task_claimed", "agent-2", "T-2", 2400],
    ["task_failed", "agent-1", "T-1", 5000],
    ["task_claimed", "agent-2", "T-1", 6000],
  ] as const;
  for (const [event_type, actor_id, target_id, ms] of events)
    await board.writer.run(
      insertSql({
        event_type,
        actor_id,
        target_id,
        timestamp: new Date(START_MS + ms).toISOString(),
        summary: `${event_type} of ${target_id}`,
      }),
    );
  return board;
}

const untilSteps = (tab: Tab, ids: readonly number[]) =>
  until(
    async () => (await tab.evaluate<string[]>(steps)).join(" ") === ids.join(" "),
    `steps ${ids.join(" ")}`,
  );

describeInBrowser("the story of a target", () => {
  test("stands beside the list: its events oldest first, the time between them, and a bar per attempt", async () => {
    await using board = await openBoard();
    const tab = await board.openTab({}, "?story=T-1");
    await untilSteps(tab, [1, 2, 4, 5]);
    await tab.untilRows([5, 4, 3, 2, 1]);
    expect(await tab.text("#story h2")).toBe("T-1");
    expect(await tab.text("#story .story-count")).toBe("4");
    expect(
      await tab.evaluate(
        `[...document.querySelectorAll("#story .story-delta")].map((delta) => delta.textContent)`,
      ),
    ).toEqual(["+2.3 s", "+2.7 s", "+1 s"]);
    expect(
      await tab.evaluate(
        `[...document.querySelectorAll("#story .attempt-bar")].map((bar) => bar.dataset.outcome)`,
      ),
    ).toEqual(["failed", "active"]);
    expect(await tab.text("#story .attempt .attempt-length")).toBe("failed after 2.7 s");
    const open = "#story .attempt:last-child .attempt-length";
    const length = await tab.untilText(open, /^active for /);
    await until(async () => (await tab.text(open)) !== length, "the open end to grow");
    expect(await tab.evaluate("new URL(location.href).searchParams.get('story')")).toBe("T-1");
    expect(await axe(tab)).toEqual([]);
    expect(tab.errors).toEqual([]);
  });

  test("goes on by itself, and its attempt ends", async () => {
    await using board = await openBoard();
    const tab = await board.openTab({}, "?story=T-1");
    await untilSteps(tab, [1, 2, 4, 5]);
    await board.writer.run(insertSql({ event_type: "note", target_id: "T-2" }));
    await board.writer.run(
      insertSql({
        event_type: "task_completed",
        target_id: "T-1",
        timestamp: new Date(START_MS + 9000).toISOString(),
      }),
    );
    await untilSteps(tab, [1, 2, 4, 5, 7]);
    await tab.untilText("#story .attempt:last-child .attempt-length", "done after 3 s");
    expect(tab.errors).toEqual([]);
  });

  test("of an actor has what it did, also beside a search that has none of it", async () => {
    await using board = await openBoard();
    const tab = await board.openTab({}, "?q=type:nothing&story=agent-2");
    await untilSteps(tab, [3, 5]);
    await board.writer.run(insertSql({ actor_id: "agent-2" }));
    await untilSteps(tab, [3, 5, 6]);
    expect(tab.errors).toEqual([]);
  });

  test("closes with Escape and with its button, and the browser's Back opens it again", async () => {
    await using board = await openBoard();
    const tab = await board.openTab({}, "?story=T-1");
    await untilSteps(tab, [1, 2, 4, 5]);
    const isOpen = () => tab.evaluate<boolean>(`document.querySelector("#story") !== null`);
    await tab.evaluate(
      `document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }))`,
    );
    await until(async () => !(await isOpen()), "the story to close");
    expect(await tab.evaluate("location.search")).toBe("");
    await tab.evaluate("history.back()");
    await untilSteps(tab, [1, 2, 4, 5]);
    await tab.click("#story .close");
    await until(async () => !(await isOpen()), "the story to close");
    expect(tab.errors).toEqual([]);
  });

  test("of something that no event names says so", async () => {
    await using board = await openBoard();
    const tab = await board.openTab({}, "?story=T-77");
    await tab.untilText("#story .story-empty", /^No event names it/);
    expect(tab.errors).toEqual([]);
  });

  test("is a sheet on a phone, and axe finds nothing in the dark", async () => {
    await using board = await openBoard();
    const tab = await board.openTab({ width: 360, height: 740, scheme: "dark" }, "?story=T-1");
    await untilSteps(tab, [1, 2, 4, 5]);
    expect(
      await tab.evaluate(
        `document.querySelector("#story").getBoundingClientRect().width === document.documentElement.clientWidth`,
      ),
    ).toBe(true);
    expect(await tab.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
    expect(await axe(tab)).toEqual([]);
    expect(tab.errors).toEqual([]);
  });
});
