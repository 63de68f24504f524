/** Lists page by page: every row once, whatever the ids and the times are, and whatever is written meanwhile. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import * as fc from "fast-check";

import { schemaSql } from "../../src/db/sqlite/create.ts";
import { type EventId, MAX_EVENT_ID, MIN_EVENT_ID } from "../../src/events.ts";
import { parseQuestion } from "../../src/query/parse.ts";
import type { Followed } from "../support/followed.ts";
import { pageThrough, readPage } from "../support/listing.ts";
import { Rows } from "../support/rows.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const ALL = parseQuestion("");
const FOUND = parseQuestion("x");
const INSERT = "INSERT INTO events(event_type, summary) VALUES ('new', 'x')";

/** Fills the documented table up to so many rows. */
const fillSql = (count: number): string =>
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) INSERT INTO events(event_type, summary) SELECT 'old', 'x' FROM n`;

const newestFirst = (ids: readonly EventId[]): EventId[] => ids.toSorted((a, b) => (a > b ? -1 : 1));
const oldestFirst = (ids: readonly EventId[]): EventId[] => newestFirst(ids).toReversed();

const idsOf = (pages: readonly { readonly ids: EventId[] }[]): EventId[] => pages.flatMap(({ ids }) => ids);

const numbersTo = (count: number): EventId[] => Array.from({ length: count }, (_, at) => BigInt(at + 1));

async function notesWith(ids: readonly EventId[]): Promise<Rows> {
  return Rows.create(
    "CREATE TABLE events (id INTEGER PRIMARY KEY, note TEXT)",
    ...(ids.length === 0 ? [] : [`INSERT INTO events VALUES ${ids.map((id) => `(${id}, 'x')`).join(", ")}`]),
  );
}

async function exportedIds(followed: Followed): Promise<EventId[]> {
  const stream = await followed.archive.export(FOUND, "ndjson", new AbortController().signal);
  const lines = (await new Response(stream).text()).split("\n").filter((line) => line !== "");
  return lines.map((line) => BigInt(JSON.parse(line).id));
}

describe("while another process inserts rows", () => {
  test.each([
    ["every row", ""],
    ["a search", "x"],
  ])("%s is visited once, backwards and forwards", async (_, text) => {
    await using rows = await Rows.create(schemaSql("events"), fillSql(300));
    const followed = rows.follow({ pollIntervalMs: 20 });
    const { archive } = followed;
    const question = parseQuestion(text);
    let isPaging = true;
    const writing = (async () => {
      while (isPaging) await rows.writer.run(INSERT, { times: 5 });
    })();
    await until(() => (archive.position()?.latestId ?? 0n) > 300n, "a new row");
    const back = await pageThrough(archive, question, { limits: [7, 1, 20] });
    const newest = back[0]?.answer.latestId ?? 0n;
    expect(idsOf(back)).toEqual(numbersTo(Number(newest)).toReversed());

    const latest: EventId[] = [];
    const forth = await pageThrough(archive, question, {
      limits: [40, 3],
      start: { kind: "after", after: 0n, before: 301n },
    });
    expect(idsOf(forth)).toEqual(numbersTo(300));
    // To wherever the end is when it is reached.
    for (let after = 0n; ;) {
      const page = await readPage(
        archive,
        question,
        { kind: "after", after, before: undefined },
        { rows: 50 },
      );
      latest.push(...page.ids);
      if (page.answer.next === null) {
        expect(page.ids.at(-1) ?? page.answer.latestId).toBe(page.answer.latestId);
        break;
      }
      after = page.answer.next;
    }
    isPaging = false;
    await writing;
    expect(latest).toEqual(numbersTo(latest.length));
    expect(latest.length).toBeGreaterThan(300);
  });
});

describe("whatever the ids are", () => {
  const LIMITS = [
    MIN_EVENT_ID,
    MIN_EVENT_ID + 1n,
    -(2n ** 53n) - 1n,
    -1n,
    0n,
    1n,
    2n ** 53n + 1n,
    MAX_EVENT_ID - 1n,
    MAX_EVENT_ID,
  ];
  const gaps = fc
    .tuple(
      fc.constantFrom(...LIMITS),
      fc.array(fc.oneof(fc.constant(1n), fc.constant(2n ** 40n), fc.bigInt({ min: 1n, max: 100_000n })), {
        maxLength: 25,
      }),
      fc.boolean(),
    )
    .map(([start, steps, isUp]) => {
      const ids = [start];
      let id = start;
      for (const step of steps) {
        id += isUp ? step : -step;
        if (id >= MIN_EVENT_ID && id <= MAX_EVENT_ID) ids.push(id);
      }
      return ids;
    });
  const tables = fc.array(gaps, { minLength: 1, maxLength: 3 }).map((some) => [...new Set(some.flat())]);

  test("each row is visited once, in both directions, between any ends", async () => {
    await fc.assert(
      fc.asyncProperty(
        tables,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }),
        fc.gen(),
        async (ids, limits, data) => {
          await using rows = await notesWith(ids);
          const followed = rows.follow();
          const { archive } = followed;
          expect(oldestFirst(await exportedIds(followed))).toEqual(oldestFirst(ids));
          for (const question of [ALL, FOUND]) {
            expect(idsOf(await pageThrough(archive, question, { limits }))).toEqual(newestFirst(ids));
            for (let tries = 0; tries < 4; tries++) {
              const ends = data(() =>
                fc.tuple(fc.constantFrom(...ids, ...LIMITS), fc.constantFrom(...ids, ...LIMITS)),
              );
              const [after, before] = ends;
              const between = await pageThrough(archive, question, {
                limits,
                start: { kind: "after", after, before },
              });
              expect(idsOf(between)).toEqual(oldestFirst(ids).filter((id) => id > after && id < before));
              const older = await pageThrough(archive, question, {
                limits,
                start: { kind: "before", before },
              });
              expect(idsOf(older)).toEqual(newestFirst(ids).filter((id) => id < before));
              const newer = await pageThrough(archive, question, {
                limits,
                start: { kind: "after", after, before: undefined },
              });
              expect(idsOf(newer)).toEqual(oldestFirst(ids).filter((id) => id > after));
            }
          }
        },
      ),
      { numRuns: 12, endOnFailure: true },
    );
  });

  test("the end is told: there is no next page without a row", async () => {
    await using rows = await notesWith(numbersTo(10));
    const { archive } = rows.follow();
    for (const question of [ALL, FOUND]) {
      const pages = await pageThrough(archive, question, { limits: [5] });
      expect(pages.map(({ ids, answer }) => [ids.length, answer.next])).toEqual([
        [5, 6n],
        [5, null],
      ]);
    }
  });
});

describe("a page around an instant", () => {
  const START = Date.UTC(2026, 0, 1);
  const FORMS: readonly (readonly [name: string, type: string, stored: (ms: number) => string])[] = [
    ["ISO text", "TEXT", (ms) => `'${new Date(ms).toISOString()}'`],
    [
      "text in another zone",
      "TEXT",
      (ms) => `'${new Date(ms + 3_600_000).toISOString().slice(0, 19)}+01:00'`,
    ],
    ["ms", "INTEGER", String],
    ["s with fractions", "FLOAT", (ms) => String(ms / 1000)],
    ["compact", "INTEGER", (ms) => new Date(ms).toISOString().replaceAll(/\D/g, "").slice(0, 14)],
    ["Julian day", "REAL", (ms) => String(ms / 86_400_000 + 2_440_587.5)],
  ];

  test.each(FORMS)("has half of its rows on either side: %s", async (_, type, stored) => {
    const times = new Map<EventId, number>();
    const values: string[] = [];
    for (let at = 0; at < 400; at++) {
      const id = BigInt(at) * (at > 200 ? 2n ** 40n : 3n) - 100n;
      // Every seventh row has no time, and pairs are out of order by a row.
      const ms = START + (at % 10 === 3 ? at + 1 : at % 10 === 4 ? at - 1 : at) * 60_000;
      if (at % 7 !== 0) times.set(id, ms);
      values.push(`(${id}, ${at % 7 === 0 ? "NULL" : stored(ms)}, 'x')`);
    }
    await using rows = await Rows.create(
      `CREATE TABLE events (id INTEGER PRIMARY KEY, timestamp ${type}, summary TEXT)`,
      `INSERT INTO events VALUES ${values.join(", ")}`,
    );
    const { archive } = rows.follow();
    expect(archive.status().roles.time).toMatchObject({ column: "timestamp" });
    for (const question of [ALL, FOUND]) {
      for (const minute of [0, 1, 33.5, 34, 43, 200, 201, 399]) {
        const atMs = START + minute * 60_000;
        const { ids } = await readPage(archive, question, { kind: "at", atMs }, { rows: 20 });
        const about = { minute, count: ids.length };
        expect({ ...about, isSorted: Bun.deepEquals(ids, newestFirst(ids)) }).toEqual({
          ...about,
          isSorted: true,
        });
        const newer = ids.filter((id) => (times.get(id) ?? -Infinity) >= atMs).length;
        const all = [...times.values()].filter((ms) => ms >= atMs).length;
        // Without a time a row is on neither side.
        if (minute > 10) expect(newer).toBeLessThanOrEqual(Math.min(11, all));
        expect(newer).toBeGreaterThanOrEqual(Math.min(7, all));
        // At the ends of the table one side has fewer, and the other one more.
        expect(ids.length).toBe(20);
      }
    }
  });

  test("before the oldest and after the newest row there is one side alone, also at the ends of 64 bits", async () => {
    await using rows = await Rows.create(
      "CREATE TABLE events (id INTEGER PRIMARY KEY, timestamp TEXT, summary TEXT)",
      `INSERT INTO events VALUES (${MIN_EVENT_ID}, '2026-01-01T00:00:00Z', 'x'), (0, '2026-01-02T00:00:00Z', 'x'), (${MAX_EVENT_ID}, '2026-01-03T00:00:00Z', 'x')`,
    );
    const { archive } = rows.follow();
    const around = async (day: string, limit = 10, question = FOUND) =>
      (await readPage(archive, question, { kind: "at", atMs: Date.parse(day) }, { rows: limit })).ids;
    const all = [MAX_EVENT_ID, 0n, MIN_EVENT_ID];
    for (const day of ["2025-01-01", "2026-01-01", "2026-01-02", "2026-01-03", "2026-02-01"])
      for (const question of [ALL, FOUND])
        expect({ day, ids: await around(day, 10, question) }).toEqual({ day, ids: all });
    expect(await around("2026-01-02", 1)).toEqual([0n]);
    expect(await around("2026-01-02", 2)).toEqual([0n, MIN_EVENT_ID]);
  });

  test("goes on at next, without a row twice", async () => {
    await using rows = await Rows.create(
      "CREATE TABLE events (id INTEGER PRIMARY KEY, timestamp INTEGER, summary TEXT)",
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) INSERT INTO events SELECT i, ${START} + i * 1000, 'x' FROM n`,
    );
    const { archive } = rows.follow();
    const pages = await pageThrough(archive, FOUND, {
      limits: [20, 7],
      start: { kind: "at", atMs: START + 200_000 },
    });
    expect(idsOf(pages)).toEqual(numbersTo(209).toReversed());
  });
});

describe("the budget", () => {
  const ROWS = 60_000;
  /** Every so many rows one is found. */
  const EVERY = 2500;

  test.each(["descending", "ascending"])(
    "ends a search, which goes on where it stopped: %s",
    async (direction) => {
      await using rows = await Rows.create(
        schemaSql("events"),
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
        INSERT INTO events(event_type, summary) SELECT 'old', iif(i % ${EVERY} = 0, 'needle', 'some hay without it, and a little more') FROM n`,
      );
      const { archive } = rows.follow();
      const isUp = direction === "ascending";
      const pages = await pageThrough(archive, parseQuestion("needle"), {
        limits: [1000],
        budgetMs: 1,
        start: isUp ? { kind: "after", after: 0n, before: undefined } : { kind: "before", before: undefined },
      });
      const expected = Array.from({ length: ROWS / EVERY }, (_, at) => BigInt((at + 1) * EVERY));
      expect(idsOf(pages)).toEqual(isUp ? expected : expected.toReversed());
      expect(pages.length).toBeGreaterThan(2);
      const ends = pages.map(({ answer }) => answer.scannedTo);
      expect(ends.at(-1)).toBeNull();
      const stops = ends.slice(0, -1).map((id) => id ?? 0n);
      expect(stops).toEqual(isUp ? oldestFirst(stops) : newestFirst(stops));
      expect(new Set(stops).size).toBe(pages.length - 1);
    },
  );
});

test("a page ends at its budget of bytes, and the next one goes on", async () => {
  await using rows = await Rows.create(
    schemaSql("events"),
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
      INSERT INTO events(event_type, summary) SELECT 'x', printf('%.*c', iif(i % 10 = 0, 50000, 500), 'y') FROM n`,
  );
  const { archive } = rows.follow();
  for (const question of [ALL, parseQuestion("yy"), FOUND]) {
    const pages = await pageThrough(archive, question, { limits: [500], bytes: 20_000 });
    expect(idsOf(pages)).toEqual(numbersTo(100).toReversed());
    expect(pages.length).toBeGreaterThan(10);
    for (const { answer, ids } of pages) {
      expect(answer.items.length).toBeLessThan(80_000);
      expect(ids.length).toBeGreaterThan(0);
    }
  }
});

test.each([1n, 7n, 2n ** 40n])("a page of many windows has each row once, with ids %s apart", async (gap) => {
  const ROWS = 12_000;
  await using rows = await Rows.create(
    "CREATE TABLE events (id INTEGER PRIMARY KEY, note TEXT)",
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS}) INSERT INTO events SELECT i * ${gap}, 'x' FROM n`,
  );
  const followed = rows.follow();
  const ids = numbersTo(ROWS).map((id) => id * gap);
  const starts = [
    { kind: "before", before: undefined },
    { kind: "after", after: MIN_EVENT_ID, before: undefined },
  ] as const;
  for (const start of starts) {
    const [page, ...more] = await pageThrough(followed.archive, FOUND, { limits: [2 * ROWS], start });
    expect(more).toEqual([]);
    // Far quicker to compare than a list of so many.
    const expected = start.kind === "after" ? ids : ids.toReversed();
    expect(page?.ids.join() === expected.join()).toBe(true);
  }
  expect((await exportedIds(followed)).join() === ids.join()).toBe(true);
});
