import { Database } from "bun:sqlite";
import { expect, setDefaultTimeout, test } from "bun:test";

import { LookPace, SLOW_LOOK_MS } from "../../../src/db/sqlite/look-pace.ts";
import { Tail } from "../../../src/db/sqlite/tail.ts";
import { Scratch } from "../../support/scratch.ts";
import { TEST_TIMEOUT_MS, until } from "../../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** Looks one after the other that take so long. @returns the pace, and the time after them */
function looks(...tookMs: readonly number[]): { pace: LookPace; nowMs: number } {
  const pace = new LookPace();
  let nowMs = 1000;
  for (const took of tookMs) {
    nowMs += took;
    pace.note(took, nowMs);
  }
  return { pace, nowMs };
}

test("looks that take a moment need no rest, and neither does a single one that took long", () => {
  for (const each of [[1, 2, 1], [5000], [5000, 1], [1, 5000, 1, 5000]]) {
    const { pace, nowMs } = looks(...each);
    expect(pace.isResting(nowMs)).toBe(false);
    expect(pace.slowMs).toBeUndefined();
  }
});

test("after two that took long most of the time is for others, until one is short again", () => {
  const { pace, nowMs } = looks(SLOW_LOOK_MS, 2000);
  expect(pace.slowMs).toBe(2000);
  expect(pace.isResting(nowMs + 17_999)).toBe(true);
  expect(pace.isResting(nowMs + 18_001)).toBe(false);
  pace.note(1, nowMs + 18_002);
  expect(pace.slowMs).toBeUndefined();
  expect(pace.isResting(nowMs + 18_003)).toBe(false);
});

test("nobody waits longer than a minute", () => {
  const { pace, nowMs } = looks(30_000, 30_000);
  expect(pace.isResting(nowMs + 59_999)).toBe(true);
  expect(pace.isResting(nowMs + 60_001)).toBe(false);
});

/** SQLite counts so far for each look. */
const counting = (count: number): string =>
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ${count}) SELECT count(*) AS c FROM n`;

/** How far SQLite has to count here for a look that is slow by half. */
function countFor(database: Database): number {
  const startedAtMs = performance.now();
  database.query(counting(500_000)).all();
  return Math.ceil((500_000 * 1.5 * SLOW_LOOK_MS) / (performance.now() - startedAtMs));
}

test("a view that takes long is told with what to do, and is read all the same", async () => {
  using scratch = new Scratch();
  const path = scratch.path("slow.db");
  using database = new Database(path, { create: true });
  database.run("PRAGMA journal_mode = WAL");
  database.run("CREATE TABLE entries (id INTEGER PRIMARY KEY, who INTEGER)");
  database.run("CREATE TABLE other (id INTEGER PRIMARY KEY)");
  database.run("INSERT INTO entries VALUES (1, 7)");
  database.run(
    `CREATE VIEW slow AS SELECT max(id) AS id FROM entries, (${counting(countFor(database))}) WHERE c > 0`,
  );
  const told: (string | undefined)[] = [];
  using tail = new Tail(
    { path, table: "slow", pollIntervalMs: 200 },
    { onState: (_state, problem) => told.push(problem?.problem), onError: () => undefined },
  );
  tail.start();
  await until(
    () => {
      database.run("INSERT INTO other DEFAULT VALUES");
      return tail.status().problem !== null;
    },
    "a word on the slow view",
    30_000,
  );
  const { state, problem, advice } = tail.status();
  expect(state).toBe("tailing");
  expect(problem).toBe('To look for new events in "slow" takes so long that everything else waits for it.');
  expect(advice).toMatch(/^The last look took \d+\.\d s, .* made of all its rows\./);
  expect(told.at(-1)).toBe(problem ?? undefined);
  expect(tail.position()?.latestId).toBe(1n);
});
