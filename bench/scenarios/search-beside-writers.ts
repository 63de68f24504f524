/** What other programs that use the file notice of a search. */
import { Database } from "bun:sqlite";
import { join } from "node:path";

import { Scratch } from "../../tests/support/scratch.ts";
import { Server } from "../../tests/support/server.ts";
import { Writer } from "../../tests/support/writer.ts";
import type { Peer } from "../peers/peer.ts";
import type { BenchContext } from "../support/bench-context.ts";
import { untilDone, type Work } from "../support/beside.ts";
import type { CheckpointOrder, Checkpoints } from "../support/checkpoint-process.ts";
import { fillTable } from "../support/fill-table.ts";
import { LineProcess } from "../support/line-process.ts";
import { searchAll } from "../support/list-answer.ts";
import { percentile } from "../support/percentiles.ts";
import { atMost, type Goal, ms } from "../support/report.ts";
import { SteadyWriter } from "../support/steady-writer.ts";

const CHECKPOINTS: CheckpointOrder = { times: 50, gapMs: 100 };
const WRITING = { rate: 100, seconds: 6, rowsPerCommit: 1, paddingBytes: 0 };
const MAX_CHECKPOINT_MS = 100;

/** Rows of the file in a rollback mode. */
const ROLLBACK_ROWS = 200_000;
const GAP_MS = 15;
const INSERTS_PER_SECOND = 50;

/** Checkpoints by another process while a third one writes, and while it is searched. */
export async function checkpointGoals(peer: Peer, path: string, search: Work): Promise<Goal[]> {
  await using writer = await SteadyWriter.start(path, peer);
  await using program = new LineProcess("what checkpoints", [
    join(import.meta.dir, "../support/checkpoint-process.ts"),
    path,
  ]);
  await program.next();
  const run = async (): Promise<Checkpoints> => {
    const [checkpoints] = await Promise.all([program.ask<Checkpoints>(CHECKPOINTS), writer.write(WRITING)]);
    return checkpoints;
  };
  const without = await run();
  const during = await untilDone(search, run);
  return [
    {
      what: `checkpoints refused, of ${CHECKPOINTS.times}`,
      goal: "0",
      measured: String(during.refused),
      met: during.refused === 0,
    },
    atMost(
      `the slowest checkpoint beside a search (without: ${ms(percentile(without.tookMs, 1))})`,
      MAX_CHECKPOINT_MS,
      percentile(during.tookMs, 1),
      ms,
    ),
  ];
}

/** Inserts of a writer without a busy timeout that SQLite refuses in the rollback mode. @param query of the search */
export async function refusedGoals({ seconds, serverArgs }: BenchContext, query: string): Promise<Goal[]> {
  using scratch = new Scratch();
  const path = scratch.path("rollback.db");
  fillTable(path, ROLLBACK_ROWS);
  using database = new Database(path, { readwrite: true });
  database.run("PRAGMA journal_mode = DELETE");
  await using server = await Server.start([path, ...serverArgs]);
  await using stream = await server.follow();
  await using writer = new Writer(path, 0);
  const inserts = Math.max(100, INSERTS_PER_SECOND * seconds);
  const insert = (): Promise<{ refused: number }> => writer.insertStubbornly(inserts, GAP_MS);
  let searches = 0;
  const search: Work = async (isOver) => {
    while (!isOver()) {
      await searchAll(server, query, isOver);
      searches++;
    }
  };
  const without = await insert();
  const during = await untilDone(search, insert);
  return [
    {
      what: `inserts refused in the rollback mode DELETE beside a search, of ${inserts} (${searches} searches, ${stream.rows.length} events streamed)`,
      goal: `≤ ${without.refused}, as without`,
      measured: String(during.refused),
      met: during.refused <= without.refused,
    },
  ];
}
