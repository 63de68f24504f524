/** A request that takes long: it is answered, and a line in the log tells of it. */
import { Database } from "bun:sqlite";
import { expect, setDefaultTimeout, test } from "bun:test";

import { createDatabase } from "../../src/db/sqlite/create.ts";
import { Scratch } from "../support/scratch.ts";
import { Server } from "../support/server.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** Enough steps of SQLite to measure how long one takes. */
const MEASURED_STEPS = 1_000_000;

const countSql = (steps: number): string =>
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${steps}) SELECT max(i) AS top FROM n`;

/** The SQL of a view that takes at least about so long to read on this machine, in ms. */
function slowViewSql(database: Database, takesMs: number): string {
  const tookMs = Array.from({ length: 5 }, () => {
    const startedAt = performance.now();
    database.query(countSql(MEASURED_STEPS)).all();
    return performance.now() - startedAt;
  });
  // The quickest try: in the others another program may have had the processor.
  const stepMs = Math.min(...tookMs) / MEASURED_STEPS;
  return `CREATE VIEW endless AS ${countSql(Math.ceil(takesMs / stepMs))}`;
}

test("a slow query is a line with its path and its time, and nothing of what was asked", async () => {
  using scratch = new Scratch();
  const path = scratch.path("events.db");
  createDatabase(path, "events");
  using database = new Database(path);
  // It is read more than once for one answer.
  database.run(slowViewSql(database, 1500));
  await using server = await Server.start([path]);
  await server.fetch("/api/tables/endless?q=top:%3E5");
  await until(() => server.log.find(({ message }) => message === "slow query"), "the line");
  const line = server.log.find(({ message }) => message === "slow query");
  expect(line).toMatchObject({ level: "warn", path: "/api/tables/endless", address: "127.0.0.1" });
  expect(Number(line?.["elapsedMs"])).toBeGreaterThan(1000);
  expect(JSON.stringify(line)).not.toContain("top");
  // Quick ones are no news.
  expect((await server.fetch("/api/events")).status).toBe(200);
  expect(server.log.filter(({ message }) => message === "slow query")).toHaveLength(1);
});

/** Bun closes a connection on which nothing happens for so long, while the server works on the answer, too. */
const IDLE_MS = 10_000;

test("an answer that takes longer than a connection may be idle comes all the same", async () => {
  using scratch = new Scratch();
  const path = scratch.path("events.db");
  createDatabase(path, "events");
  using database = new Database(path);
  // It is read three times for one answer.
  database.run(slowViewSql(database, IDLE_MS * 0.55));
  await using server = await Server.start([path]);
  const response = await server.fetch("/api/tables/endless");
  expect((await response.json()).items).toHaveLength(1);
  await until(() => server.log.find(({ message }) => message === "slow query"), "the line");
  const line = server.log.find(({ message }) => message === "slow query");
  expect(Number(line?.["elapsedMs"])).toBeGreaterThan(IDLE_MS);
});
