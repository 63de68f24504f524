/** Tabs of one browser that ask more different questions than it has streams. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { Board } from "../../../support/board.ts";
import { describeInBrowser, type Tab } from "../../../support/browser.ts";
import { FakeServer } from "../../../support/fake-server.ts";
import { advanceClock, look, mayBeHidden, streamsOf, Tabs, watchRows } from "../../../support/tabs.ts";
import { TEST_TIMEOUT_MS, until } from "../../../support/until.ts";

setDefaultTimeout(2 * TEST_TIMEOUT_MS);

/** Every row below matches all of them. */
const QUESTIONS = ["", "type:test", "written", "-type:failed", '"another process"'];
const asked = (question = "") => (question === "" ? "" : `?q=${encodeURIComponent(question)}`);

/** Far below the 5 s of a poll, and far above what a stream takes on a busy machine. */
const SOON_MS = 3000;

/** How long an answer of the API takes in a tab, in milliseconds. */
const timeAnswer = (tab: Tab) =>
  tab.evaluate<number>(
    `(async () => { const from = performance.now(); await (await fetch("api/status")).text(); return performance.now() - from; })()`,
  );

const statusRequests = (server: FakeServer) =>
  server.requests.filter((path) => path === "/api/status").length;

const statusOf = (tab: Tab) => tab.text("#connection-status");

/** Waits until there are so many streams, and says how many there were where that takes too long. */
async function untilStreams(board: Board, count: number): Promise<void> {
  let last: number | undefined;
  const isReached = async () => {
    last = await board.server.metric("tailboard_subscribers");
    return last === count;
  };
  await until(isReached, "the streams").catch((error: unknown) => {
    throw new Error(`there are ${last} streams instead of ${count}`, { cause: error });
  });
}

describeInBrowser("8 tabs with 5 questions", () => {
  test("have three streams together, and show every row once, those that are looked at at once", async () => {
    await using board = await Board.open();
    await board.writer.insert(2);
    await using tabs = new Tabs();
    for (let at = 0; at < 8; at++)
      await tabs.add(board.server.url + asked(QUESTIONS[at % QUESTIONS.length]), mayBeHidden);
    await tabs.untilRows([2, 1]);
    await untilStreams(board, 3);
    for (const tab of tabs.all) {
      await tab.evaluate(watchRows);
      expect(await timeAnswer(tab)).toBeLessThan(SOON_MS);
    }
    // Two questions poll, one of them in two tabs or in one: they say so, and why.
    const first = await Promise.all(tabs.all.map(statusOf));
    expect(first.filter((status) => status === "Polling").length).toBeGreaterThanOrEqual(2);
    const polling = tabs.all[first.indexOf("Polling")];
    expect(await polling?.text("#why-polling")).toBe("too many searches open");
    expect(await polling?.text("button.retry")).toBeNull();
    expect(await polling?.evaluate("tailboard.fallbackToPolling")).toBe(true);

    const startedAt = performance.now();
    await board.writer.insert(1);
    await tabs.untilRows([3, 2, 1]);
    expect(performance.now() - startedAt).toBeLessThan(6000);

    // The reader leaves all of them, and comes to those that polled.
    for (const tab of tabs.all) await look(tab, false);
    const polled = tabs.all.filter((_, at) => first[at] === "Polling");
    await board.writer.insert(1);
    for (const tab of polled) {
      const lookedAt = performance.now();
      await look(tab, true);
      await tab.untilRows([4, 3, 2, 1]);
      expect(performance.now() - lookedAt).toBeLessThan(SOON_MS);
    }
    for (const tab of polled) {
      await tab.untilText("#connection-status", "Connected", SOON_MS);
      expect(await tab.text("#why-polling")).toBeNull();
    }
    const insertedAt = performance.now();
    await board.writer.insert(1);
    for (const tab of polled) await tab.untilRows([5, 4, 3, 2, 1]);
    expect(performance.now() - insertedAt).toBeLessThan(SOON_MS);
    await untilStreams(board, 3);

    for (const tab of tabs.all) await look(tab, true);
    await tabs.untilRows([5, 4, 3, 2, 1]);
    for (const tab of tabs.all) {
      expect((await tab.evaluate<string[]>("entered")).toSorted()).toEqual(["3", "4", "5"]);
      expect(tab.errors).toEqual([]);
    }
  });

  test("hand the streams on when tabs are closed, and have one for each question when there is room", async () => {
    await using board = await Board.open();
    await board.writer.insert(1);
    await using tabs = new Tabs();
    for (const question of [...QUESTIONS, ...QUESTIONS.slice(0, 3)])
      await tabs.add(board.server.url + asked(question), mayBeHidden);
    await tabs.untilRows([1]);
    await untilStreams(board, 3);
    for (const tab of tabs.all) await tab.evaluate(watchRows);
    const writing = board.writer.insert(20, 20);
    for (let closed = 0; closed < 3; closed++) {
      await tabs.takeLeader()[Symbol.asyncDispose]();
      await untilStreams(board, 3);
    }
    await writing;
    const rows = Array.from({ length: 21 }, (_, at) => 21 - at);
    await tabs.untilRows(rows);
    for (const tab of tabs.all) {
      const entered = await tab.evaluate<string[]>("entered");
      expect(entered.map(Number).toSorted((a, b) => b - a)).toEqual(rows.slice(0, -1));
    }
    while (tabs.all.length > 3) await tabs.all.pop()?.[Symbol.asyncDispose]();
    await tabs.untilAll("Connected");
  });
});

describeInBrowser("a tab without a stream", () => {
  test("that is hidden asks seldom, and gets the room that is left", async () => {
    await using server = await FakeServer.start();
    server.commitMany(1);
    await using tabs = new Tabs();
    for (const question of QUESTIONS.slice(0, 3)) await tabs.add(server.url + asked(question), mayBeHidden);
    await tabs.untilAll("Connected");
    const fourth = await tabs.add(server.url + asked("fourth"), mayBeHidden);
    const polls = () =>
      server.requests.filter((path) => path.includes("fourth") && path.includes("after=")).length;
    await fourth.untilText("#connection-status", "Polling");
    await until(() => polls() > 0, "a poll");
    await look(fourth, false);
    const [before, rounds] = [polls(), statusRequests(server)];
    await until(() => statusRequests(server) >= rounds + 7, "two rounds of three tabs", 20_000);
    // One may have been under way.
    expect(polls() - before).toBeLessThanOrEqual(1);
    const later = polls();
    await fourth.evaluate(advanceClock(30_000));
    await until(() => polls() > later, "a poll of the hidden tab");

    await tabs.takeLeader()[Symbol.asyncDispose]();
    await look(fourth, true);
    await fourth.untilText("#connection-status", "Connected");
    expect(server.streams).toBe(3);
  });

  test("whose browser has no locks gives its stream back after 30 s, and goes on from its cursor", async () => {
    await using server = await FakeServer.start();
    server.commitMany(1);
    const before = `delete Navigator.prototype.locks; ${mayBeHidden}`;
    await using tabs = await Tabs.open(server.url, 2, before);
    const [hidden, seen] = tabs.all;
    if (hidden === undefined || seen === undefined) throw new Error("there are no two tabs");
    await tabs.untilAll("Connected");
    expect(server.streams).toBe(2);
    await look(hidden, false);
    await hidden.evaluate(advanceClock(29_000 - 6000));
    await until(() => statusRequests(server) >= 4, "a round", 8000);
    expect(server.streams).toBe(2);
    await hidden.evaluate(advanceClock(6000));
    await until(() => server.streams === 1, "the stream to be given back");
    server.commitMany(3);
    await seen.untilRows([4, 3, 2, 1]);
    const lookedAt = performance.now();
    await look(hidden, true);
    await hidden.untilRows([4, 3, 2, 1]);
    expect(performance.now() - lookedAt).toBeLessThan(SOON_MS);
    await hidden.untilText("#connection-status", "Connected");
    expect(server.streamRequests.at(-1)).toBe("/api/events/stream?lastEventId=1&log=log-1");
    expect(await hidden.text("#notice")).toBeNull();
    expect(streamsOf(hidden)).toBe(2);
    expect(hidden.errors).toEqual([]);
  });
});
