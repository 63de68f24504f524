/** A line in the log for a request that takes long. */
import { Database } from "bun:sqlite";
import { expect, setDefaultTimeout, test } from "bun:test";

import { createDatabase } from "../../src/db/sqlite/create.ts";
import { Scratch } from "../support/scratch.ts";
import { Server } from "../support/server.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** Steps of SQLite that take more than a second, and not ten, whatever the machine. */
const STEPS = 3_000_000;

test("a slow query is a line with its path and its time, and nothing of what was asked", async () => {
  using scratch = new Scratch();
  const path = scratch.path("events.db");
  createDatabase(path, "events");
  using database = new Database(path);
  database.run(
    `CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${STEPS}) SELECT max(i) AS top FROM n`,
  );
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
