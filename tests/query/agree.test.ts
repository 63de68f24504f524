/** Every way of asking gives the same rows: those that an oracle finds, which is written differently. */
import { Database } from "bun:sqlite";
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import * as fc from "fast-check";

import { EXPORT_FORMATS, type ExportFormat } from "../../src/archive.ts";
import { schemaSql } from "../../src/db/sqlite/create.ts";
import type { EventId } from "../../src/events.ts";
import { parseQuestion } from "../../src/query/parse.ts";
import type { Question } from "../../src/question.ts";
import { parseCsv } from "../support/csv.ts";
import { Followed } from "../support/followed.ts";
import { pageThrough } from "../support/listing.ts";
import { matches, type OracleRow, printTerms } from "../support/oracle.ts";
import { Rows } from "../support/rows.ts";
import { Scratch } from "../support/scratch.ts";
import { createShape, insertRows, rowsOf, type Shape, SHAPES, termsOf } from "../support/shapes.ts";
import type { StreamReader } from "../support/stream-reader.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const DATABASES = 4;
const QUESTIONS = 40;
/** More than one statement answers. */
const STREAMS = 40;
const LIVE_ROWS = 8;

const NO_SIGNAL = new AbortController().signal;

/** Longer than any row is old. */
const WINDOW_MS = 3 * 86_400_000;
const BUCKET_MS = 3_600_000;

async function listed(
  followed: Followed,
  question: Question,
  limits: readonly number[],
  key: string,
): Promise<EventId[]> {
  const pages = await pageThrough(followed.archive, question, { limits, key });
  return pages.flatMap(({ ids }) => ids);
}

async function exported(
  followed: Followed,
  question: Question,
  format: ExportFormat,
  key: string,
): Promise<EventId[]> {
  const text = await new Response(await followed.archive.export(question, format, NO_SIGNAL)).text();
  if (format === "ndjson")
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => BigInt(JSON.parse(line)[key]));
  const [head = [], ...records] = parseCsv(text);
  return records.map((record) => BigInt(record[head.indexOf(key)] ?? ""));
}

/** Rows of the last while, by the times that the answer gives. */
async function counted(followed: Followed, question: Question, expected: readonly OracleRow[]) {
  const { total, fromMs, toMs, completeFromMs, buckets } = await followed.archive.stats(
    { question, windowMs: WINDOW_MS, bucketMs: BUCKET_MS, budgetMs: 5000 },
    NO_SIGNAL,
  );
  const bucketOf = (ms: number): number => Math.floor(ms / BUCKET_MS) * BUCKET_MS;
  const times = expected
    .map(({ atMs }) => atMs)
    .filter((ms) => ms !== undefined)
    .map(bucketOf)
    .filter((ms) => ms >= fromMs && ms <= toMs);
  const sum = buckets.reduce((all, { counts }) => all + counts.reduce((some, count) => some + count, 0), 0);
  return {
    found: { total, sum, completeFromMs },
    expected: { total: times.length, sum: times.length, completeFromMs: fromMs },
  };
}

/** Streams of several questions: they replay what there is, and follow what is inserted after it. */
async function compareStreams(
  shape: Shape,
  followed: Followed,
  { path, before, after }: { path: string; before: readonly OracleRow[]; after: readonly OracleRow[] },
  data: fc.GeneratorValue,
  nowMs: number,
) {
  const { startId: start = 0n, latestId = 0n } = followed.tail.position() ?? {};
  // AUTOINCREMENT has given 0 already: rows below it are not followed.
  if (latestId !== before.at(-1)?.id) return;
  const asked = Array.from({ length: STREAMS }, () => data(() => termsOf(shape, before, nowMs)));
  const readers: StreamReader[] = [];
  for (const terms of asked)
    readers.push(await followed.open(start, undefined, parseQuestion(printTerms(terms))));
  const areLevel = (newestId: EventId) => () =>
    followed.tail.position()?.latestId === newestId && followed.fanOut.lagging === 0;
  await until(areLevel(before.at(-1)?.id ?? start), "the replays");
  {
    using database = new Database(path);
    insertRows(database, shape, after);
  }
  await until(areLevel(after.at(-1)?.id ?? before.at(-1)?.id ?? start), "the new rows");
  const all = [...before, ...after];
  const found = (at: number): string[] => readers[at]?.ids ?? [];
  for (const [at, terms] of asked.entries()) {
    const ids = all.filter((row) => matches(terms, row, shape.oracle)).map(({ id }) => String(id));
    // What was sent is not yet what was parsed.
    await until(() => found(at).length >= ids.length, "the rows").catch(() => undefined);
    expect({ text: printTerms(terms), ids: found(at) }).toEqual({ text: printTerms(terms), ids });
  }
}

async function compare(
  shape: Shape,
  followed: Followed,
  rows: readonly OracleRow[],
  data: fc.GeneratorValue,
  nowMs: number,
) {
  const terms = data(() => termsOf(shape, rows, nowMs));
  const limits = data(() => fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 3 }));
  const text = printTerms(terms);
  const question = parseQuestion(text);
  const expected = rows.filter((row) => matches(terms, row, shape.oracle));
  const ids = expected.map(({ id }) => id);
  const found = await listed(followed, question, limits, shape.key);
  const wrong = rows.filter(({ id }) => ids.includes(id) !== found.includes(id));
  // Shows the values, where there is a difference.
  expect({ text, wrong }).toEqual({ text, wrong: [] });
  expect({ text, ids: found }).toEqual({
    text,
    ids: ids.toReversed(),
  });
  for (const format of EXPORT_FORMATS)
    expect({ text, format, ids: await exported(followed, question, format, shape.key) }).toEqual({
      text,
      format,
      ids,
    });
  if (shape.time !== "") {
    const counts = await counted(followed, question, expected);
    expect({ text, ...counts.found }).toEqual({ text, ...counts.expected });
  }
}

describe("list, statistics, export and stream find what the oracle finds", () => {
  test.each(SHAPES.map((shape) => [shape.name, shape] as const))("%s", async (_, shape) => {
    const nowMs = Date.now();
    await fc.assert(
      fc.asyncProperty(rowsOf(shape, nowMs), fc.gen(), async (rows, data) => {
        using scratch = new Scratch();
        const path = scratch.path("events.db");
        const before = rows.slice(0, -LIVE_ROWS);
        createShape(path, shape, before);
        await using followed = new Followed(path, { table: shape.followed });
        const { columns } = followed.archive.status();
        expect(columns).toMatchObject({ ...(shape.time === "" ? {} : { time: shape.time }), ...shape.roles });
        for (let at = 0; at < QUESTIONS; at++) await compare(shape, followed, before, data, nowMs);
        await compareStreams(shape, followed, { path, before, after: rows.slice(-LIVE_ROWS) }, data, nowMs);
      }),
      // A smaller example would take minutes to find: what differs tells enough.
      { numRuns: DATABASES, endOnFailure: true },
    );
  });
});

/** So many rows of the last hour, each a second after the one before it. */
function fillSql(count: number): string {
  return `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
    INSERT INTO events (timestamp, event_type, summary)
    SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now', (i * 1.0 / ${count} * 3600 - 3600) || ' seconds'), 'a', 'x' FROM n`;
}

describe("statistics that were counted before", () => {
  const question = parseQuestion("x");
  const stats = (followed: Followed, minutes: number, budgetMs = 5000) =>
    followed.archive.stats({ question, windowMs: minutes * 60_000, bucketMs: 60_000, budgetMs }, NO_SIGNAL);

  test("are whole for a longer window, too", async () => {
    await using rows = await Rows.create(schemaSql("events"), fillSql(120));
    const followed = rows.follow();
    expect((await stats(followed, 5)).total).toBeLessThan(15);
    expect((await stats(followed, 90)).total).toBe(120);
    expect((await stats(followed, 5)).total).toBeLessThan(15);
  });

  test("count each row once where the same is asked twice at the same time", async () => {
    await using rows = await Rows.create(schemaSql("events"), fillSql(40_000));
    const followed = rows.follow();
    const all = await Promise.all([stats(followed, 90), stats(followed, 90), stats(followed, 90)]);
    expect(all.map(({ total }) => total)).toEqual([40_000, 40_000, 40_000]);
    expect((await stats(followed, 90)).total).toBe(40_000);
  });

  test("say that they are behind where the budget ends among the new rows", async () => {
    await using rows = await Rows.create(schemaSql("events"), fillSql(100));
    const followed = rows.follow();
    expect((await stats(followed, 90)).total).toBe(100);
    await rows.writer.run(fillSql(45_000));
    const late = await stats(followed, 90, 1);
    expect(late.total).toBeLessThan(45_100);
    expect(late.completeFromMs).toBe(late.toMs);
    expect(await stats(followed, 90)).toMatchObject({ total: 45_100 });
  });
});

describe("statistics", () => {
  const at = (clock: string) => `2026-03-04T${clock}Z`;
  const ms = (clock: string) => Date.parse(at(clock));
  const insert = (clock: string, actor: string) =>
    `INSERT INTO events (timestamp, event_type, actor_id, summary) VALUES ('${at(clock)}', 'a', '${actor}', 'x');`;
  const fill = [
    insert("09:00:00.000", "ann"),
    insert("10:00:05.000", "ann"),
    insert("10:00:30.500", "bob"),
    insert("10:00:50.000", "ann"),
    insert("11:00:00.000", "bob"),
  ].join("\n");
  const request = { question: parseQuestion(""), windowMs: 60_000, bucketMs: 10_000, budgetMs: 5000 };

  test("of a window of the past are those of its rows alone", async () => {
    await using rows = await Rows.create(schemaSql("events"), fill);
    const { archive } = rows.follow();
    const stats = await archive.stats({ ...request, toMs: ms("10:01:00.000") }, NO_SIGNAL);
    expect(stats).toMatchObject({ fromMs: ms("10:00:00.000"), toMs: ms("10:01:00.000"), total: 3 });
    expect(stats.completeFromMs).toBe(stats.fromMs);
    expect(stats.buckets.map(({ atMs, counts }) => [atMs, counts])).toEqual([
      [ms("10:00:00.000"), [1, 0]],
      [ms("10:00:30.000"), [1, 0]],
      [ms("10:00:50.000"), [1, 0]],
    ]);
  });

  test("say when each value was there last, and which row is the newest that was looked at", async () => {
    await using rows = await Rows.create(schemaSql("events"), fill);
    const { archive } = rows.follow();
    const stats = await archive.stats({ ...request, toMs: ms("10:01:00.000") }, NO_SIGNAL);
    expect(stats.top.actor).toEqual([
      { value: "ann", count: 2, lastMs: ms("10:00:50.000") },
      { value: "bob", count: 1, lastMs: ms("10:00:30.500") },
    ]);
    expect(stats.latestId).toBe(5n);
  });
});

test("a word is found in a column of texts, whatever type was declared", async () => {
  const types = ["STRING", "JSON", "UUID", "ENUM", "Nvarchar(5)", "", "BLOB", "TEXT"];
  await using rows = await Rows.create(
    `CREATE TABLE events (id INTEGER PRIMARY KEY, ${types.map((type, at) => `c${at} ${type}`).join(", ")}, n INTEGER, d DATETIME)`,
    ...types.map((_, at) => `INSERT INTO events (c${at}, n) VALUES ('needle ${at}', ${at})`),
  );
  const found = await rows.follow().list("needle");
  expect(found.map(({ n }) => n)).toEqual(types.map((_, at) => at).toReversed());
});
