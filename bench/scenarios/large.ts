/** Large rows that are read again and again while others follow live. */
import { Database } from "bun:sqlite";
import { join } from "node:path";

import { createDatabase } from "../../src/db/sqlite/create.ts";
import { Scratch } from "../../tests/support/scratch.ts";
import { startTailboard } from "../peers/tailboard.ts";
import type { BenchContext } from "../support/bench-context.ts";
import { besideGoals, besideNote, measureBeside, type Work } from "../support/beside.ts";
import { LineProcess } from "../support/line-process.ts";
import type { Goal, ScenarioResult } from "../support/report.ts";
import type { Scenario } from "./scenario.ts";

const HUGE_BYTES = 100_000_000;
const LARGE_BYTES = 60_000;
const LARGE_ROWS = 2000;
const TIMES_OF_P99 = 1.5;
const CHECK_MS = 10;
const READER = join(import.meta.dir, "../support/reader-process.ts");

export const large: Scenario = {
  name: "large",
  title: "A row of 100 MB, and pages of rows of 60 KB, read while 10 follow live at 100 events/s",
  run: measureLarge,
};

async function measureLarge({ seconds, serverArgs, say }: BenchContext): Promise<ScenarioResult> {
  using scratch = new Scratch();
  const path = scratch.path("large.db");
  const hugeId = fill(path);
  await using peer = await startTailboard(path, serverArgs);
  let answers = 0;
  const again = (url: string): Work => {
    answers = 0;
    return async (isOver) => {
      await using reader = new LineProcess("the reader", [READER, new URL(url, peer.server.url).href]);
      while (!isOver()) await Bun.sleep(CHECK_MS);
      answers += await reader.ask<number>({});
    };
  };
  const readings: readonly (readonly [string, string])[] = [
    ["a row of 100 MB", `/api/events/${hugeId}`],
    ["limit=500 of rows of 60 KB", `/api/events?limit=500&before=${hugeId}`],
  ];
  const goals: Goal[] = [];
  const notes: string[] = [];
  for (const [what, url] of readings) {
    say(`large: ${what}`);
    const beside = await measureBeside(peer, path, seconds, again(url));
    goals.push(...besideGoals(what, TIMES_OF_P99, beside));
    notes.push(`${besideNote(what, beside)}; read ${answers} times`);
  }
  return { measurements: [], goals, notes };
}

/** @returns the id of the huge row, which is the last one */
function fill(path: string): number {
  createDatabase(path, "events");
  using database = new Database(path, { readwrite: true });
  database.run("PRAGMA synchronous = OFF");
  const insert = database.query(
    "INSERT INTO events(event_type, summary, metadata) VALUES ('log', 'a log', ?)",
  );
  const text = (bytes: number): string => JSON.stringify({ log: "0123456789".repeat(bytes / 10) });
  database.transaction(() => {
    const log = text(LARGE_BYTES);
    for (let row = 0; row < LARGE_ROWS; row++) insert.run(log);
  })();
  const { lastInsertRowid } = insert.run(text(HUGE_BYTES));
  database.run("PRAGMA wal_checkpoint(TRUNCATE)");
  return Number(lastInsertRowid);
}
