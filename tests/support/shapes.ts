/** Tables in the shapes of real programs, with rows and questions at random. */
import { Database } from "bun:sqlite";

import * as fc from "fast-check";

import type { ColumnRole } from "../../src/column-roles.ts";
import { quoteName } from "../../src/db/quote-name.ts";
import { schemaSql } from "../../src/db/sqlite/create.ts";
import type { Cell, Comparison, OracleRow, OracleTable, OracleTerm, Span, Starred } from "./oracle.ts";

const MINUTE_MS = 60_000;

/** Letters of every kind that a search could trip over; one word has at most one letter beyond ASCII that has a case. */
const WORDS = [
  "deploy",
  "Build",
  "FAILED",
  "memory",
  "a_b",
  "100%",
  "007",
  "12",
  "-3.5",
  "1e3",
  "1.2.3",
  "2026-11-25",
  "C:\\x",
  "[x]",
  "?",
  'say"hi"',
  "it's",
  "--",
  "x;y",
  "a,b",
  "a*b",
  "*",
  "Öl",
  "Straße",
  "ж",
  "ﬁ",
  "🚀",
  "OR",
];
const words = fc.constantFrom(...WORDS);
const texts = fc.array(words, { minLength: 1, maxLength: 4 }).map((some) => some.join(" "));
const names = fc.constantFrom("ann", "Ann", "Bob B.", "bot*7", "7", "ünal", "x,y", '"q"');

/** A part of a word, in another case. */
const soughtPieces = fc
  .tuple(words, fc.nat(5), fc.integer({ min: 1, max: 8 }), fc.nat(2))
  .map(([word, from, length, letterCase]) => {
    const piece =
      Array.from(word)
        .slice(from, from + length)
        .join("") || word;
    if (letterCase === 1) return piece.toLowerCase();
    return letterCase === 2 && Array.from(piece.toUpperCase()).length === Array.from(piece).length
      ? piece.toUpperCase()
      : piece;
  });

const documents = fc.record(
  {
    error: fc.record(
      {
        code: fc.oneof(
          fc.integer({ min: -2, max: 9 }),
          fc.constantFrom("7", "E7", "", "1.2.3"),
          fc.constant(null),
        ),
      },
      { requiredKeys: [] },
    ),
    list: fc.array(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom("a", "b")), { maxLength: 3 }),
    ok: fc.boolean(),
    name: fc.oneof(texts, names),
    n: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constantFrom(0.5, 2.5)),
    "a.b c": fc.constantFrom("dot", "1"),
    "1": fc.constantFrom("true", 2, true),
  },
  { requiredKeys: [] },
);

/** Ways into them. As it is written after the column, and as it is. */
const paths = fc.constantFrom<readonly [string, readonly (string | number)[]]>(
  [".error.code", ["error", "code"]],
  ['."error"."code"', ["error", "code"]],
  [".list[0]", ["list", 0]],
  [".list[1]", ["list", 1]],
  [".ok", ["ok"]],
  [".name", ["name"]],
  [".n", ["n"]],
  ['."a.b c"', ["a.b c"]],
  [".1", ["1"]],
  [".missing.too", ["missing", "too"]],
);
const memberValues = fc.constantFrom(
  "7",
  "E7",
  "",
  "true",
  "false",
  "1",
  "2",
  "2.5",
  "0",
  "a",
  "dot",
  "ann",
  "1.2.3",
);

function escapeAll(json: string): string {
  return json.replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

export interface Column {
  readonly name: string;
  readonly cell: (nowMs: number) => fc.Arbitrary<Cell>;
}

export interface Shape {
  readonly name: string;
  readonly followed: string;
  readonly into: string;
  readonly ddl: string;
  readonly key: string;
  /** The column that is the key where rows go. */
  readonly intoKey: string;
  readonly time: string;
  /** What the table makes of an instant. */
  readonly storedTime: (ms: number) => string | number;
  /** To which it rounds. In ms. */
  readonly timeStepMs: number;
  readonly columns: readonly Column[];
  readonly oracle: OracleTable;
  /** Names of fields by which a term can ask for a column. */
  readonly fields: readonly { readonly field: string; readonly column: string }[];
  readonly numbers: readonly { readonly field: string; readonly column: string }[];
  readonly json: readonly { readonly field: string; readonly column: string }[];
  readonly roles: Readonly<Partial<Record<ColumnRole, string>>>;
}

const plain = (values: fc.Arbitrary<string | number | null>) => () =>
  values.map((value): Cell => ({ value }));
const orNothing = (values: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 5, arbitrary: values }, fc.constantFrom(null, ""));

/** JSON as different programs write it, and now and then what is none. */
const json = (isJsonb: boolean) => () =>
  fc
    .oneof(
      { weight: 6, arbitrary: fc.tuple(documents, fc.boolean()) },
      {
        weight: 1,
        arbitrary: fc.constantFrom<readonly [undefined, string | null]>(
          [undefined, null],
          [undefined, "no {JSON"],
        ),
      },
    )
    .map(([document, how]): Cell => {
      if (document === undefined) return { value: how };
      const text = JSON.stringify(document);
      return { value: how && !isJsonb ? escapeAll(text) : text, document, isJsonb };
    });

export const KINDS = ["state_changed", "call_service", "Öffnen"];
const both = (column: string, ...others: string[]) => [column, ...others].map((field) => ({ field, column }));

export const SHAPES: readonly Shape[] = [
  {
    name: "the documented table",
    followed: "events",
    into: "events",
    ddl: schemaSql("events"),
    key: "id",
    intoKey: "id",
    time: "timestamp",
    storedTime: (ms) => new Date(ms).toISOString(),
    timeStepMs: 1,
    columns: [
      { name: "event_type", cell: plain(fc.constantFrom("task_done", "task_failed", "deploy*", "7")) },
      { name: "actor_id", cell: plain(orNothing(names)) },
      { name: "target_id", cell: plain(orNothing(fc.constantFrom("job-1", "job-10", "JOB-1", "007", "7"))) },
      { name: "target_type", cell: plain(orNothing(words)) },
      { name: "summary", cell: plain(texts) },
      { name: "metadata", cell: json(false) },
    ],
    oracle: {
      key: "id",
      time: "timestamp",
      textColumns: ["event_type", "actor_id", "target_id", "target_type", "summary", "metadata"],
    },
    fields: [
      ...both("event_type", "type", "TYPE"),
      ...both("actor_id", "actor", '"actor_id"'),
      ...both("target_id", "target"),
      ...both("target_type"),
      ...both("summary"),
    ],
    numbers: [...both("id"), ...both("target_id", "target"), ...both("target_type")],
    json: both("metadata"),
    roles: {
      type: "event_type",
      actor: "actor_id",
      target: "target_id",
      summary: "summary",
      metadata: "metadata",
    },
  },
  {
    name: "a queue of jobs",
    followed: "events",
    into: "events",
    ddl: `CREATE TABLE events (id INTEGER PRIMARY KEY, queue TEXT, state VARCHAR(20), attempts INTEGER, created_at INTEGER,
      worker STRING, payload JSON, error_message CLOB, loose,
      flavour STRING)`,
    key: "id",
    intoKey: "id",
    time: "created_at",
    storedTime: (ms) => ms,
    timeStepMs: 1,
    columns: [
      { name: "queue", cell: plain(fc.constantFrom("mail", "Video", "a.b")) },
      { name: "state", cell: plain(fc.constantFrom("waiting", "done", "failed")) },
      { name: "attempts", cell: plain(fc.oneof(fc.integer({ min: 0, max: 12 }), fc.constant(null))) },
      { name: "worker", cell: plain(orNothing(fc.constantFrom("ann", "Bob B.", "bot*7", "ünal"))) },
      { name: "payload", cell: json(false) },
      { name: "error_message", cell: plain(orNothing(texts)) },
      { name: "flavour", cell: plain(orNothing(fc.constantFrom("sweet", "Sour", "bot*7"))) },
      {
        name: "loose",
        cell: plain(
          fc.oneof(
            words,
            fc.constantFrom("5", "5.0", "+5", ""),
            fc.constantFrom(5, 5.5, -3.5),
            fc.constant(null),
          ),
        ),
      },
    ],
    oracle: {
      key: "id",
      time: "created_at",
      textColumns: ["queue", "state", "worker", "payload", "error_message", "loose", "flavour"],
    },
    fields: [
      ...both("queue"),
      ...both("state"),
      ...both("worker"),
      ...both("error_message", "Error_Message"),
      ...both("loose"),
    ],
    numbers: [...both("id"), ...both("attempts"), ...both("loose")],
    json: both("payload", '"payload"'),
    roles: { metadata: "payload" },
  },
  {
    name: "an audit log with a key of its own beside the rowid",
    followed: "events",
    into: "events",
    ddl: "CREATE TABLE events (uuid TEXT PRIMARY KEY, created_at TEXT, action TEXT, user_name TEXT, object TEXT, changes BLOB)",
    key: "rowid",
    intoKey: "rowid",
    time: "created_at",
    storedTime: (ms) => new Date(ms).toISOString().replace("T", " ").slice(0, 19),
    timeStepMs: 1000,
    columns: [
      {
        name: "uuid",
        cell: () => fc.uuid().map((value) => ({ value })),
      },
      { name: "action", cell: plain(fc.constantFrom("created", "updated", "deleted")) },
      { name: "user_name", cell: plain(orNothing(names)) },
      { name: "object", cell: plain(orNothing(texts)) },
      { name: "changes", cell: json(true) },
    ],
    oracle: {
      key: "rowid",
      time: "created_at",
      textColumns: ["uuid", "action", "user_name", "object", "changes"],
    },
    fields: [...both("uuid"), ...both("action"), ...both("user_name"), ...both("object")],
    numbers: [...both("rowid", "id"), ...both("object")],
    json: both("changes"),
    roles: {},
  },
  ...[true, false].map((isView): Shape => {
    const kind = isView ? "event_type" : "event_type_id";
    return {
      name: isView ? "a view of Home Assistant's tables" : "Home Assistant's tables, with their references",
      followed: isView ? "seen" : "events",
      into: "events",
      ddl: `CREATE TABLE event_types (event_type_id INTEGER PRIMARY KEY, event_type TEXT);
        INSERT INTO event_types VALUES ${KINDS.map((text, at) => `(${at + 1}, '${text}')`).join(", ")};
        CREATE TABLE events (event_id INTEGER PRIMARY KEY, time_fired_ts FLOAT, shared_data TEXT, context_user TEXT,
          event_type_id INTEGER REFERENCES event_types(event_type_id));
        CREATE VIEW seen AS SELECT e.event_id AS id, e.time_fired_ts, e.shared_data, e.context_user, t.event_type
          FROM events e LEFT JOIN event_types t USING (event_type_id);`,
      key: isView ? "id" : "event_id",
      intoKey: "event_id",
      time: "time_fired_ts",
      storedTime: (ms) => ms / 1000,
      timeStepMs: 1,
      columns: [
        { name: "shared_data", cell: json(false) },
        { name: "context_user", cell: plain(orNothing(names)) },
        {
          name: kind,
          cell: () =>
            fc.oneof(fc.constantFrom(1, 2, 3), fc.constant(null)).map((value): Cell => {
              const shown = value === null ? undefined : KINDS[value - 1];
              return isView ? { value: shown ?? null } : { value, ...(shown === undefined ? {} : { shown }) };
            }),
        },
      ],
      oracle: {
        key: isView ? "id" : "event_id",
        time: "time_fired_ts",
        textColumns: ["shared_data", "context_user", kind],
      },
      fields: [...both("context_user"), ...both(kind), ...(isView ? [] : both(kind, "type"))],
      numbers: [...both(isView ? "id" : "event_id", "id")],
      json: both("shared_data"),
      roles: isView ? {} : { type: "event_type_id" },
    };
  }),
  {
    name: "a blackboard",
    followed: "events",
    into: "events",
    ddl: "CREATE TABLE events (key TEXT PRIMARY KEY, value JSON, updated_at TEXT)",
    key: "rowid",
    intoKey: "rowid",
    time: "updated_at",
    storedTime: (ms) => `${new Date(ms + 7_200_000).toISOString().slice(0, 23)}+02:00`,
    timeStepMs: 1,
    columns: [
      {
        name: "key",
        cell: () => fc.tuple(words, fc.uuid()).map(([word, uuid]) => ({ value: `${word}/${uuid}` })),
      },
      { name: "value", cell: json(false) },
    ],
    oracle: { key: "rowid", time: "updated_at", textColumns: ["key", "value"] },
    fields: both("key"),
    numbers: both("rowid", "id"),
    json: both("value"),
    roles: {},
  },
  {
    name: "one key and one text",
    followed: "events",
    into: "events",
    ddl: "CREATE TABLE events (n INTEGER PRIMARY KEY, text)",
    key: "n",
    intoKey: "n",
    time: "",
    storedTime: (ms) => ms,
    timeStepMs: 1,
    columns: [{ name: "text", cell: plain(orNothing(texts)) }],
    oracle: { key: "n", time: "", textColumns: ["text"] },
    fields: both("text"),
    numbers: [...both("n", "id"), ...both("text")],
    json: [],
    roles: {},
  },
];

/** Ids as tables have them: one after the other, with gaps, negative, and near the ends of 64 bits. */
const steps = fc.oneof(
  { weight: 8, arbitrary: fc.constant(1n) },
  { weight: 2, arbitrary: fc.bigInt({ min: 2n, max: 5000n }) },
  { weight: 1, arbitrary: fc.constant(2n ** 40n) },
);
const firstIds = fc.constantFrom(1n, 1n, 1n, -20n, 2n ** 53n - 10n, -(2n ** 62n));

/** Rows in the order of their ids; the first ones are such that every role is found. */
export function rowsOf(shape: Shape, nowMs: number): fc.Arbitrary<OracleRow[]> {
  const cells = fc.record(Object.fromEntries(shape.columns.map(({ name, cell }) => [name, cell(nowMs)])));
  // The last days, between two bounds of any question.
  const ages = fc.oneof(
    { weight: 8, arbitrary: fc.tuple(fc.integer({ min: -6, max: 300 }), fc.nat(100_000)) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
  const row = fc.record({ cells, age: ages, step: steps });
  return fc.tuple(firstIds, fc.array(row, { minLength: 12, maxLength: 60 })).map(([firstId, rows]) => {
    let id = firstId;
    return rows.map(({ cells: of, age, step }, at): OracleRow => {
      id += step;
      const ms = age === undefined ? undefined : nowMs - age[0] * 10 * MINUTE_MS - 5 * MINUTE_MS - age[1];
      // At the beginning times rise: that is how a column of times is told.
      const atMs = at < 6 ? nowMs - (100 - at) * 10 * MINUTE_MS - 5 * MINUTE_MS : ms;
      return {
        id,
        cells: of,
        atMs:
          shape.time === "" || atMs === undefined
            ? undefined
            : Math.floor(atMs / shape.timeStepMs) * shape.timeStepMs,
      };
    });
  });
}

/** Makes the database. */
export function createShape(path: string, shape: Shape, rows: readonly OracleRow[]): void {
  using database = new Database(path);
  database.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF");
  database.run(shape.ddl);
  insertRows(database, shape, rows);
}

/** In one transaction. */
export function insertRows(database: Database, shape: Shape, rows: readonly OracleRow[]): void {
  database.run("BEGIN");
  for (const { id, atMs, cells } of rows) {
    const columns = shape.columns.map(({ name }) =>
      name === "event_type" && shape.into !== shape.followed ? "event_type_id" : name,
    );
    const values = shape.columns.map(({ name }) => {
      const value = cells[name]?.value ?? null;
      return name === "event_type" && shape.into !== shape.followed && value !== null
        ? KINDS.indexOf(String(value)) + 1
        : value;
    });
    const marks = shape.columns.map(({ name }) => (cells[name]?.isJsonb === true ? "jsonb(?)" : "?"));
    if (shape.time !== "") {
      columns.push(shape.time);
      // The documented table has no NULL there.
      values.push(
        atMs === undefined ? (shape.ddl === schemaSql("events") ? "" : null) : shape.storedTime(atMs),
      );
      marks.push("?");
    }
    database.run(
      `INSERT INTO ${quoteName(shape.into)} (${[shape.intoKey, ...columns].map(quoteName).join(", ")}) VALUES (?, ${marks.join(", ")})`,
      [id, ...values],
    );
  }
  database.run("COMMIT");
}

const comparisons = fc.constantFrom<Comparison>(">", ">=", "<", "<=");

/** Moments that lie between the times of the rows, and others that need not. */
function spansOf(nowMs: number): fc.Arbitrary<Span> {
  const ago = fc.constantFrom<readonly [string, number]>(
    ["30m", 30],
    ["2h", 120],
    ["1d", 1440],
    ["3600s", 60],
    ["1w", 10_080],
  );
  const date = fc.tuple(
    fc.integer({ min: -12, max: 300 }),
    fc.nat(600_000),
    fc.constantFrom(10, 16, 19, 23),
    fc.boolean(),
  );
  return fc.oneof(
    ago.map(([text, minutes]) => ({
      text,
      fromMs: nowMs - minutes * MINUTE_MS,
      toMs: nowMs - minutes * MINUTE_MS,
    })),
    date.map(([tens, ms, length, isEast]) => {
      const iso = new Date(nowMs - tens * 10 * MINUTE_MS - ms).toISOString().slice(0, length);
      const fromMs = Date.parse(length === 10 ? `${iso}T00:00Z` : `${iso}Z`);
      const lengthMs = { 10: 86_400_000, 16: MINUTE_MS, 19: 1000, 23: 1 }[length] ?? 1;
      // An hour and a half further east the clocks show more.
      const east = new Date(fromMs + 90 * MINUTE_MS).toISOString().slice(0, length);
      const text = length === 10 ? iso : isEast ? `${east}+01:30` : `${iso}Z`;
      return { text, fromMs, toMs: fromMs + lengthMs };
    }),
  );
}

/** Terms of every kind that the shape can be asked. */
export function termsOf(shape: Shape, rows: readonly OracleRow[], nowMs: number): fc.Arbitrary<OracleTerm[]> {
  const isNegated = fc.oneof(
    { weight: 3, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  );
  const values = fc.oneof(
    fc
      .constantFrom(...rows)
      .chain(({ cells }) =>
        fc.constantFrom(
          ...Object.values(cells).flatMap(({ value, shown }) => [String(value ?? ""), shown ?? ""]),
        ),
      ),
    fc.constantFrom("", "5", "5.0", "007", "12", "ann", "nothing like it"),
  );
  const starred = fc.oneof(
    { weight: 3, arbitrary: values.map((value): Starred => [value]) },
    {
      weight: 1,
      arbitrary: fc.tuple(values, fc.nat(4), fc.nat(4)).map(([value, from, length]): Starred => {
        const letters = Array.from(value);
        return [letters.slice(0, from).join(""), letters.slice(from + length).join("")];
      }),
    },
  );
  const ids = fc.constantFrom(...rows).chain(({ id }) => fc.constantFrom(id, id + 1n, id - 1n));
  const numbers = fc.oneof(
    ids.map(String),
    fc.constantFrom("5", "5.5", "-3.5", "0", "7", "12", "1e3", "999"),
  );
  const spans = spansOf(nowMs);
  const word = fc.record({
    kind: fc.constant("word" as const),
    word: fc.oneof(
      { weight: 4, arbitrary: soughtPieces.map((piece): Starred => [piece]) },
      {
        weight: 1,
        arbitrary: fc.tuple(fc.constantFrom("de", "fail", "a", "1"), fc.constantFrom("y", "e", "2", "")),
      },
    ),
    isQuoted: fc.boolean(),
    isNegated,
  });
  const terms: fc.Arbitrary<OracleTerm>[] = [word, word];
  const equals = fc.array(starred, { minLength: 1, maxLength: 3 });
  terms.push(
    fc.tuple(fc.constantFrom(...shape.fields), equals, isNegated).map(([field, any, negated]) => ({
      kind: "equal",
      ...field,
      values: any,
      isNegated: negated,
    })),
    fc.tuple(fc.array(ids, { minLength: 1, maxLength: 3 }), isNegated).map(([some, negated]) => ({
      kind: "equal",
      field: "id",
      column: shape.key,
      values: some.map((id) => [String(id)]),
      isNegated: negated,
    })),
    fc
      .tuple(fc.constantFrom(...shape.numbers), comparisons, numbers, numbers, fc.boolean(), isNegated)
      .map(([field, operator, number, second, isRange, negated]) => ({
        kind: "compare",
        ...field,
        isRange,
        ends: isRange
          ? [
              { operator: ">=", number },
              { operator: "<=", number: second },
            ]
          : [{ operator, number }],
        isNegated: negated,
      })),
  );
  if (shape.json.length > 0) {
    const members = fc.array(
      fc.oneof(
        { weight: 4, arbitrary: memberValues.map((value): Starred => [value]) },
        { weight: 1, arbitrary: fc.constantFrom<Starred>(["d", ""], ["", ""], ["1.", ".3"]) },
      ),
      { minLength: 1, maxLength: 3 },
    );
    terms.push(
      fc
        .tuple(fc.constantFrom(...shape.json), paths, members, isNegated)
        .map(([{ field, column }, way, any, negated]) => ({
          kind: "json",
          field: field + way[0],
          column,
          path: way[1],
          values: any,
          isNegated: negated,
        })),
      fc
        .tuple(
          fc.constantFrom(...shape.json),
          paths,
          comparisons,
          fc.constantFrom("7", "0", "2.5", "1"),
          isNegated,
        )
        .map(([{ field, column }, way, operator, number, negated]) => ({
          kind: "jsonCompare",
          field: field + way[0],
          column,
          path: way[1],
          operator,
          number,
          isNegated: negated,
        })),
    );
  }
  if (shape.time !== "") {
    const sides = fc.constantFrom<"since" | "until">("since", "until");
    terms.push(
      fc
        .tuple(sides, spans, isNegated)
        .map(([side, span, negated]) => ({ kind: "bound", side, span, isNegated: negated })),
      fc
        .tuple(
          fc.constantFrom("time", shape.time),
          fc.oneof(comparisons, fc.constant("" as const)),
          spans,
          isNegated,
        )
        // A moment that moves with now can't be equal to anything.
        .filter(([, operator, { fromMs, toMs }]) => operator !== "" || fromMs < toMs)
        .map(([field, operator, span, negated]) => ({
          kind: "time",
          field,
          operator,
          span,
          isNegated: negated,
        })),
    );
  }
  return fc.array(fc.oneof(...terms), { maxLength: 3 });
}
