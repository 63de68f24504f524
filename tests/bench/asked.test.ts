/** The bench works out by ids which rows a question asks for: SQL has to say the same. */
import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";

import { countAsked, distinctQuestions, isAsked, nextAsked } from "../../bench/support/asked.ts";
import { sampleRow } from "../../bench/support/sample-row.ts";
import { ReadCache, StreamScanner } from "../../bench/support/scanner.ts";
import { schemaSql } from "../../src/db/sqlite/create.ts";
import type { AskedTable } from "../../src/query/asked-table.ts";
import { compileQuestion } from "../../src/query/compile.ts";
import { parseQuestion } from "../../src/query/parse.ts";
import { sql } from "../../src/query/sql.ts";

const ROWS = 2100;
const TEXTS = ["event_type", "actor_id", "target_id", "target_type", "summary", "metadata"];

const TABLE: AskedTable = {
  key: "id",
  columns: [
    { name: "id", affinity: "numeric" },
    { name: "timestamp", affinity: "text", time: "text" },
    ...TEXTS.map((name) => ({ name, affinity: "text" as const })),
  ],
  roles: {
    id: { column: "id", why: "" },
    time: { column: "timestamp", form: "text", why: "" },
    type: { column: "event_type", why: "" },
    actor: { column: "actor_id", why: "" },
    target: { column: "target_id", why: "" },
    summary: { column: "summary", why: "" },
    metadata: { column: "metadata", why: "" },
  },
  zone: "UTC",
  labels: {},
};

function filled(): Database {
  const database = new Database(":memory:");
  database.run(schemaSql("events"));
  const insert = database.query(
    "INSERT INTO events(timestamp, event_type, actor_id, target_id, target_type, summary, metadata) VALUES (?, ?, ?, ?, ?, ?, ?)",
  );
  for (let seed = 1; seed <= ROWS; seed++) insert.run(...sampleRow(seed, 0));
  return database;
}

test("the questions are distinct, and ask for the rows that the bench expects", () => {
  using database = filled();
  const asked = distinctQuestions(1000);
  expect(new Set(asked.map(({ question }) => question)).size).toBe(1000);
  for (const one of asked.slice(0, 24)) {
    const condition = compileQuestion(parseQuestion(one.question), TABLE, sql`t`);
    const found = database
      .query<{ id: number }, ReturnType<typeof condition.bind>>(
        `SELECT id FROM events AS t WHERE ${condition.text} ORDER BY id`,
      )
      .all(...condition.bind(0));
    const expected = Array.from({ length: ROWS }, (_, index) => index + 1).filter((id) => isAsked(one, id));
    expect({ question: one.question, ids: found.map(({ id }) => id) }).toEqual({
      question: one.question,
      ids: expected,
    });
    expect(countAsked(one, 0, ROWS)).toBe(expected.length);
  }
});

describe("a stream with a question", () => {
  const third = {
    question: "",
    remainders: [{ modulus: 3, remainder: 0, isNegated: false }],
  };
  const faultsOf = (...ids: readonly number[]) => {
    const scanner = new StreamScanner(Buffer.from("\nid: "), 0, new ReadCache(), third);
    scanner.push(Buffer.from("HTTP/1.1 200 OK\r\n\r\n\n"));
    for (const id of ids) scanner.push(Buffer.from(`id: ${id}\ndata: {}\n\n`));
    const { events, lost, duplicated, outOfOrder, unasked } = scanner;
    return { events, lost, duplicated, outOfOrder, unasked };
  };
  const none = { lost: 0, duplicated: 0, outOfOrder: 0, unasked: 0 };

  test("has every row that was asked for", () => expect(faultsOf(3, 6, 9)).toEqual({ ...none, events: 3 }));
  test("lost one", () => expect(faultsOf(3, 9)).toEqual({ ...none, events: 2, lost: 1 }));
  test("has one that was not asked for", () =>
    expect(faultsOf(3, 4, 6)).toEqual({ ...none, events: 3, unasked: 1 }));
  test("waits for the next one", () => expect(nextAsked(third, 3)).toBe(6));
});
