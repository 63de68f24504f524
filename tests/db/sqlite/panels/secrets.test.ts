/** What is masked is told by nothing: no value, question, order, group, key, name or cursor. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";

import { PanelError } from "../../../../src/panels.ts";
import { QuestionError } from "../../../../src/query/question-error.ts";
import { Beside } from "../../../support/beside.ts";
import { TEST_TIMEOUT_MS } from "../../../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const SECRET = "hunter2-hush";
const SQL = [
  "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, password TEXT, apiKey BLOB, token_count INTEGER)",
  `INSERT INTO users VALUES (1, 'Ada', '${SECRET}', x'6874', 7), (2, 'Bob', NULL, NULL, 8)`,
  "CREATE TABLE sessions (token TEXT PRIMARY KEY, user INTEGER REFERENCES users)",
  `INSERT INTO sessions VALUES ('${SECRET}-1', 1), ('${SECRET}-2', 2)`,
  "CREATE TABLE keyed (secret TEXT PRIMARY KEY, note TEXT) WITHOUT ROWID",
  `INSERT INTO keyed VALUES ('${SECRET}-1', 'one'), ('${SECRET}-2', 'two')`,
  "CREATE TABLE numbered (token INTEGER PRIMARY KEY, note TEXT)",
  "INSERT INTO numbered VALUES (424242, 'one'), (434343, 'two')",
  "CREATE TABLE visits (id INTEGER PRIMARY KEY, session REFERENCES sessions(token), key_id REFERENCES holders)",
  "CREATE TABLE holders (id INTEGER PRIMARY KEY, secret TEXT)",
  "CREATE TABLE parts (a TEXT, token TEXT, PRIMARY KEY (a, token))",
  "CREATE TABLE leads (id INTEGER PRIMARY KEY, x TEXT, y TEXT, FOREIGN KEY (x, y) REFERENCES parts)",
  `INSERT INTO parts VALUES ('a', '${SECRET}')`,
  `INSERT INTO leads VALUES (1, 'a', '${SECRET}')`,
  `INSERT INTO holders VALUES (1, '${SECRET}')`,
  `INSERT INTO visits VALUES (1, '${SECRET}-1', 1), (2, '${SECRET}-2', 1)`,
  "CREATE VIEW people AS SELECT name, password FROM users",
];

const TABLES = ["users", "sessions", "keyed", "numbered", "visits", "people", "holders", "parts", "leads"];

let beside: Beside;
beforeAll(async () => {
  beside = await Beside.open(SQL);
});
afterAll(() => beside[Symbol.asyncDispose]());

const MASKED = { $masked: true };
const isTold = (text: string): boolean => /hunter2|4[23]4[23]4[23]|6874|aHQ/.test(text);

describe("a masked column", () => {
  test("stands for every value, also of NULL", async () => {
    const { rows } = await beside.page("users");
    expect(rows.map(({ password, apiKey, token_count }) => ({ password, apiKey, token_count }))).toEqual([
      { password: MASKED, apiKey: MASKED, token_count: 7 },
      { password: MASKED, apiKey: MASKED, token_count: 8 },
    ]);
    expect(await beside.row("users", "2")).toMatchObject({ name: "Bob", password: MASKED });
  });

  test("is told of, and plays no role", async () => {
    const { tables } = await beside.list();
    const columns = tables.flatMap((table) =>
      table.columns
        .filter(({ isSecret }) => isSecret)
        .map(({ name, role, timeForm }) => [table.name, name, role, timeForm]),
    );
    expect(columns).toEqual([
      ["users", "password", null, null],
      ["users", "apiKey", null, null],
      ["sessions", "token", null, null],
      ["keyed", "secret", null, null],
      ["numbered", "token", null, null],
      ["visits", "session", null, null],
      ["holders", "secret", null, null],
      ["parts", "token", null, null],
      ["leads", "y", null, null],
      ["people", "password", null, null],
    ]);
    expect(isTold(JSON.stringify(tables))).toBe(false);
  });

  test.each(TABLES)("is in no answer about %s: no key, name, cursor or group", async (table) => {
    for (const asked of [{}, { limit: 1 }, { q: "" }]) {
      for await (const page of beside.pages(table, asked)) {
        const { next, groups, keys } = page;
        const cursor = next === null ? "" : Buffer.from(next, "base64url").toString();
        expect(isTold(JSON.stringify([page.rows, groups, keys, cursor]))).toBe(false);
      }
    }
  });

  test.each([
    `password:${SECRET}`,
    "password:hunter*",
    '-password:""',
    '"PASSWORD":x',
    "password:>=a5",
    "password.deep[0]:x",
    "apikey:x",
  ])("can't be asked for: %s", async (q) => {
    const error: unknown = await beside.page("users", { q }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(QuestionError);
    expect(String(error)).toContain("masked");
  });

  test("is not found by a word, nor by what it leads to", async () => {
    for (const table of TABLES)
      expect([table, (await beside.page(table, { q: "hunter2" })).keys]).toEqual([table, []]);
    expect((await beside.page("visits", { q: `key_id:${SECRET}` })).keys).toEqual([]);
    expect((await beside.page("users", { q: "ada" })).keys).toEqual(["1"]);
  });

  test.each(["password", "-password", "PASSWORD"])("is nothing to sort by: %s", async (sort) => {
    const error: unknown = await beside.page("users", { sort }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(PanelError);
    expect(String(error)).toContain("masked");
  });

  test("is nothing to sort by with a cursor that somebody has made, either", async () => {
    const after = Buffer.from('["password","thunter2","i1"]').toString("base64url");
    expect(await beside.page("users", { after }).catch((error: unknown) => error)).toBeInstanceOf(PanelError);
  });

  test("that is the key finds no row", async () => {
    for (const [table, key] of [
      ["sessions", `${SECRET}-1`],
      ["keyed", `${SECRET}-1`],
      ["numbered", "424242"],
    ] as const)
      expect(await beside.row(table, key).catch((error: unknown) => error)).toBeInstanceOf(PanelError);
    expect(await beside.row("sessions", "1")).toMatchObject({ token: MASKED, user: 1 });
  });

  test("is shown with --show-secrets", async () => {
    const panels = beside.chosen({ showsSecrets: true });
    const { item } = await panels.row("users", "1", new AbortController().signal);
    expect(JSON.parse(Buffer.from(item).toString())).toMatchObject({ password: SECRET });
  });
});
