/** The contract of a log, as far as it is asked: every kind of database gives the same answers. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";

import type { LogArchive } from "../../src/archive.ts";
import { parseQuestion, QuestionError } from "../../src/query/parse.ts";
import { pageThrough, readPage } from "../support/listing.ts";
import { NO_POSTGRES, Postgres, postgresPrograms } from "../support/postgres.ts";
import { describeWhere } from "../support/tools.ts";
import { TEST_TIMEOUT_MS } from "../support/until.ts";
import { QUESTIONS, REFUSED, ROWS } from "./cases.ts";
import { postgresSubject, sqliteSubject, type Subject } from "./subjects.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const NO_SIGNAL = new AbortController().signal;
const IDS = ROWS.map(({ id }) => BigInt(id));
const NEWEST = { kind: "before", before: undefined } as const;

describe("SQLite", () => {
  let subject: Subject;
  beforeAll(async () => void (subject = await sqliteSubject(ROWS)));
  afterAll(async () => await subject?.[Symbol.asyncDispose]());
  contract(() => subject.archive);
});

describeWhere((await postgresPrograms()) !== undefined, NO_POSTGRES)("PostgreSQL", () => {
  let postgres: Postgres;
  let subject: Subject;
  beforeAll(async () => {
    postgres = await Postgres.start();
    subject = await postgresSubject(postgres, ROWS);
  });
  afterAll(async () => {
    await subject?.[Symbol.asyncDispose]();
    await postgres?.[Symbol.asyncDispose]();
  });
  contract(() => subject.archive);
});

function contract(archive: () => LogArchive): void {
  describe("questions", () => {
    test.each(QUESTIONS)("%s", async (text, ids) => {
      const pages = await pageThrough(archive(), parseQuestion(text), { limits: [3] });
      expect(pages.flatMap((page) => page.ids)).toEqual(ids.map(BigInt).toReversed());
    });

    test.each(REFUSED)("%s is refused", async (text, at, message) => {
      const error = await readPage(archive(), parseQuestion(text), NEWEST, { rows: 10 }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(QuestionError);
      expect(error).toMatchObject({ at, message: expect.stringContaining(message) });
    });
  });

  describe("lists", () => {
    const list = (start: Parameters<typeof readPage>[2], rows: number, bytes?: number) =>
      readPage(archive(), parseQuestion(""), start, { rows, ...(bytes === undefined ? {} : { bytes }) });

    test("begin with the newest, and go on before an id", async () => {
      const { answer, ids } = await list(NEWEST, 3);
      expect(ids).toEqual([20n, 9n, 8n]);
      expect(answer).toMatchObject({ next: 8n, latestId: 20n, scannedTo: null });
      expect((await list({ kind: "before", before: 8n }, 3)).ids).toEqual([6n, 5n, 3n]);
    });

    test("end with null", async () => {
      expect((await list({ kind: "before", before: 3n }, 2)).answer.next).toBeNull();
      expect((await list({ kind: "before", before: 1n }, 2)).ids).toEqual([]);
      expect((await list({ kind: "before", before: -(2n ** 63n) }, 2)).ids).toEqual([]);
    });

    test("after an id have the oldest first", async () => {
      const { ids, answer } = await list({ kind: "after", after: 3n, before: undefined }, 3);
      expect(ids).toEqual([5n, 6n, 8n]);
      expect(answer.next).toBe(8n);
      expect((await list({ kind: "after", after: 3n, before: 8n }, 3)).ids).toEqual([5n, 6n]);
      expect((await list({ kind: "after", after: 2n ** 63n - 1n, before: undefined }, 3)).ids).toEqual([]);
      expect((await list({ kind: "after", after: -(2n ** 63n), before: undefined }, 2)).ids).toEqual([
        1n,
        2n,
      ]);
    });

    test("at an instant have half of the rows on each side", async () => {
      const at = (atMs: string, rows: number) => list({ kind: "at", atMs: Date.parse(atMs) }, rows);
      expect((await at("2026-03-04T10:00:30Z", 4)).ids).toEqual([5n, 3n, 2n, 1n]);
      expect((await at("2020-01-01T00:00:00Z", 4)).ids).toEqual([5n, 3n, 2n, 1n]);
      expect((await at("2030-01-01T00:00:00Z", 3)).ids).toEqual([20n, 9n, 8n]);
    });

    test("end where the bytes do, with one row at least", async () => {
      expect((await list(NEWEST, 10, 1)).ids).toEqual([20n]);
    });

    test("have the columns by name", async () => {
      const { rows } = await list({ kind: "before", before: 6n }, 1);
      expect(rows).toEqual([
        expect.objectContaining({
          id: 5,
          timestamp: "2026-03-04T10:00:50.000Z",
          event_type: "task_failed",
          actor_id: "",
          target_type: null,
          summary: "Öl und Straße [x]",
        }),
      ]);
    });
  });

  describe("one event", () => {
    test("is read whole", async () => {
      const stream = await archive().event(3n, 1_000_000, NO_SIGNAL);
      expect(JSON.parse(await new Response(stream).text())).toMatchObject({ id: 3, actor_id: "Bob B." });
    });

    test("that is not there is undefined", async () => {
      expect(await archive().event(4n, 1_000_000, NO_SIGNAL)).toBeUndefined();
      expect(await archive().event(2n ** 63n - 1n, 1_000_000, NO_SIGNAL)).toBeUndefined();
    });

    test("that is too large is an error with its largest column", async () => {
      const error = await archive()
        .event(3n, 30, NO_SIGNAL)
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: "RowTooLargeError", id: 3n });
    });
  });

  describe("statistics", () => {
    const ms = (clock: string) => Date.parse(`2026-03-04T${clock}Z`);

    test("of a window of the past are those of its rows alone", async () => {
      const stats = await archive().stats(
        {
          question: parseQuestion(""),
          toMs: ms("10:01:00.000"),
          windowMs: 60_000,
          bucketMs: 10_000,
          budgetMs: 5000,
        },
        NO_SIGNAL,
      );
      expect(stats).toMatchObject({
        fromMs: ms("10:00:00.000"),
        toMs: ms("10:01:00.000"),
        completeFromMs: ms("10:00:00.000"),
        total: 3,
        latestId: 20n,
        types: ["task_failed", "task_done"],
      });
      expect(stats.buckets.map(({ atMs, counts }) => [atMs, counts])).toEqual([
        [ms("10:00:00.000"), [0, 1, 0]],
        [ms("10:00:30.000"), [1, 0, 0]],
        [ms("10:00:50.000"), [1, 0, 0]],
      ]);
      expect(stats.top.actor).toEqual([
        { value: "Bob B.", count: 1, lastMs: ms("10:00:30.500") },
        { value: "ann", count: 1, lastMs: ms("10:00:05.000") },
      ]);
    });

    test("end where the window ends, also in the middle of a bucket, and begin with a whole bucket", async () => {
      const request = { question: parseQuestion(""), bucketMs: 120_000, budgetMs: 5000 };
      for (const [to, windowMs, total] of [
        ["10:00:30.500", 1000, 1],
        ["10:00:30.501", 1000, 2],
      ] as const) {
        const stats = await archive().stats({ ...request, toMs: ms(to), windowMs }, NO_SIGNAL);
        expect(stats).toMatchObject({ fromMs: ms("10:00:00.000"), toMs: ms(to), total });
        const again = await archive().stats({ ...request, toMs: ms(to), windowMs }, NO_SIGNAL);
        expect(again).toEqual(stats);
      }
    });

    test("of a question count what matches", async () => {
      const request = { windowMs: 86_400_000 * 4, bucketMs: 86_400_000, budgetMs: 5000 };
      const toMs = Date.parse("2026-03-06T00:00:00Z");
      for (const [text, total] of [
        ["deploy", 3],
        ["type:task_failed", 2],
        ["actor:ann", 4],
      ] as const) {
        const stats = await archive().stats({ ...request, toMs, question: parseQuestion(text) }, NO_SIGNAL);
        expect({ text, total: stats.total }).toEqual({ text, total });
        // What was counted before is counted once.
        const again = await archive().stats({ ...request, toMs, question: parseQuestion(text) }, NO_SIGNAL);
        expect(again).toEqual(stats);
      }
    });
  });

  describe("exports", () => {
    const text = async (question: string, format: "csv" | "ndjson") =>
      await new Response(await archive().export(parseQuestion(question), format, NO_SIGNAL)).text();

    test("are the oldest first, as lines of JSON", async () => {
      const lines = (await text("", "ndjson")).trimEnd().split("\n");
      expect(lines.map((line) => BigInt(JSON.parse(line).id))).toEqual(IDS);
    });

    test("as CSV have a line of names, and no formulas", async () => {
      const [head, ...lines] = (await text("id:9", "csv")).split("\r\n");
      expect(head?.split(",").toSorted()).toEqual(
        [
          "id",
          "timestamp",
          "event_type",
          "actor_id",
          "target_type",
          "target_id",
          "summary",
          "metadata",
        ].toSorted(),
      );
      expect(lines).toHaveLength(2);
      expect(lines[0]).toContain("'=1+1");
      expect(lines[0]).toContain("2026-03-05T00:00:00.000Z");
    });

    test("of a question have what matches", async () => {
      expect((await text("type:task_failed", "ndjson")).split("\n")).toHaveLength(3);
      expect(await text("nothing like it", "ndjson")).toBe("");
    });

    test("are refused before they begin", async () => {
      const error = await archive()
        .export(parseQuestion("typ:x"), "csv", NO_SIGNAL)
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(QuestionError);
    });
  });
}
