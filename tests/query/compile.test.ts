import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { TIME_FORMS } from "../../src/column-roles.ts";
import { readInstant } from "../../src/columns/instant.ts";
import type { AskedColumn, AskedTable } from "../../src/query/asked-table.ts";
import { compileQuestion } from "../../src/query/compile.ts";
import { parseQuestion, QuestionError } from "../../src/query/parse.ts";
import { sql } from "../../src/query/sql.ts";
import { storedTime } from "../support/stored-times.ts";

const NOW = Date.UTC(2026, 10, 25, 12);

const TABLE: AskedTable = {
  key: "id",
  columns: [
    { name: "id", affinity: "numeric" },
    { name: "timestamp", affinity: "text", time: "text" },
    { name: "event_type", affinity: "text" },
    { name: "actor_id", affinity: "text" },
    { name: "target_id", affinity: "text" },
    { name: "summary", affinity: "text" },
    { name: "metadata", affinity: "text" },
    { name: "attempt", affinity: "numeric" },
    { name: "loose", affinity: "none" },
    { name: "state", affinity: "numeric" },
    { name: "kind_id", affinity: "numeric", shownBy: { table: "kinds", key: "kind", text: "name" } },
    { name: "a.b", affinity: "text" },
    { name: "target", affinity: "text" },
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
  labels: { state: { "0": "down", "1": "up" } },
};

const database = new Database(":memory:");
database.run(
  `CREATE TABLE kinds (kind INTEGER PRIMARY KEY, name TEXT);
   INSERT INTO kinds VALUES (7, 'Smoke detector'), (8, 'door');
   CREATE TABLE t (id INTEGER PRIMARY KEY, timestamp TEXT, event_type TEXT, actor_id TEXT, target_id TEXT, summary TEXT,
     metadata, attempt INTEGER, loose, state INTEGER, kind_id INTEGER, "a.b" TEXT, target TEXT);
   INSERT INTO t (id, timestamp, event_type, actor_id, target_id, summary, metadata, attempt, loose, state, kind_id, "a.b", target) VALUES
     (1, '2026-11-25T10:00:00.500Z', 'task_done', 'ann', 'job-1', 'All is well', '{"error":{"code":7,"list":[1,{"x":"y"}]},"ok":true}', 1, 5, 0, 7, 'dot', 'own'),
     (2, '2026-11-25T11:59:30Z', 'task_failed', 'Bob B.', 'job-10', 'Out of MEMORY: 100% _used_', '{"error":{"code":"7"},"ok":false,"name":"\\u00fcber"}', 3, '5', 1, 8, NULL, NULL),
     (3, '2026-11-24 23:59:59', 'task_failed', '', 'job-11', 'Öl und Straße [x]', jsonb('{"deep":"needle in jsonb","n":1}'), NULL, 5.5, NULL, NULL, NULL, NULL),
     (4, NULL, 'deploy', NULL, 'C:\\x', 'a "quoted" word', 'no JSON', 12, 'abc', 2, NULL, NULL, NULL),
     (5, 'soon', 'deploy*', 'ann', '007', 'tab	here', '{"say":"a \\"quoted\\" word","1":2}', 7, x'41', 1, 9, NULL, NULL);`,
);

function idsOf(question: string, table = TABLE): number[] {
  const condition = compileQuestion(parseQuestion(question), table, sql`t`);
  return database
    .query<{ id: number }, ReturnType<typeof condition.bind>>(
      `SELECT id FROM t WHERE ${condition.text} ORDER BY id`,
    )
    .all(...condition.bind(NOW))
    .map(({ id }) => id);
}

describe("a question finds", () => {
  const CASES: readonly (readonly [question: string, ids: number[]])[] = [
    ["", [1, 2, 3, 4, 5]],
    ["memory", [2]],
    ["MEMORY out", [2]],
    ['"out of memory"', [2]],
    ['"of out"', []],
    ["100%", [2]],
    ["_used_", [2]],
    ["100_", []],
    ["out*memory", [2]],
    ["memory*out", []],
    ["öl", [3]],
    ["STRAßE", [3]],
    ["[x]", [3]],
    ["über", [2]],
    ["ÜBER", [2]],
    ['"\\"quoted\\" word"', [4, 5]],
    ["needle", [3]],
    ["smoke", [1]],
    ["up", [2, 5]],
    ["own", [1]],
    ["-ann", [2, 3, 4]],
    ["type:task_failed", [2, 3]],
    ["type:TASK_FAILED", []],
    ["TYPE:task_failed", [2, 3]],
    ["event_type:task_failed,deploy", [2, 3, 4]],
    ["type:task_*", [1, 2, 3]],
    ["type:*_failed", [2, 3]],
    ['type:"deploy\\*"', [5]],
    ["-type:task_failed", [1, 4, 5]],
    ['actor:"Bob B."', [2]],
    ['actor:""', [3, 4]],
    ['-actor:""', [1, 2, 5]],
    ['actor:"",ann', [1, 3, 4, 5]],
    ["actor:*", [1, 2, 3, 5]],
    ["-actor:ann", [2, 3, 4]],
    ["target:job-1*", [1, 2, 3]],
    ["target:C:\\x", [4]],
    ["target:7", []],
    ["target:007", [5]],
    ['"target":own', [1]],
    ["id:3", [3]],
    ["id:2..4", [2, 3, 4]],
    ["id:>4", [5]],
    ["id:..2", [1, 2]],
    ["attempt:3", [2]],
    ["attempt:3.0", [2]],
    ["attempt:>=3", [2, 4, 5]],
    ["-attempt:>=3", [1, 3]],
    ["attempt:3..7", [2, 5]],
    ["loose:5", [1, 2]],
    ["loose:>=5", [1, 2, 3]],
    ["loose:abc", [4]],
    ["state:up", [2, 5]],
    ["state:1", [2, 5]],
    ["state:u*", [2, 5]],
    ["state:d*w*n", [1]],
    ["state:u*up", []],
    ["-state:up", [1, 3, 4]],
    ['kind_id:"Smoke detector"', [1]],
    ["kind_id:7,door", [1, 2]],
    ["kind_id:Smoke*", [1]],
    ["a.b:dot", [1]],
    ["metadata.error.code:7", [1, 2]],
    ["metadata.error.code:>6", [1, 2]],
    ["metadata.error.list[0]:1", [1]],
    ["metadata.error.list[1].x:y", [1]],
    ["metadata.ok:true", [1]],
    ["metadata.ok:1", []],
    ["metadata.ok:false", [2]],
    ["metadata.ok:>=0", []],
    ["-metadata.ok:true", [2, 3, 4, 5]],
    ["metadata.deep:needle*", [3]],
    ["metadata.n:1", [3]],
    ['metadata."1":2', [5]],
    ["metadata.1:2", [5]],
    ['metadata.deep:""', [1, 2, 4, 5]],
    ["since:2h", [1, 2]],
    ["since:15m", [2]],
    ["until:2h", [3]],
    ["-since:2h", [3, 4, 5]],
    ["since:2026-11-25", [1, 2]],
    ["until:2026-11-24", [3]],
    ["until:2026-11-25T10:00Z", [1, 3]],
    ["until:2026-11-25T10:00:00.499Z", [3]],
    ["since:2026-11-25T12:00+02:00", [1, 2]],
    ["time:2026-11-25", [1, 2]],
    ["time:2026-11-25T10:00:00Z", [1]],
    ["time:>2026-11-25T10:00Z", [2]],
    ["time:>=2026-11-25T10:00Z", [1, 2]],
    ["time:<2026-11-25T10:00:00.500Z", [3]],
    ["time:2026-11-24..2026-11-25T11:59Z", [1, 2, 3]],
    ["timestamp:soon*", [5]],
    ["timestamp:soon", [5]],
    ['"timestamp":soon', [5]],
    ["timestamp:soon,2026-11-24", [3, 5]],
    ["timestamp:2026-02-31", []],
    ["-timestamp:soon", [1, 2, 3, 4]],
    ['time:"2026-11-25 11:59:30.000000999 +0000 UTC"', [2]],
    ['time:"2026-11-25 12:59:30 +0100 CET m=+0.5"', [2]],
    ["time:2026-11-25T11:59:30GMT", [2]],
    ['time:""', [4]],
    ["memory type:task_failed since:1h", [2]],
  ];

  test.each(CASES)("%s", (question, ids) => {
    expect(idsOf(question)).toEqual(ids);
  });
});

describe("what the table can't answer is told", () => {
  const MISTAKES: readonly (readonly [question: string, words: RegExp])[] = [
    ["a tyype:b", /no field "tyype"\. Did you mean "type"\?/],
    ["http://x", /There is no field "http".*"http:…"/],
    ["id:abc", /"abc" is no id/],
    ["id:>abc", /An id is compared with an integer|neither/],
    ["attempt:>many", /"many" is neither a number nor a time/],
    ["since:soon", /"soon" is no time: since: takes 15m/],
    ["time:soon", /"soon" is neither.*timestamp:soon/],
    ["timestamp:>soon", /"soon" is neither/],
    ["time:2h", /moment.*since:2h/],
    ['"actor":ann', /no column "actor".*without quotation marks/],
  ];

  test.each(MISTAKES)("%s", (question, words) => {
    const call = () => compileQuestion(parseQuestion(question), TABLE, sql`t`);
    expect(call).toThrow(QuestionError);
    expect(call).toThrow(words);
  });

  test("a role that no column plays", () => {
    const bare: AskedTable = { ...TABLE, columns: [{ name: "id", affinity: "numeric" }], roles: {} };
    expect(() => idsOf("since:2h", bare)).toThrow(/no column that tells the time/);
    expect(() => idsOf("type:a", bare)).toThrow(/no column that tells the type\./);
    expect(() => idsOf("Ma", bare)).not.toThrow();
  });

  test("a word in a table of very many columns is looked for in the first hundred", () => {
    const columns: AskedColumn[] = Array.from({ length: 2000 }, (_, at) => ({
      name: `c${at}`,
      affinity: "text",
    }));
    const condition = compileQuestion(parseQuestion("a"), { ...TABLE, columns, roles: {} }, sql`t`);
    expect(condition.values.length).toBe(100);
  });
});

describe("a time means the same in every form", () => {
  const from = Date.UTC(2026, 2, 28);
  const moments = fc.integer({ min: from, max: from + 3 * 86_400_000 });

  for (const zone of ["UTC", "Europe/Berlin"]) {
    test.each(TIME_FORMS)(`%s, ${zone}`, (form) => {
      fc.assert(
        fc.property(
          moments,
          moments,
          fc.nat(),
          fc.constantFrom<AskedColumn["affinity"]>("text", "numeric", "none"),
          (ms, bound, spelling, affinity) => {
            const value = storedTime(form, ms, spelling);
            // A column of numbers holds no texts, and one of texts no numbers.
            fc.pre(affinity !== "numeric" || typeof value !== "string");
            const asText = affinity === "text" ? String(value) : value;
            const instant = readInstant(asText, form, zone);
            fc.pre(instant !== undefined);
            const table: AskedTable = {
              key: "id",
              columns: [
                { name: "id", affinity: "numeric" },
                { name: "at", affinity, time: form },
              ],
              roles: { time: { column: "at", form, why: "" } },
              zone,
              labels: {},
            };
            for (const [word, expected] of [
              ["since", instant >= bound],
              ["until", instant <= bound],
            ] as const) {
              const condition = compileQuestion(
                parseQuestion(`${word}:${new Date(bound).toISOString()}`),
                table,
                sql`t`,
              );
              const type = { text: "TEXT", numeric: "NUMERIC", none: "" }[affinity];
              const found = database
                .query(
                  `WITH v(id, at) AS (SELECT 1, CAST(? AS ${type === "" ? "BLOB" : type})) SELECT 1 FROM ${affinity === "none" ? "(SELECT 1 AS id, ? AS at)" : "v"} AS t WHERE ${condition.text}`.replace(
                    affinity === "none" ? /^WITH.*?\)\) / : /^$/,
                    "",
                  ),
                )
                .values(asText, ...condition.bind(NOW));
              expect({ value: asText, bound, word, found: found.length > 0 }).toEqual({
                value: asText,
                bound,
                word,
                found: expected,
              });
            }
          },
        ),
        { numRuns: 400 },
      );
    });
  }
});

test("a local time that is skipped means what a clock shows that was not put forward", () => {
  const table: AskedTable = {
    key: "id",
    columns: [
      { name: "id", affinity: "numeric" },
      { name: "at", affinity: "text", time: "text" },
    ],
    roles: { time: { column: "at", form: "text", why: "" } },
    zone: "Europe/Berlin",
    labels: {},
  };
  const found = (question: string): string[] => {
    const condition = compileQuestion(parseQuestion(question), table, sql`t`);
    const walls = [
      "01:59:59",
      "02:00:00",
      "02:29:59",
      "02:30:00",
      "03:00:00",
      "03:29:59",
      "03:30:00",
      "04:00:00",
    ];
    return walls.filter(
      (wall) =>
        database
          .query(`SELECT 1 FROM (SELECT 1 AS id, ? AS at) AS t WHERE ${condition.text}`)
          .values(`2026-03-29 ${wall}`, ...condition.bind(NOW)).length > 0,
    );
  };
  expect(found("since:2026-03-29T01:00:00Z")).toEqual([
    "02:00:00",
    "02:29:59",
    "02:30:00",
    "03:00:00",
    "03:29:59",
    "03:30:00",
    "04:00:00",
  ]);
  expect(found("since:2026-03-29T01:30:00Z")).toEqual(["02:30:00", "03:30:00", "04:00:00"]);
  expect(found("until:2026-03-29T00:59:59Z")).toEqual(["01:59:59"]);
  expect(found("until:2026-03-29T01:29:59Z")).toEqual([
    "01:59:59",
    "02:00:00",
    "02:29:59",
    "03:00:00",
    "03:29:59",
  ]);
});

describe("an index", () => {
  const indexed = new Database(":memory:");
  indexed.run(
    'CREATE TABLE t (id INTEGER PRIMARY KEY, timestamp TEXT, event_type TEXT, actor_id TEXT, target_id TEXT, summary TEXT, metadata, attempt INTEGER, loose, state, kind_id, "a.b", target); CREATE INDEX by_type ON t (event_type); CREATE INDEX by_time ON t (timestamp); CREATE INDEX by_attempt ON t (attempt); CREATE TABLE kinds (kind INTEGER PRIMARY KEY, name)',
  );

  function planOf(question: string): string {
    const condition = compileQuestion(parseQuestion(question), TABLE, sql`t`);
    return indexed
      .query<{ detail: string }, ReturnType<typeof condition.bind>>(
        `EXPLAIN QUERY PLAN SELECT * FROM t WHERE id >= 1 AND id <= 1000 AND ${condition.text} ORDER BY id DESC LIMIT 50`,
      )
      .all(...condition.bind(NOW))
      .map(({ detail }) => detail)
      .join("; ");
  }

  test("of a column that is asked for one value, or one of some, is used", () => {
    expect(planOf("type:a")).toContain("by_type (event_type=?");
    expect(planOf("type:a row")).toContain("by_type (event_type=?");
    expect(planOf("type:a,b,c")).toContain("by_type (event_type=?");
    expect(planOf("attempt:3")).toContain("by_attempt (attempt=?");
  });

  test("is left alone where it would sort what it found by something else than the id", () => {
    for (const question of ["since:2h", "time:>2026-11-25", "attempt:>3", "type:a*", "-type:a", "row"])
      expect(planOf(question)).toStartWith("SEARCH t USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)");
  });
});
