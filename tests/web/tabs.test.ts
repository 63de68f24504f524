/** Several tabs of one browser, which share one stream. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { Board } from "../support/board.ts";
import { describeInBrowser, Tab } from "../support/browser.ts";
import { FakeServer, row } from "../support/fake-server.ts";
import { advanceClock, Tabs, watchRows } from "../support/tabs.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(2 * TEST_TIMEOUT_MS);

const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, at) => from - at);

describeInBrowser("24 tabs of the real server", () => {
  test("share one stream, hand it on, and come back after a restart, each row once in each tab", async () => {
    await using board = await Board.open();
    await board.writer.insert(3);
    await using tabs = await Tabs.open(board.server.url, 24);
    await tabs.untilAll("Connected");
    expect(await board.server.metric("tailboard_subscribers")).toBe(1);
    for (const tab of tabs.all) await tab.evaluate(watchRows);

    const startedAt = performance.now();
    await board.writer.insert(1);
    await tabs.untilRows([4, 3, 2, 1]);
    // Far below the 5 s of a poll.
    expect(performance.now() - startedAt).toBeLessThan(4000);

    // The tab with the stream is closed while rows come.
    const writing = board.writer.insert(20, 10);
    await tabs.takeLeader()[Symbol.asyncDispose]();
    await writing;
    await tabs.untilRows(down(24, 1));
    await tabs.untilAll("Connected");
    expect(await board.server.metric("tailboard_subscribers")).toBe(1);

    await board.server.stop("SIGKILL");
    await tabs.untilAll("Polling");
    await board.writer.insert(5);
    await board.restart();
    await tabs.untilAll("Connected", 10_000);
    await tabs.untilRows(down(29, 1));
    await until(async () => (await board.server.metric("tailboard_subscribers")) === 1, "one stream");
    await board.writer.insert(1);
    await tabs.untilRows(down(30, 1));
    for (const tab of tabs.all) {
      const entered = await tab.evaluate<string[]>("entered");
      expect(entered.map(Number).toSorted((a, b) => b - a)).toEqual(down(30, 4));
    }
  });
});

describeInBrowser("tabs that share a stream", () => {
  test("show the same, whichever of them came first", async () => {
    await using server = await FakeServer.start();
    server.commitMany(2);
    await using tabs = await Tabs.open(server.url, 3);
    await tabs.untilAll("Connected");
    server.commitMany(3);
    await tabs.untilRows(down(5, 1));
    expect(server.streamRequests).toHaveLength(1);
    // Rows with gaps between their ids, and one beyond 2^53.
    server.commit(row(100), row("9007199254740993"));
    for (const tab of tabs.all) await tab.untilRows(["9007199254740993", 100, 5, 4, 3, 2, 1]);
    for (const tab of tabs.all) expect(tab.errors).toEqual([]);
  });

  test("replace the same rows after a partial reset, and load after a whole one", async () => {
    await using server = await FakeServer.start();
    server.commitMany(5);
    await using tabs = await Tabs.open(server.url, 3);
    await tabs.untilAll("Connected");
    server.rows.length = 3;
    server.log = "log-2";
    server.reset("rows-replaced", 3);
    server.commit(row(4, { summary: "another" }));
    await tabs.untilRows([4, 3, 2, 1]);
    for (const tab of tabs.all) {
      expect(await tab.text("[data-event-id='4'] .summary")).toBe("another");
      expect(await tab.text("#notice")).toBeNull();
    }
    // Who comes now joins under the new name.
    tabs.all.push(await Tab.open(server.url));
    await tabs.untilAll("Connected");
    expect(server.streamRequests).toHaveLength(1);

    server.rows.length = 0;
    server.rows.push(row(1, { summary: "of the new file" }), row(2));
    server.log = "log-3";
    server.reset("file-replaced");
    await tabs.untilRows([2, 1]);
    await tabs.untilAll("Connected");
    for (const tab of tabs.all) {
      await tab.untilText("#notice", /was replaced/);
      expect(await tab.text("[data-event-id='1'] .summary")).toBe("of the new file");
    }
    expect(server.streams).toBe(1);
    server.commitMany(1);
    await tabs.untilRows([3, 2, 1]);
  });

  test("poll all together while the stream is refused, and say so", async () => {
    await using server = await FakeServer.start();
    server.commitMany(1);
    await using tabs = await Tabs.open(server.url, 4);
    await tabs.untilAll("Connected");
    server.refuseStreamWith = 503;
    server.cutStreams();
    await tabs.untilAll("Polling");
    // One tab tried. The others heard of it rather than try one after the other.
    expect(server.streamRequests.length).toBeLessThanOrEqual(2);
    server.commitMany(2);
    await tabs.untilRows([3, 2, 1]);
    server.refuseStreamWith = undefined;
    await tabs.untilAll("Connected");
    expect(server.streams).toBe(1);
    server.commitMany(1);
    await tabs.untilRows([4, 3, 2, 1]);
  });

  test("say Connected only after the shared stream's hello", async () => {
    await using server = await FakeServer.start();
    server.commitMany(1);
    server.isSilent = true;
    await using tabs = await Tabs.open(server.url, 3);
    await tabs.untilRows([1]);
    server.rows.push(row(2));
    await tabs.untilRows([2, 1]);
    for (const tab of tabs.all) expect(await tab.text("#connection-status")).not.toBe("Connected");
    server.isSilent = false;
    server.greet();
    await tabs.untilAll("Connected");
    expect(server.streamRequests).toHaveLength(1);
  });

  test("come back together after a goodbye, through one stream", async () => {
    await using server = await FakeServer.start();
    server.commitMany(1);
    await using tabs = await Tabs.open(server.url, 3);
    await tabs.untilAll("Connected");
    server.bye(100);
    await until(() => server.streamRequests.length === 2, "the next stream", 3000);
    await tabs.untilAll("Connected");
    server.commitMany(1);
    await tabs.untilRows([2, 1]);
    expect(server.streams).toBe(1);
    for (const tab of tabs.all) expect(await tab.text("#notice")).toBeNull();
  });

  test("take the stream over from a tab that is frozen, and it follows when it is awake", async () => {
    await using server = await FakeServer.start();
    server.commitMany(1);
    await using tabs = await Tabs.open(server.url, 4);
    await tabs.untilAll("Connected");
    const frozen = tabs.takeLeader();
    await using _ = frozen;
    // A request that blocks the page, until the server answers it.
    let isAwake = false;
    const thaw = frozen
      .evaluate(
        `(() => { const request = new XMLHttpRequest(); request.open("GET", "api/hold", false); request.send(); })()`,
      )
      .then(() => (isAwake = true));
    for (const tab of tabs.all) await tab.evaluate(advanceClock(41_000));
    server.commitMany(2);
    await tabs.untilRows([3, 2, 1]);
    await tabs.untilAll("Connected", 30_000);
    expect(isAwake).toBe(false);
    server.release();
    await thaw;
    await until(() => server.streams === 1, "one stream");
    server.commitMany(1);
    await tabs.untilRows([4, 3, 2, 1]);
    await frozen.untilRows([4, 3, 2, 1]);
    await frozen.untilText("#connection-status", "Connected");
    expect(server.streams).toBe(1);
  });

  test("read what they missed by themselves, and then hear the stream again", async () => {
    await using server = await FakeServer.start();
    server.commitMany(1);
    const mayBeDeaf = `const listen = BroadcastChannel.prototype.addEventListener;
      BroadcastChannel.prototype.addEventListener = function (name, hear) {
        listen.call(this, name, (event) => {
          if (window.isDeaf) window.missed += event.data.rows?.length ?? 0;
          else hear(event);
        });
      };`;
    await using tabs = await Tabs.open(server.url, 2, mayBeDeaf);
    await tabs.untilAll("Connected");
    const leader = tabs.takeLeader();
    await using _ = leader;
    const [follower] = tabs.all;
    if (follower === undefined) throw new Error("there is no second tab");
    for (const missed of [3, 300, 3000]) {
      await follower.evaluate("window.missed = 0, window.isDeaf = true");
      const before = Number(server.latestId);
      server.commitMany(missed);
      await leader.untilRows(down(before + missed, Math.max(1, before + missed - 49)));
      await until(() => follower.evaluate<boolean>(`window.missed === ${missed}`), "rows that were missed");
      await follower.evaluate("window.isDeaf = false");
      server.commitMany(1);
      const latest = before + missed + 1;
      await follower.untilRows(down(latest, Math.max(1, latest - 49)), 4000);
      expect(await follower.text("#connection-status")).toBe("Connected");
    }
    expect(server.streamRequests).toHaveLength(1);
  });
});

describeInBrowser("a browser that can't share", () => {
  test.each([
    ["locks", "delete Navigator.prototype.locks"],
    ["channels", "delete window.BroadcastChannel"],
  ])("without %s each tab has a stream of its own", async (_what, before) => {
    await using server = await FakeServer.start();
    server.commitMany(1);
    await using tabs = await Tabs.open(server.url, 2, before);
    await tabs.untilAll("Connected");
    expect(server.streams).toBe(2);
    server.commitMany(1);
    await tabs.untilRows([2, 1]);
    for (const tab of tabs.all) expect(tab.errors).toEqual([]);
  });
});
