/** Pages, jumps and searches of a large table without an index but its key. */
import { existsSync } from "node:fs";

import { Scratch } from "../../tests/support/scratch.ts";
import type { Server } from "../../tests/support/server.ts";
import { startTailboard } from "../peers/tailboard.ts";
import type { BenchContext } from "../support/bench-context.ts";
import { besideGoals, besideNote, measureBeside, type Work } from "../support/beside.ts";
import { FILLED_FROM_SECONDS, FILLED_GAP_SECONDS, fillTable, hasRoomFor } from "../support/fill-table.ts";
import { askList, searchAll, timeAnswers } from "../support/list-answer.ts";
import { percentile } from "../support/percentiles.ts";
import { quietest, quietNote } from "../support/quiet.ts";
import { atMost, count, type Goal, ms, type ScenarioResult } from "../support/report.ts";
import type { Scenario } from "./scenario.ts";
import { checkpointGoals, refusedGoals } from "./search-beside-writers.ts";

/** Stands in no row. */
const ABSENT = "zebra";
const NEVER_FOUND = `q=${ABSENT}&budget=5000`;
/** Stands in every row. */
const COMMON = "step";

const TIMES = 100;
const SEARCHES = 3;
const TIMES_OF_SHELL = 1.3;
const TIMES_OF_P99 = 1.5;

/** The columns that a bare word looks at in the documented table: src/query/compile.ts */
const SEARCHED_COLUMNS = ["summary", "event_type", "target_id", "actor_id", "metadata", "target_type"];

export const search: Scenario = {
  name: "search",
  title: "Pages, jumps and searches of a large table without an index",
  run: measureSearch,
};

async function measureSearch(context: BenchContext): Promise<ScenarioResult> {
  const { rows: asked, largeRows, tableFile, seconds, serverArgs, say } = context;
  using scratch = new Scratch();
  const rows = asked ?? largeRows;
  const path = tableFile ?? scratch.path("search.db");
  if (!existsSync(path)) {
    if (!hasRoomFor(path, rows))
      return { measurements: [], goals: [], notes: [`no room on the disk for ${count(rows)} rows`] };
    say(`search: filling a table of ${count(rows)} rows`);
    fillTable(path, rows);
  }
  await using peer = await startTailboard(path, serverArgs);
  const { server } = peer;
  const newest = (await askList(server, "limit=1")).items[0]?.id ?? 0;

  say("search: pages and jumps");
  const pages = await quietest(context, peer.pids, () => answerGoals(server, newest, rows));
  const goals = [...pages.value];

  say("search: a word that is nowhere");
  const { goal, note } = await wholeSearch(server, path, newest);
  goals.push(goal);
  say("search: streams beside it");
  const searching: Work = async (isOver) => {
    while (!isOver()) await searchAll(server, NEVER_FOUND, isOver);
  };
  const beside = await measureBeside(peer, path, seconds, searching);
  goals.push(...besideGoals("beside a search", TIMES_OF_P99, beside));
  say("search: checkpoints beside it");
  goals.push(...(await checkpointGoals(peer, path, searching)));
  say("search: a writer in a rollback mode beside it");
  goals.push(...(await refusedGoals(context, NEVER_FOUND)));
  return {
    measurements: [],
    goals,
    notes: [note, quietNote("pages and jumps", [pages.othersCpu]), besideNote("search", beside)],
  };
}

/** Answers that do not depend on the size of the table. @param rows as many as were filled in */
async function answerGoals(server: Server, newest: number, rows: number): Promise<Goal[]> {
  const hits = await timeAnswers(server, [`/api/events?q=${COMMON}`], TIMES);
  return [
    ...(await pageGoals(server, newest)),
    ...(await jumpGoals(server, rows)),
    atMost("first hits of a common word, p99", 100, percentile(hits, 0.99), ms),
  ];
}

/** @param newest id of the newest row */
async function pageGoals(server: Server, newest: number): Promise<Goal[]> {
  const first = await timeAnswers(server, ["/api/events"], TIMES);
  const goals = [atMost("first page, p99", 20, percentile(first, 0.99), ms)];
  // Each time another page of the same part, as somebody has it who goes on reading.
  const pages = (from: number, parameter: string): string[] =>
    Array.from({ length: TIMES }, (_, page) => {
      const step = parameter === "before" ? -50 * page : 50 * page;
      return `/api/events?${parameter}=${from + step}`;
    });
  const parts: readonly (readonly [string, number, string])[] = [
    ["newest, towards older", newest, "before"],
    ["newest, towards newer", newest - 50 * TIMES, "after"],
    ["middle, towards older", newest >> 1, "before"],
    ["middle, towards newer", newest >> 1, "after"],
    ["oldest, towards older", 50 * TIMES, "before"],
    ["oldest, towards newer", 0, "after"],
  ];
  for (const [what, from, parameter] of parts) {
    const took = await timeAnswers(server, pages(from, parameter), TIMES);
    goals.push(atMost(`page by key, ${what}, p99`, 5, percentile(took, 0.99), ms));
  }
  return goals;
}

/** @param rows as many as were filled in, at known times */
async function jumpGoals(server: Server, rows: number): Promise<Goal[]> {
  const paths: string[] = [];
  for (let jump = 1; jump <= TIMES; jump++) {
    const id = Math.ceil((rows * jump) / (TIMES + 1));
    const at = new Date((FILLED_FROM_SECONDS + id * FILLED_GAP_SECONDS) * 1000).toISOString();
    paths.push(`/api/events?at=${at}`);
    if (jump % 10 !== 0) continue;
    const { items } = await askList(server, `at=${at}`);
    if (!items.some((item) => item.id === id))
      throw new Error(`the page at ${at} is without the row ${id}, which is of that time`);
  }
  return [atMost("jump to a time, p99", 20, percentile(await timeAnswers(server, paths, TIMES), 0.99), ms)];
}

/** The same search by Tailboard and by the shell of SQLite, in turn; the median of each. */
async function wholeSearch(
  server: Server,
  path: string,
  newest: number,
): Promise<{ goal: Goal; note: string }> {
  const own: number[] = [];
  const shell: number[] = [];
  let requests = 0;
  // The first one finds the file in the cache of the system for both.
  await timeShell(path);
  for (let time = 0; time < SEARCHES; time++) {
    shell.push(await timeShell(path));
    const startedAtMs = performance.now();
    requests = await searchAll(server, NEVER_FOUND);
    own.push(performance.now() - startedAtMs);
  }
  const [ownMs, shellMs] = [percentile(own, 0.5), percentile(shell, 0.5)];
  const version = await outputOf(["sqlite3", "-version"]);
  const perRow = (took: number): string => `${((took * 1e6) / newest).toFixed(0)} ns a row`;
  return {
    goal: atMost(
      `a word that is nowhere, ${TIMES_OF_SHELL} × the shell of SQLite (${ms(shellMs)})`,
      shellMs * TIMES_OF_SHELL,
      ownMs,
      ms,
    ),
    note: `${count(newest)} rows searched for a word that is nowhere in ${requests} requests: ${perRow(ownMs)}; sqlite3 ${version.split(" ")[0]}: ${perRow(shellMs)}`,
  };
}

async function timeShell(path: string): Promise<number> {
  const condition = SEARCHED_COLUMNS.map((column) => `${column} LIKE '%${ABSENT}%'`).join(" OR ");
  const startedAtMs = performance.now();
  const found = await outputOf([
    "sqlite3",
    "-readonly",
    path,
    `SELECT count(*) FROM events WHERE ${condition}`,
  ]);
  if (found.trim() !== "0") throw new Error(`sqlite3 found ${found}`);
  return performance.now() - startedAtMs;
}

async function outputOf(command: string[]): Promise<string> {
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  return await new Response(child.stdout).text();
}
