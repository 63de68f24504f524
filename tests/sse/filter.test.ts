/** Streams that were asked a question. */
import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";

import { parseQuestion } from "../../src/query/parse.ts";
import { QuestionError } from "../../src/query/question-error.ts";
import { Rows } from "../support/rows.ts";
import { Server } from "../support/server.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const TABLE =
  "CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ')), event_type TEXT, actor_id TEXT, target_id TEXT, summary TEXT, metadata TEXT)";

let table: Rows;
beforeEach(async () => {
  table = await Rows.create("PRAGMA journal_mode = WAL", TABLE);
});
afterEach(() => table[Symbol.asyncDispose]());

/** @param types of the rows, in their order */
function insert(...types: string[]): Promise<number[]> {
  return table.writer.run(
    types.map((type) => `INSERT INTO events(event_type, summary) VALUES ('${type}', 'a row')`),
  );
}

describe("a stream with a question", () => {
  test("has the rows that match, live, and no other", async () => {
    const followed = table.follow();
    const reader = await followed.open(0n, undefined, parseQuestion("type:b"));
    await insert("a", "b", "a");
    await insert("b");
    await insert("a");
    await until(() => reader.ids.length === 2, "both rows");
    expect(reader.ids).toEqual(["2", "4"]);
  });

  test("replays what matches, rare as it is, and goes on live", async () => {
    await table.writer.run(
      "INSERT INTO events(event_type, summary) SELECT CASE value % 50000 WHEN 777 THEN 'rare' ELSE 'common' END, 'x' FROM (WITH RECURSIVE c(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM c WHERE value < 200000) SELECT value FROM c)",
    );
    const followed = table.follow();
    const reader = await followed.open(0n, undefined, parseQuestion("type:rare"));
    await until(() => reader.ids.length === 4, "the rare rows");
    await insert("common", "rare");
    await until(() => reader.ids.length === 5, "the new one");
    expect(reader.ids).toEqual(["777", "50777", "100777", "150777", "200002"]);
  });

  test("shares pages with those who asked the same, and not with others", async () => {
    const followed = table.follow();
    const readers = await Promise.all(
      ["type:a", "type:a", "type:b", ""].map((text) => followed.open(0n, undefined, parseQuestion(text))),
    );
    await insert("a", "b", "c");
    await until(() => readers.every((reader, at) => reader.ids.length === (at === 3 ? 3 : 1)), "all rows");
    expect(readers.map((reader) => reader.ids)).toEqual([["1"], ["1"], ["2"], ["1", "2", "3"]]);
  });

  test("of many different ones each gets its own rows", async () => {
    const followed = table.follow();
    const readers = await Promise.all(
      Array.from({ length: 100 }, (_, at) => followed.open(0n, undefined, parseQuestion(`type:t${at}`))),
    );
    await insert(...Array.from({ length: 200 }, (_, at) => `t${at % 100}`));
    await insert("t7", "t99");
    await until(
      () => readers.every(({ ids }, at) => ids.length === (at === 7 || at === 99 ? 3 : 2)),
      "all rows",
    );
    expect(readers[7]?.ids).toEqual(["8", "108", "201"]);
    expect(readers[99]?.ids).toEqual(["100", "200", "202"]);
  });

  test("moves its cursor over what does not match, and tells it before it ends", async () => {
    const followed = table.follow();
    const reader = await followed.open(undefined, undefined, parseQuestion("type:b"));
    await insert("a", "a", "b", "a");
    await until(() => reader.ids.length === 1, "the row");
    await insert("a");
    await until(
      () => followed.tail.position()?.latestId === 5n && followed.fanOut.lagging === 0,
      "the cursor to move",
    );
    followed.fanOut.close();
    await until(() => reader.text.endsWith("id: 5\n\n"), "the cursor to be told");
  });

  test("takes up the columns as they are after an ALTER TABLE", async () => {
    const followed = table.follow();
    const reader = await followed.open(0n, undefined, parseQuestion("type:b"));
    await table.writer.run("ALTER TABLE events ADD COLUMN more TEXT");
    await insert("b");
    await until(() => reader.ids.length === 1, "the row");
    expect(reader.events.at(-1)?.data).toContain('"more":null');
  });

  test("that the table can't answer is refused", async () => {
    const followed = table.follow();
    await followed.waitForState("tailing");
    expect(() => followed.tail.filter(parseQuestion("tipe:b"))).toThrow(QuestionError);
  });

  test("is reset like others", async () => {
    const followed = table.follow();
    const reader = await followed.open(0n, undefined, parseQuestion("type:b"));
    await insert("b", "b", "a");
    await until(() => reader.ids.length === 2, "the rows");
    await table.writer.run([
      "DROP TABLE events",
      TABLE,
      "INSERT INTO events(event_type) VALUES ('a'), ('b')",
    ]);
    await until(() => reader.named("reset").length === 1 && reader.ids.length === 3, "the reset and its row");
    expect(reader.ids.at(-1)).toBe("2");
  });
});

describe("over HTTP", () => {
  test("a question and its parameters filter, and a mistake is a 400", async () => {
    await insert("a", "b", "b");
    await using server = await Server.start([table.path]);
    await using reader = await server.follow("?q=row&type=b&lastEventId=0");
    await until(() => reader.ids.length === 2, "the rows");
    expect(reader.ids).toEqual(["2", "3"]);
    for (const [query, words] of [
      ["?q=tipe:b", 'no field \\"tipe\\"'],
      ["?q=%22", "never ends"],
      ["?since=soon", "is no time"],
    ] as const) {
      const response = await server.fetch(`/api/events/stream${query}`);
      expect(response.status).toBe(400);
      expect(await response.text()).toContain(words);
    }
  });
});
