/** What a look at a followed table asks of the server, and in which order. */
import { afterAll, beforeAll, expect, setDefaultTimeout, spyOn, test } from "bun:test";

import { Client } from "../../../src/db/postgres/live/client.ts";
import { FollowedTable } from "../../../src/db/postgres/live/followed-table.ts";
import { PLAIN_READING } from "../../../src/db/reading.ts";
import { PostgresTable } from "../../support/postgres-table.ts";
import { NO_POSTGRES, Postgres, postgresPrograms } from "../../support/postgres.ts";
import { describeWhere } from "../../support/tools.ts";
import { TEST_TIMEOUT_MS } from "../../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** A table that is open, and the statements that it asks. */
class AskedTable implements AsyncDisposable {
  readonly db: PostgresTable;
  readonly table: FollowedTable;
  readonly #client: Client;
  readonly #query;

  private constructor(db: PostgresTable, table: FollowedTable, client: Client) {
    this.db = db;
    this.table = table;
    this.#client = client;
    this.#query = spyOn(client, "query");
  }

  static async open(postgres: Postgres): Promise<AskedTable> {
    const db = await PostgresTable.create(postgres);
    const client = await Client.connect({
      url: db.url,
      connections: 1,
      deadlineMs: 10_000,
      lockTimeoutMs: 2000,
    });
    const never = new AbortController().signal;
    const opened = await FollowedTable.open(client, client, "events", PLAIN_READING, undefined, never, 1000);
    return new AskedTable(db, opened.table, client);
  }

  /** What was asked since the last time: rows, or who holds the table. */
  get asked(): string[] {
    const asked = this.#query.mock.calls.map(([text]) => (text.includes("pg_locks") ? "holders" : "rows"));
    this.#query.mockClear();
    return asked;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client[Symbol.dispose]();
    await this.db[Symbol.asyncDispose]();
  }
}

describeWhere((await postgresPrograms()) !== undefined, NO_POSTGRES)(
  "a look at a table of PostgreSQL",
  () => {
    let postgres: Postgres;
    beforeAll(async () => {
      postgres = await Postgres.start();
    });
    afterAll(async () => {
      await postgres[Symbol.asyncDispose]();
    });

    test("has the rows that follow without a gap from one statement, though others were held back", async () => {
      await using asked = await AskedTable.open(postgres);
      const { db, table } = asked;
      const slow = await db.beginSlow("slow");
      await db.insert("fast");
      expect(await table.look()).toEqual({ kind: "unchanged" });
      expect(await table.hasTransactionEnded()).toBeFalse();
      await slow.end("COMMIT");
      expect(asked.asked).toEqual(["rows", "holders"]);
      expect(await table.look()).toEqual({ kind: "rows", isEnd: true });
      expect(table.latestId).toBe(2n);
      expect(asked.asked).toEqual(["rows"]);
    });

    test("asks for the holders alone until one of them has ended, and for the rows then", async () => {
      await using asked = await AskedTable.open(postgres);
      const { db, table } = asked;
      const slow = await db.beginSlow("slow");
      const slower = await db.beginSlow("slower");
      await db.insert("fast");
      await table.look();
      expect(await table.hasTransactionEnded()).toBeFalse();
      expect(await table.hasTransactionEnded()).toBeFalse();
      // Its row may follow without a gap, though another one still holds back those after it.
      await slow.end("COMMIT");
      expect(await table.hasTransactionEnded()).toBeTrue();
      expect(asked.asked).toEqual(["rows", "holders", "holders", "holders"]);
      await table.look();
      expect(table.latestId).toBe(1n);
      expect(await table.hasTransactionEnded()).toBeFalse();
      await slower.end("ROLLBACK");
      expect(await table.hasTransactionEnded()).toBeTrue();
      expect(table.latestId).toBe(1n);
      await table.look();
      expect(table.latestId).toBe(3n);
    });

    test("finds at once that a gap stays empty, where nobody holds the table any more", async () => {
      await using asked = await AskedTable.open(postgres);
      const { db, table } = asked;
      await (await db.beginSlow("never")).end("ROLLBACK");
      await db.insert("fast");
      expect(await table.look()).toEqual({ kind: "unchanged" });
      expect(await table.hasTransactionEnded()).toBeTrue();
      expect(await table.look()).toEqual({ kind: "rows", isEnd: true });
      expect(asked.asked).toEqual(["rows", "holders", "rows"]);
    });
  },
);
