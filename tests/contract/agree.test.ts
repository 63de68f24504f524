/** Both kinds of log answer the same questions about the same rows with the same rows: those that an oracle finds. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";

import * as fc from "fast-check";

import { EXPORT_FORMATS, type LogArchive } from "../../src/archive.ts";
import type { EventId } from "../../src/events.ts";
import { parseQuestion } from "../../src/query/parse.ts";
import type { Question } from "../../src/question.ts";
import { parseCsv } from "../support/csv.ts";
import { Followed } from "../support/followed.ts";
import { pageThrough } from "../support/listing.ts";
import { matches, type OracleRow, printTerms } from "../support/oracle.ts";
import { PostgresLog } from "../support/postgres-log.ts";
import { createPostgresShape, POSTGRES_SHAPES, postgresRows } from "../support/postgres-shapes.ts";
import { NO_POSTGRES, Postgres, postgresPrograms } from "../support/postgres.ts";
import { Scratch } from "../support/scratch.ts";
import { createShape, rowsOf, type Shape, termsOf } from "../support/shapes.ts";
import { describeWhere } from "../support/tools.ts";
import { TEST_TIMEOUT_MS } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const DATABASES = 3;
const QUESTIONS = 25;
const WINDOW_MS = 3 * 86_400_000;
const BUCKET_MS = 3_600_000;
const NO_SIGNAL = new AbortController().signal;

async function exported(
  archive: LogArchive,
  question: Question,
  format: (typeof EXPORT_FORMATS)[number],
  key: string,
): Promise<EventId[]> {
  const text = await new Response(await archive.export(question, format, NO_SIGNAL)).text();
  if (format === "ndjson")
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => BigInt(JSON.parse(line)[key]));
  const [head = [], ...records] = parseCsv(text);
  return records.map((record) => BigInt(record[head.indexOf(key)] ?? ""));
}

function countedOf(expected: readonly OracleRow[], fromMs: number, toMs: number): number {
  const bucketOf = (ms: number): number => Math.floor(ms / BUCKET_MS) * BUCKET_MS;
  return expected.filter(
    ({ atMs }) => atMs !== undefined && bucketOf(atMs) >= fromMs && bucketOf(atMs) <= toMs,
  ).length;
}

async function compare(
  archive: LogArchive,
  shape: Shape,
  rows: readonly OracleRow[],
  asked: {
    readonly text: string;
    readonly expected: readonly OracleRow[];
    readonly limits: readonly number[];
  },
) {
  const { text, expected, limits } = asked;
  const question = parseQuestion(text);
  const ids = expected.map(({ id }) => id);
  const pages = await pageThrough(archive, question, { limits, key: shape.key });
  const found = pages.flatMap((page) => page.ids);
  const wrong = rows.filter(({ id }) => ids.includes(id) !== found.includes(id));
  // Shows the values, where there is a difference.
  expect({ text, kind: archive.constructor.name, wrong }).toEqual({
    text,
    kind: archive.constructor.name,
    wrong: [],
  });
  expect({ text, ids: found }).toEqual({ text, ids: ids.toReversed() });
  for (const format of EXPORT_FORMATS)
    expect({ text, format, ids: await exported(archive, question, format, shape.key) }).toEqual({
      text,
      format,
      ids,
    });
  if (shape.time === "") return;
  const stats = await archive.stats(
    { question, windowMs: WINDOW_MS, bucketMs: BUCKET_MS, budgetMs: 5000 },
    NO_SIGNAL,
  );
  const sum = stats.buckets.flatMap(({ counts }) => counts).reduce((all, count) => all + count, 0);
  const total = countedOf(expected, stats.fromMs, stats.toMs);
  expect({ text, total: stats.total, sum }).toEqual({ text, total, sum: total });
}

describeWhere((await postgresPrograms()) !== undefined, NO_POSTGRES)("both kinds of log agree", () => {
  let postgres: Postgres;
  beforeAll(async () => void (postgres = await Postgres.start()));
  afterAll(async () => await postgres?.[Symbol.asyncDispose]());

  test.each(POSTGRES_SHAPES.map((shape) => [shape.name, shape] as const))("%s", async (_, shape) => {
    const nowMs = Date.now();
    await fc.assert(
      fc.asyncProperty(rowsOf(shape.shape, nowMs), fc.gen(), async (generated, data) => {
        using scratch = new Scratch();
        const path = scratch.path("events.db");
        const rows = postgresRows(shape, generated);
        createShape(path, shape.shape, rows);
        const database = await postgres.createDatabase();
        await createPostgresShape(postgres, database, shape, rows);
        await using sqlite = new Followed(path, { table: shape.shape.followed });
        await using other = await PostgresLog.open(postgres, database, { table: shape.shape.followed });
        const { roles } = sqlite.archive.status();
        // What is compared is how questions are answered, and not how roles are found.
        other.roles = roles;
        for (let at = 0; at < QUESTIONS; at++) {
          const terms = data(() => termsOf(shape.shape, rows, nowMs));
          const limits = data(() =>
            fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 3 }),
          );
          const expected = rows.filter((row) => matches(terms, row, shape.shape.oracle));
          const asked = { text: printTerms(terms), expected, limits };
          for (const archive of [sqlite.archive, other.archive])
            await compare(archive, shape.shape, rows, asked);
        }
      }),
      { numRuns: DATABASES, endOnFailure: true },
    );
  });
});
