/** What every kind of log gives to those who follow it: one table of cases, run against each. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";

import type { EventId } from "../../src/events.ts";
import { parseQuestion } from "../../src/query/parse.ts";
import type { Question } from "../../src/question.ts";
import { FollowedPostgres } from "../support/followed-postgres.ts";
import { Followed } from "../support/followed.ts";
import { PostgresTable } from "../support/postgres-table.ts";
import { NO_POSTGRES, Postgres, postgresPrograms } from "../support/postgres.ts";
import { Scratch } from "../support/scratch.ts";
import type { StreamReader } from "../support/stream-reader.ts";
import { describeWhere } from "../support/tools.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

interface FollowedLog extends AsyncDisposable {
  open(lastEventId?: EventId, log?: string, question?: Question): Promise<StreamReader>;
  waitForState(state: "tailing"): Promise<void>;
}

/** A followed table `events (id, note)`, whose ids never come again. */
interface LiveLog {
  readonly log: FollowedLog;
  readonly run: (statement: string) => Promise<unknown>;
  /** Stops following, and begins anew, as a server that is restarted. */
  readonly restart: () => Promise<void>;
}

const insert = (...notes: readonly string[]): string =>
  `INSERT INTO events (note) VALUES ${notes.map((note) => `('${note}')`).join(", ")}`;

/** Follows a table for one case. */
async function checkCase(
  { check }: LiveCase,
  follow: () => FollowedLog,
  run: (statement: string) => Promise<unknown>,
): Promise<void> {
  const begin = async (): Promise<FollowedLog> => {
    const log = follow();
    await log.waitForState("tailing");
    return log;
  };
  let log = await begin();
  const restart = async (): Promise<void> => {
    await log[Symbol.asyncDispose]();
    log = await begin();
  };
  const live: LiveLog = {
    get log() {
      return log;
    },
    run,
    restart,
  };
  try {
    await check(live);
  } finally {
    await log[Symbol.asyncDispose]();
  }
}

interface LiveCase {
  readonly name: string;
  readonly check: (live: LiveLog) => Promise<void>;
}

const CASES: readonly LiveCase[] = [
  {
    name: "who comes without a cursor gets what is new, once and in order",
    async check({ log, run }) {
      await run(insert("old"));
      const reader = await log.open();
      await run(insert("two", "three"));
      await run(insert("four"));
      await until(() => reader.ids.length >= 3, "the new rows");
      expect(reader.ids).toEqual(["2", "3", "4"]);
    },
  },
  {
    name: "who comes with a cursor gets all after it",
    async check({ log, run }) {
      await run(insert("one", "two", "three"));
      const reader = await log.open(1n);
      await until(() => reader.ids.length >= 2, "the rows");
      await run(insert("four"));
      await until(() => reader.ids.length >= 3, "the new row");
      expect(reader.ids).toEqual(["2", "3", "4"]);
      expect(reader.named("reset")).toEqual([]);
    },
  },
  {
    name: "a cursor beyond the newest event is told, and all is sent",
    async check({ log, run }) {
      await run(insert("one", "two"));
      const reader = await log.open(1_000_000n);
      await until(() => reader.ids.length >= 2, "the rows");
      expect(reader.named("reset")).toMatchObject([{ reason: "cursor-ahead" }]);
      expect(reader.ids).toEqual(["1", "2"]);
    },
  },
  {
    name: "a cursor of another log is told, and all is sent",
    async check({ log, run }) {
      await run(insert("one", "two"));
      const reader = await log.open(1n, "another");
      await until(() => reader.ids.length >= 2, "the rows");
      expect(reader.named("reset")).toMatchObject([{ reason: "log-changed" }]);
    },
  },
  {
    name: "a cursor and the name of its log hold after a restart",
    async check(live) {
      await live.run(insert("one", "two"));
      const before = await live.log.open(0n);
      await until(() => before.ids.length >= 2, "the rows");
      await live.restart();
      await live.run(insert("three"));
      const reader = await live.log.open(2n, before.log);
      await until(() => reader.ids.length > 0, "the row");
      expect(reader.ids).toEqual(["3"]);
      expect(reader.named("reset")).toEqual([]);
    },
  },
  {
    name: "rows that are gone at the old end are told as a gap",
    async check(live) {
      await live.run(insert("one", "two", "three", "four"));
      await live.run("DELETE FROM events WHERE id <= 2");
      await live.restart();
      const reader = await live.log.open(1n);
      await until(() => reader.ids.length >= 2, "the rows");
      expect(reader.ids).toEqual(["3", "4"]);
      expect(reader.named("gap")).toMatchObject([{ from: 1, oldestId: 3 }]);
    },
  },
  {
    name: "a question gets the rows that match, old and new",
    async check({ log, run }) {
      await run(insert("match", "other"));
      const reader = await log.open(0n, undefined, parseQuestion("note:match"));
      await until(() => reader.ids.length >= 1, "the old row");
      await run(insert("other", "match"));
      await until(() => reader.ids.length >= 2, "the new row");
      expect(reader.ids).toEqual(["1", "4"]);
    },
  },
  {
    name: "deleted rows do not come again, and are no reset",
    async check({ log, run }) {
      await run(insert("one", "two"));
      const reader = await log.open(0n);
      await until(() => reader.ids.length >= 2, "the rows");
      await run("DELETE FROM events");
      await run(insert("three"));
      await until(() => reader.ids.length >= 3, "the new row");
      expect(reader.ids).toEqual(["1", "2", "3"]);
      expect(reader.named("reset")).toEqual([]);
    },
  },
];

describe("who follows a table of SQLite", () => {
  test.each(CASES.map((each) => [each.name, each] as const))("%s", async (_, each) => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    await using writer = new Writer(path);
    await writer.run("PRAGMA journal_mode = WAL");
    await writer.run("CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT)");
    await checkCase(
      each,
      () => new Followed(path),
      (statement) => writer.run(statement),
    );
  });
});

describeWhere((await postgresPrograms()) !== undefined, NO_POSTGRES)(
  "who follows a table of PostgreSQL",
  () => {
    let postgres: Postgres;
    beforeAll(async () => {
      postgres = await Postgres.start();
    });
    afterAll(async () => {
      await postgres[Symbol.asyncDispose]();
    });

    test.each(CASES.map((each) => [each.name, each] as const))("%s", async (_, each) => {
      await using table = await PostgresTable.create(postgres);
      await checkCase(
        each,
        () => new FollowedPostgres(table.url),
        (statement) => table.sql.unsafe(statement),
      );
    });
  },
);
