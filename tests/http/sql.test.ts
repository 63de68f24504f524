/** The SQL of a question gives the rows of the question, whoever runs it. */
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";

import type { QuestionSql } from "../../src/archive.ts";
import { createDatabase } from "../../src/db/sqlite/create.ts";
import type { EventList } from "../../src/events.ts";
import { Scratch } from "../support/scratch.ts";
import { Server } from "../support/server.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const stack = new AsyncDisposableStack();
let path = "";
let server: Server;

beforeAll(async () => {
  const scratch = stack.use(new Scratch());
  path = scratch.path("it's a log!.db");
  createDatabase(path, "events");
  {
    using database = new Database(path);
    const insert = database.prepare(
      "INSERT INTO events(event_type, actor_id, target_id, summary, metadata) VALUES (?, ?, ?, ?, ?)",
    );
    for (let n = 0; n < 90; n++)
      insert.run(
        n % 3 === 0 ? "task_failed" : "task_done",
        n % 5 === 0 ? null : `it's agent ${n % 4}`,
        `job-${n % 10}`,
        n % 7 === 0 ? `100% \u202E"?"\n${n}` : `Größe ${n}`,
        n % 2 === 0
          ? JSON.stringify({ attempt: n % 6, ok: n % 4 === 0, error: { code: `E${n % 9}` } })
          : null,
      );
  }
  server = stack.use(await Server.start([path]));
  await until(async () => (await server.fetch("/readyz")).ok, "the tail to follow");
});

afterAll(() => stack.disposeAsync());

const sqlOf = (question: string): Promise<QuestionSql> =>
  server.json<QuestionSql>(`/api/events/sql?q=${encodeURIComponent(question)}`);

const idsOf = (rows: readonly Record<string, unknown>[]): number[] => rows.map(({ id }) => Number(id));

test.each([
  "",
  "type:task_failed",
  `actor:"it's agent 1" -type:task_failed`,
  "metadata.attempt:>=3 metadata.ok:true",
  "metadata.error.code:E1,E2 since:2h until:2099-01-01",
  "größe",
  '"100%"',
  '"\u202E\\"?\\""',
  'summary:"100% *"',
  "id:5..20 target:job-*",
  'time:>2020-01-01 actor:""',
])("%j", async (question) => {
  const { items }: EventList = await server.json(`/api/events?budget=5000&q=${encodeURIComponent(question)}`);
  const { sql, command, notes } = await sqlOf(question);
  using database = new Database(path, { readonly: true });
  expect(idsOf(database.query<Record<string, unknown>, []>(sql).all())).toEqual(idsOf(items));
  expect(items.length).toBeGreaterThan(0);
  const print = `sqlite3() { for each in "$@"; do printf '%s\\0' "$each"; done; }\n${command}`;
  const { stdout } = Bun.spawnSync(["sh", "-c", print]);
  expect(stdout.toString().split("\0").slice(0, -1)).toEqual(["-readonly", "-header", path, sql]);
  expect(notes.some((note) => note.includes("count from now"))).toBe(question.includes("since:"));
  expect(notes.some((note) => note.includes("3.45"))).toBe(sql.includes("json_valid"));
});

test("without a question it is the plain table", async () => {
  expect((await sqlOf("")).sql).toBe('SELECT t.* FROM "events" AS t ORDER BY t."id" DESC LIMIT 50');
});

test("a query that is followed in place of a table stands in the SQL", async () => {
  await using other = await Server.start([
    path,
    "--query",
    "SELECT id, summary FROM events WHERE id > 60 -- the end\n;",
  ]);
  await until(async () => (await other.fetch("/readyz")).ok, "the tail to follow");
  const { sql } = await other.json<QuestionSql>("/api/events/sql?q=id:%3C70");
  using database = new Database(path, { readonly: true });
  expect(idsOf(database.query<Record<string, unknown>, []>(sql).all())).toEqual([
    69, 68, 67, 66, 65, 64, 63, 62, 61,
  ]);
});
