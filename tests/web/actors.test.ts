/** The strip that says who is active, and who has been quiet for how long. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { actorsOf, quietWords } from "../../src/web/actors/actors.ts";
import type { Counts } from "../../src/web/statistics/counts.ts";
import { axe } from "../support/axe.ts";
import { Board, insertSql } from "../support/board.ts";
import { describeInBrowser } from "../support/browser.ts";
import { TEST_TIMEOUT_MS } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const NOW = Date.parse("2026-03-04T10:00:00Z");
const MINUTE = 60_000;

test.each([
  [0, "active"],
  [-5000, "active"],
  [59_999, "active"],
  [MINUTE, "quiet for 1 min"],
  [12.9 * MINUTE, "quiet for 12 min"],
  [61 * MINUTE, "quiet for 1 h"],
  [50 * 60 * MINUTE, "quiet for 2 d"],
])("who was seen %d ms ago is told as %s", (ms, words) => {
  expect(quietWords(NOW - ms, NOW)).toBe(words);
});

describe("the actors", () => {
  const counts: Counts = {
    fromMs: NOW - 15 * MINUTE,
    toMs: NOW,
    bucketMs: 10_000,
    completeFromMs: NOW - 15 * MINUTE,
    latestId: 3n,
    types: [],
    buckets: [],
    actors: [
      { value: "ann", count: 2, lastMs: NOW - 5 * MINUTE },
      { value: "bob", count: 1, lastMs: NOW - MINUTE },
    ],
    frequent: {},
  };
  const row = (actor: string, ms: number) => ({ id: 4n, ms, type: "", actor });
  const span = { fromMs: undefined, toMs: undefined, lengthMs: 15 * MINUTE, bucketMs: 10_000 };

  test("are those that the server has counted and those that came since, in an order that stays", () => {
    const live = [row("bob", NOW), row("", NOW), row("bob", NOW + 1), row("eve", NOW + 2)];
    expect(actorsOf(counts, live, span)).toEqual([
      { name: "ann", count: 2, lastMs: NOW - 5 * MINUTE },
      { name: "bob", count: 3, lastMs: NOW + 1 },
      { name: "eve", count: 1, lastMs: NOW + 2 },
    ]);
  });

  test("of a part of the time that is over are not those of now", () => {
    expect(actorsOf(counts, [row("eve", NOW)], { ...span, toMs: NOW })).toHaveLength(2);
  });
});

const names = `[...document.querySelectorAll("#actors .actor")].map((each) => each.textContent)`;

describeInBrowser("the strip of actors", () => {
  test("says who is active and who is quiet, and asks for one of them", async () => {
    await using board = await Board.open();
    const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE - 1000).toISOString();
    await board.writer.run(insertSql({ actor_id: "Ann B.", timestamp: ago(12) }));
    await board.writer.run(insertSql({ actor_id: "bob", timestamp: ago(0) }));
    await board.writer.run(insertSql({ actor_id: "bob", timestamp: ago(0) }));
    const tab = await board.openConnectedTab();
    await tab.untilText("#actors", /bob2active\s*Ann B\.1quiet for 12 min/);
    await board.writer.run(insertSql({ actor_id: "Ann B." }));
    await tab.untilText("#actors", /bob2active\s*Ann B\.2active/);
    expect(await axe(tab)).toEqual([]);
    await tab.evaluate("document.querySelectorAll('#actors .actor')[1].click()");
    await tab.untilRows([4, 1]);
    expect(await tab.evaluate("document.querySelector('#search').value")).toBe('actor:"Ann B."');
    await tab.untilText("#actors", /^Ann B\.2active$/);
    expect(tab.errors).toEqual([]);
  });

  test("shows a dozen, and more on request", async () => {
    await using board = await Board.open();
    for (let at = 0; at < 15; at++) await board.writer.run(insertSql({ actor_id: `agent-${at}` }));
    const tab = await board.openConnectedTab({ width: 360 });
    await tab.untilText("#actors li:last-child", "+3 actors");
    expect(await tab.evaluate<string[]>(names)).toHaveLength(12);
    const tooWide = "document.documentElement.scrollWidth > document.documentElement.clientWidth";
    expect(await tab.evaluate<boolean>(tooWide)).toBe(false);
    await tab.evaluate("document.querySelector('#actors li:last-child button').click()");
    await tab.untilText("#actors li:last-child", "Fewer");
    expect(await tab.evaluate<string[]>(names)).toHaveLength(15);
    expect(await axe(tab)).toEqual([]);
  });

  test("is not there without a column that tells who did it, and says where nobody did anything", async () => {
    await using board = await Board.open(
      "CREATE TABLE events (id INTEGER PRIMARY KEY, timestamp TEXT DEFAULT CURRENT_TIMESTAMP, event_type TEXT)",
    );
    await board.writer.run("INSERT INTO events (event_type) VALUES ('a')");
    const tab = await board.openConnectedTab();
    await tab.untilText("#chart .chart-readout", /^1 event /);
    expect(await tab.evaluate("document.querySelector('#actors')")).toBeNull();

    await using quiet = await Board.open();
    await quiet.writer.run(
      "INSERT INTO events (timestamp, event_type, actor_id, summary) VALUES ('2020-01-01T00:00:00Z', 'x', 'a', 's')",
    );
    const other = await quiet.openConnectedTab();
    await other.untilText("#actors", "Nobody was active in the last 15 minutes.");
    await other.evaluate("tailboard.ask('since:2020-06-01 until:2021-01-01')");
    await other.untilText("#actors", /^Nobody was active from .* to .*\.$/);
  });
});
