/** A tail with a cursor file that is killed: nothing lost, and twice only the line that was being printed. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { createDatabase } from "../../src/db/sqlite/create.ts";
import { accountOf, finishTail, killTail } from "../support/killed-tail.ts";
import { Scratch } from "../support/scratch.ts";
import { TEST_TIMEOUT_MS } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** `bun run bench --only tail` kills it 200 times. */
const KILLS = 20;

test(`killed ${KILLS} times under load`, async () => {
  using scratch = new Scratch();
  const path = scratch.path("events.db");
  createDatabase(path, "events");
  await using writer = new Writer(path);
  const tail = { path, cursorFile: scratch.path("cursor"), outputFile: scratch.path("output") };
  let isOver = false;
  const writing = (async () => {
    let rows = 0;
    for (; !isOver; rows += 50) await writer.insert(50, 2);
    return rows;
  })();
  const linesAtKill = await killTail({ ...tail, kills: KILLS });
  isOver = true;
  const lastId = await writing;
  await finishTail(tail, lastId);
  const { lost, wrong, again } = accountOf(tail.outputFile, 1, lastId, linesAtKill);
  expect({ lost, wrong }).toEqual({ lost: 0, wrong: 0 });
  expect(again).toBeLessThanOrEqual(KILLS);
  expect(new Set(linesAtKill).size).toBeGreaterThan(1);
});
