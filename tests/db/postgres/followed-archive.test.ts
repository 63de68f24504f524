/** An archive beside the tail that follows the same table: nothing is listed that a stream may not have had yet. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";

import { PostgresArchive } from "../../../src/db/postgres/archive.ts";
import { PostgresPanels } from "../../../src/db/postgres/panel-archive.ts";
import { ReadSessions } from "../../../src/db/postgres/session.ts";
import { parseQuestion } from "../../../src/query/parse.ts";
import { FollowedPostgres } from "../../support/followed-postgres.ts";
import { readPage } from "../../support/listing.ts";
import { NO_POSTGRES, Postgres, postgresPrograms } from "../../support/postgres.ts";
import { describeWhere } from "../../support/tools.ts";
import { TEST_TIMEOUT_MS, until } from "../../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const NEWEST = { kind: "before", before: undefined } as const;

describeWhere((await postgresPrograms()) !== undefined, NO_POSTGRES)("an archive of a followed table", () => {
  let postgres: Postgres;
  beforeAll(async () => void (postgres = await Postgres.start()));
  afterAll(async () => await postgres?.[Symbol.asyncDispose]());

  test("lists what the streams have, and not what may come before it", async () => {
    const database = await postgres.createDatabase();
    await using sql = postgres.connect(database);
    await sql.unsafe(
      "CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz DEFAULT now(), summary text)",
    );
    await sql.unsafe("CREATE TABLE agents (id int PRIMARY KEY, name text)");
    const url = postgres.url(database);
    await using followed = new FollowedPostgres(url, { pollIntervalMs: 100 });
    await followed.waitForState("tailing");
    await using sessions = new ReadSessions(url);
    const archive = new PostgresArchive(followed.tail, sessions, url);
    const ids = async (q: string) => (await readPage(archive, parseQuestion(q), NEWEST, { rows: 10 })).ids;
    const insert = (summary: string) => sql`INSERT INTO events (summary) VALUES (${summary})`;
    await insert("first");
    await until(async () => (await ids("first")).length === 1, "the first row");
    using slow = await sql.reserve();
    await slow.unsafe("BEGIN");
    await slow.unsafe("INSERT INTO events (summary) VALUES ('slow')");
    await insert("quick");
    expect(await ids("")).toEqual([1n]);
    expect(await ids("quick")).toEqual([]);
    await slow.unsafe("COMMIT");
    await until(async () => (await ids("")).length === 3, "all rows");
    expect(await ids("")).toEqual([3n, 2n, 1n]);
    const panels = new PostgresPanels(followed.tail, sessions, { chosen: undefined, showsSecrets: false });
    const { tables } = await panels.tables(new AbortController().signal);
    expect(tables.map(({ name }) => name)).toEqual(["agents"]);
  });
});
