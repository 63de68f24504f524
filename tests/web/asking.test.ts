/** Another question, another log: what the page shows until the answer is there, and what it never shows. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { rename, rm } from "node:fs/promises";

import { Board, insertSql } from "../support/board.ts";
import { describeInBrowser, type Tab } from "../support/browser.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** Rows 1 to `count`, every third of the type "rare". */
const fill = (
  count: number,
) => `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
  INSERT INTO events(event_type, summary) SELECT iif(i % 3 = 0, 'rare', 'usual'), 'number ' || i FROM n`;

const rareDown = (count: number, limit: number) =>
  Array.from({ length: Math.floor(count / 3) }, (_, at) => 3 * (Math.floor(count / 3) - at)).slice(0, limit);

const ask = (tab: Tab, question: string) => tab.evaluate(`tailboard.ask(${JSON.stringify(question)})`);

/** As somebody does who types fast: does not wait for the answer. */
const type = (tab: Tab, question: string) =>
  tab.evaluate(`(() => {
    const box = document.querySelector("#search");
    box.value = ${JSON.stringify(question)};
    box.dispatchEvent(new InputEvent("input", { bubbles: true }));
    if (box.value !== "") box.form.requestSubmit();
  })()`);

/** Answers of the server come so many milliseconds late, in their order. */
const late = (ms: number) => `(() => {
  const real = fetch;
  window.lateMs = ${ms};
  window.fetch = async (url, ...rest) => {
    if (String(url).includes("api/events")) await new Promise((done) => setTimeout(done, window.lateMs));
    return real(url, ...rest);
  };
})()`;

/** Notes every row that is in the page, from now on. */
const NOTE_TYPES = `(window.types = new Set(), requestAnimationFrame(function look() {
  const isStale = document.querySelector(".log-view")?.ariaBusy === "true";
  if (!isStale) for (const badge of document.querySelectorAll("tr .badge")) types.add(badge.textContent);
  requestAnimationFrame(look);
}))`;

const scrollDown = async (tab: Tab): Promise<void> => {
  for (let notch = 0; notch < 6; notch++) {
    await tab.evaluate("scrollBy(0, 300)");
    await tab.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
  }
  await tab.untilText(".log-view-state", /^History/);
};

describeInBrowser("a question that is asked while the reader is somewhere in the log", () => {
  test("shows its answer from the newest row on, and no row of the question before", async () => {
    await using board = await Board.open();
    await board.writer.run(fill(600));
    const tab = await board.openConnectedTab();
    await scrollDown(tab);
    await ask(tab, "type:rare");
    await tab.untilRows(rareDown(600, 50));
    await tab.evaluate(NOTE_TYPES);
    await tab.untilText(".log-view-state", "Live");
    const top = `document.querySelector("[data-event-id='600']").getBoundingClientRect().top`;
    expect(await tab.evaluate<number>(top)).toBeGreaterThan(0);
    await scrollDown(tab);
    await until(async () => Number((await tab.rows()).at(-1)) < 450, "older rows");
    expect(await tab.evaluate<string[]>("[...types]")).toEqual(["rare"]);
    expect(tab.errors).toEqual([]);
  });

  test("is the same by Back and Forward, at once", async () => {
    await using board = await Board.open();
    await board.writer.run(fill(600));
    const tab = await board.openConnectedTab();
    await ask(tab, "type:rare");
    await tab.untilRows(rareDown(600, 50));
    await scrollDown(tab);
    await tab.evaluate(late(100));
    await tab.evaluate("(history.back(), setTimeout(() => history.forward(), 150))");
    await until(async () => (await tab.evaluate("location.search")) === "", "the step back");
    await until(async () => (await tab.evaluate("location.search")) !== "", "the step forward");
    const startedAt = performance.now();
    await until(
      async () => (await tab.rows()).slice(0, 50).join() === rareDown(600, 50).join(),
      "the rows of the question",
      2500,
    );
    expect(performance.now() - startedAt).toBeLessThan(2500);
    await tab.untilText("#connection-status", "Connected");
  });

  test("another file leaves nothing of the one before", async () => {
    await using board = await Board.open();
    await board.writer.run(fill(600));
    await using other = await Board.open();
    await other.writer.run(fill(200).replace("'rare'", "'other'").replace("'usual'", "'other'"));
    await other.writer.run("PRAGMA wal_checkpoint(TRUNCATE)");
    const tab = await board.openConnectedTab();
    await scrollDown(tab);
    await Promise.all(["-wal", "-shm"].map((end) => rm(board.path + end, { force: true })));
    await rename(other.path, board.path);
    await tab.untilRows(Array.from({ length: 50 }, (_, at) => 200 - at));
    await tab.evaluate(NOTE_TYPES);
    await scrollDown(tab);
    await until(async () => Number((await tab.rows()).at(-1)) < 151, "older rows");
    expect(await tab.evaluate<string[]>("[...types]")).toEqual(["other"]);
  });
});

describeInBrowser("what is asked last", () => {
  test("is what is shown, however late the answer to what was asked before", async () => {
    await using board = await Board.open();
    await board.writer.run(fill(60));
    const tab = await board.openConnectedTab({ before: late(300) });
    await type(tab, "type:rare");
    await type(tab, "");
    await tab.evaluate("new Promise((done) => setTimeout(done, 900))");
    expect(await tab.evaluate("location.search")).toBe("");
    expect(await tab.text(".chips")).toBeNull();
    await tab.untilRows(Array.from({ length: 50 }, (_, at) => 60 - at));

    await ask(tab, "type:rare");
    await ask(tab, "type:usual");
    await tab.evaluate("(history.back(), setTimeout(() => history.back(), 100))");
    await until(async () => (await tab.evaluate("location.search")) === "", "two steps back");
    await tab.evaluate("new Promise((done) => setTimeout(done, 900))");
    expect(await tab.evaluate("location.search")).toBe("");
    expect(await tab.text(".chips")).toBeNull();
    await tab.evaluate("history.go(2)");
    await tab.untilText(".chip code", "type:usual");
  });

  test("stays half written where Back leads to another event of the same question", async () => {
    await using board = await Board.open();
    await board.writer.run(fill(60));
    const tab = await board.openTab({}, "?q=type:rare");
    await tab.untilText(".chip code", "type:rare");
    await tab.untilRows(rareDown(60, 50));
    await tab.click("[data-event-id='60'] .summary");
    await tab.untilText("#detail", /number 60/);
    await tab.evaluate(`(() => {
      const box = document.querySelector("#search");
      box.value = "type:rare half";
      box.dispatchEvent(new InputEvent("input", { bubbles: true }));
      history.back();
    })()`);
    await until(async () => (await tab.text("#detail .fields")) === null, "the event to close");
    expect(await tab.evaluate("document.querySelector('#search').value")).toBe("type:rare half");
  });

  test("is everything where Back leads to what can't be asked, as in a link", async () => {
    await using board = await Board.open();
    await board.writer.run(fill(60));
    const tab = await board.openTab({}, "?q=typ:x");
    await tab.untilText("#search-help", /no field "typ"/);
    await ask(tab, "type:rare");
    await tab.untilText(".chip code", "type:rare");
    await tab.evaluate("history.back()");
    await tab.untilText("#search-help", /no field "typ"/);
    await tab.untilRows(Array.from({ length: 50 }, (_, at) => 60 - at));
    expect(await tab.text(".chips")).toBeNull();
    expect(await tab.evaluate("document.querySelector('#search').value")).toBe("typ:x");
  });

  test("is not said to be answered by rows of before, and nothing is live without a server", async () => {
    await using board = await Board.open();
    await board.writer.run(fill(60));
    const tab = await board.openConnectedTab();
    await tab.untilText(".log-view-state", "Live");
    await board.server.stop("SIGKILL");
    await tab.untilText("#problem", /can’t be reached/);
    await tab.untilText(".log-view-state", "The newest rows, as they were");
    await ask(tab, "type:rare");
    await tab.untilText(".log-view-state", "Waiting for the rows");
    expect(await tab.evaluate("document.querySelector('.log-view').ariaBusy")).toBe("true");
    await board.restart();
    await tab.untilRows(rareDown(60, 50));
    await tab.untilText(".log-view-state", "Live");
    expect(await tab.evaluate("document.querySelector('.log-view').ariaBusy")).toBe("false");
    await board.writer.run(insertSql({ event_type: "rare" }));
    await tab.untilRows([61, ...rareDown(60, 50)]);
  });
});
