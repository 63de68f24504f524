/** A log that moves from a SQLite file to PostgreSQL. */
import { Database } from "bun:sqlite";
import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";

import { createDatabase } from "../../src/db/sqlite/create.ts";
import { NO_POSTGRES, Postgres, postgresPrograms } from "../support/postgres.ts";
import { Scratch } from "../support/scratch.ts";
import { describeWhere } from "../support/tools.ts";
import { TEST_TIMEOUT_MS } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const SCRIPT = join(import.meta.dir, "../../scripts/copy-to-postgres.ts");

const TABLE = `CREATE TABLE events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "timestamp" timestamptz NOT NULL DEFAULT now(),
  event_type text NOT NULL, actor_id text, target_id text, target_type text, summary text NOT NULL, metadata jsonb)`;

async function copy(...args: string[]) {
  const child = Bun.spawn([process.execPath, SCRIPT, ...args], { stdout: "pipe", stderr: "pipe" });
  const [errors, status] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  return { status, errors };
}

describeWhere((await postgresPrograms()) !== undefined, NO_POSTGRES)("copying a SQLite log", () => {
  test("keeps ids and values, goes on where it was, and leaves the next id free", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    using database = new Database(path);
    const insert = database.prepare(
      "INSERT INTO events(id, timestamp, event_type, summary, metadata) VALUES (?, ?, 'note', ?, ?)",
    );
    const metadata = [null, `{"a":[1,2.5,"x"]}`, "no JSON", `"text"`];
    for (let id = 1; id <= 1200; id++)
      insert.run(id, "2026-03-04T05:06:07.089Z", `note '${id}' \\ "x" é`, metadata[id % 4] ?? null);
    insert.run(9_007_199_254_740_993n, "2026-03-04 05:06:08", "beyond 2^53", null);

    await using postgres = await Postgres.start();
    const name = await postgres.createDatabase();
    await using sql = postgres.connect(name);
    await sql.unsafe(TABLE);
    expect(await copy(path, postgres.url(name))).toMatchObject({ status: 0 });
    insert.run(9_007_199_254_740_994n, "2026-03-04 05:06:09", "later", null);
    const again = await copy(path, postgres.url(name));
    expect(again).toEqual({ status: 0, errors: expect.stringContaining("done, 1 rows were copied") });

    const [counts] = await sql`SELECT count(*)::int AS rows, count(DISTINCT id)::int AS ids FROM events`;
    expect(counts).toEqual({ rows: 1202, ids: 1202 });
    const rows = await sql`SELECT id::text AS id, summary, metadata::text AS metadata,
        to_char("timestamp" AT TIME ZONE 'UTC', 'HH24:MI:SS.MS') AS time
      FROM events WHERE id IN (1, 2, 3, 9007199254740993) ORDER BY events.id`;
    expect([...rows]).toEqual([
      { id: "1", summary: `note '1' \\ "x" é`, metadata: `{"a": [1, 2.5, "x"]}`, time: "05:06:07.089" },
      { id: "2", summary: `note '2' \\ "x" é`, metadata: `"no JSON"`, time: "05:06:07.089" },
      { id: "3", summary: `note '3' \\ "x" é`, metadata: `"text"`, time: "05:06:07.089" },
      { id: "9007199254740993", summary: "beyond 2^53", metadata: null, time: expect.any(String) },
    ]);
    const [next] =
      await sql`INSERT INTO events (event_type, summary) VALUES ('note', 'new') RETURNING id::text AS id`;
    expect(next).toEqual({ id: "9007199254740995" });
  });

  test("says what is missing", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using postgres = await Postgres.start();
    const name = await postgres.createDatabase();
    expect((await copy(path, postgres.url(name))).errors).toContain("there is no table events in PostgreSQL");
    await using sql = postgres.connect(name);
    await sql.unsafe("CREATE TABLE events (id bigint PRIMARY KEY, summary text)");
    const { status, errors } = await copy(path, postgres.url(name));
    expect(status).toBe(2);
    expect(errors).toContain("lacks the columns timestamp, event_type, actor_id");
    expect((await copy(path)).status).toBe(2);
  });
});
