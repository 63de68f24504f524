/** Names of tables and columns, and keys, are nothing but names and values, whatever stands in them. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";

import * as fc from "fast-check";

import { Beside } from "../../../support/beside.ts";
import { TEST_TIMEOUT_MS } from "../../../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const ODD = [
  'quo"te',
  "apo'strophe",
  "two words",
  "select",
  "order",
  "t",
  "rowid",
  "_rowid_",
  "a.b",
  "[x]",
  "`x`",
  "a;DROP TABLE events;--",
  "x') OR 1=1 --",
  "100%",
  "?1",
  ":name",
  "-minus",
  "ünïcödé \u{1f600}",
  "line\nbreak",
  "\\back",
  "$key",
  "$names",
  "__proto__",
  "constructor",
  "FALSE",
  "main",
] as const;

let beside: Beside;
beforeAll(async () => {
  beside = await Beside.open([]);
});
afterAll(() => beside[Symbol.asyncDispose]());

describe("odd names", () => {
  test.each(ODD)("%j as a table and as a column", async (name) => {
    beside.database.run(
      `CREATE TABLE ${quote(name)} (${quote(name)} TEXT, status TEXT, PRIMARY KEY (${quote(name)}))`,
    );
    for (const [value, status] of [
      ["it's", "on"],
      ['a"b', "off"],
      ["x' OR '1'='1", "on"],
    ] as const)
      beside.database.prepare(`INSERT INTO ${quote(name)} VALUES (?, ?)`).run(value, status);
    const table = (await beside.list()).tables.find((other) => other.name === name);
    expect(table).toMatchObject({ name, key: [name] });
    expect(table?.columns.map((column) => column.name)).toEqual([name, "status"]);
    const page = await beside.page(name, { limit: 2 });
    expect(page.keys).toEqual(["it's", 'a"b']);
    expect((await beside.page(name, { limit: 2, after: page.next ?? "" })).keys).toEqual(["x' OR '1'='1"]);
    expect((await beside.page(name, { sort: `-${name}` })).keys).toEqual(["x' OR '1'='1", "it's", 'a"b']);
    expect((await beside.page(name, { group: "off" })).keys).toEqual(['a"b']);
    expect((await beside.page(name, { group: "off' OR '1'='1" })).keys).toEqual([]);
    const field = `"${name.replaceAll(/["\\]/g, "\\$&")}":"it's"`;
    expect((await beside.page(name, { q: field })).keys).toEqual(["it's"]);
    expect(await beside.row(name, "x' OR '1'='1")).toMatchObject({ status: "on" });
    expect(beside.database.prepare("SELECT count(*) AS n FROM events").get()).toEqual({ n: 0n });
  });
});

test("names, keys and values at random come back as they are", async () => {
  let count = 0;
  const text = fc.string({ unit: "binary", minLength: 1, maxLength: 12 }).map((each) =>
    // Neither a name nor a text of SQLite holds a NUL, and half a character is none.
    each.replaceAll(/\0/g, "0").toWellFormed(),
  );
  await fc.assert(
    fc.asyncProperty(
      text,
      text,
      fc.uniqueArray(text, { minLength: 1, maxLength: 4 }),
      async (one, two, keys) => {
        const [name, column] = [`${one}${++count}`, `${two}x`];
        fc.pre(!/^sqlite_/i.test(name));
        beside.database.run(`CREATE TABLE ${quote(name)} (${quote(column)} TEXT PRIMARY KEY)`);
        for (const key of keys) beside.database.prepare(`INSERT INTO ${quote(name)} VALUES (?)`).run(key);
        const page = await beside.page(name);
        expect(page.keys.toSorted()).toEqual(keys.toSorted());
        for (const key of keys) expect((await beside.row(name, key))[column]).toBe(key);
        beside.database.run(`DROP TABLE ${quote(name)}`);
      },
    ),
    { numRuns: 60 },
  );
});
