/** Pages of a table beside the log, while others write to it: every row that stays as it is comes once, in its order. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";

import * as fc from "fast-check";

import type { SqlValue } from "../../../../src/query/sql.ts";
import { Beside } from "../../../support/beside.ts";
import { TEST_TIMEOUT_MS } from "../../../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

let beside: Beside;
let count = 0;

beforeAll(async () => {
  beside = await Beside.open([]);
});
afterAll(() => beside[Symbol.asyncDispose]());

type Shape = readonly [columns: string, rest: string];

/** How a table is keyed; `k` tells its rows apart, and `marker` those that stay. */
const SHAPES: Readonly<Record<string, Shape>> = {
  "an integer key": ["k INTEGER PRIMARY KEY, s, marker TEXT", ""],
  "a text key": ["k TEXT PRIMARY KEY, s, marker TEXT", ""],
  "a text key without rowid": ["k TEXT PRIMARY KEY, s, marker TEXT", "WITHOUT ROWID"],
  "a key of two columns": ["a INTEGER, k TEXT, s, marker TEXT, PRIMARY KEY (a, k)", "WITHOUT ROWID"],
  "no key": ["k, s, marker TEXT", ""],
  "a typed column": ["k INTEGER PRIMARY KEY, s REAL, marker TEXT", ""],
  "a text column": ["k INTEGER PRIMARY KEY, s TEXT COLLATE NOCASE, marker TEXT", ""],
};

const sortValue: fc.Arbitrary<SqlValue> = fc.oneof(
  fc.constant(null),
  fc.integer({ min: -3, max: 3 }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double({ noNaN: true, min: -10, max: 10 }),
  fc.constantFrom("", "a", "A", "b", "ä", "'", "\u{1f600}", "7"),
  fc.uint8Array({ maxLength: 3 }),
);

const change = fc.record({
  kind: fc.constantFrom("insert", "update", "delete" as const),
  at: fc.nat(),
  value: sortValue,
});

const scenario = fc.record({
  shape: fc.constantFrom(...Object.values(SHAPES)),
  hasIndex: fc.boolean(),
  sort: fc.constantFrom(undefined, "s", "-s", "k", "-k"),
  isFiltered: fc.boolean(),
  limit: fc.integer({ min: 1, max: 7 }),
  rows: fc.array(fc.record({ value: sortValue, stays: fc.boolean() }), { maxLength: 30 }),
  changes: fc.array(change, { maxLength: 40 }),
});

class Table {
  readonly name = `table_${++count}`;
  readonly #columns: string;
  #next = 0;

  constructor([columns, rest]: Shape, hasIndex: boolean) {
    this.#columns = columns;
    beside.database.run(`CREATE TABLE ${this.name} (${columns}) ${rest}`);
    if (hasIndex) beside.database.run(`CREATE INDEX ${this.name}_s ON ${this.name}(s)`);
  }

  insert(value: SqlValue, marker: string): void {
    // Not in the order in which they come.
    const number = (++this.#next * 7919) % 1009;
    const k = this.#columns.includes("k INTEGER") ? number : `key-${number}`;
    const [names, values] = this.#columns.startsWith("a ") ? ["a, k", [number % 3, k]] : ["k", [k]];
    beside.database
      .prepare(
        `INSERT INTO ${this.name}(${names}, s, marker) VALUES (${values.map(() => "?").join(", ")}, ?, ?)`,
      )
      .run(...values, value, marker);
  }

  /** Changes one of the rows that do not stay. */
  change({
    kind,
    at,
    value,
  }: {
    readonly kind: string;
    readonly at: number;
    readonly value: SqlValue;
  }): void {
    if (kind === "insert") return this.insert(value, "goes");
    const found = beside.database
      .prepare<SqlValue[], []>(`SELECT k FROM ${this.name} WHERE marker = 'goes' ORDER BY k`)
      .values();
    const k = found[at % Math.max(1, found.length)]?.[0];
    if (k === undefined) return;
    if (kind === "delete") beside.database.prepare(`DELETE FROM ${this.name} WHERE k = ?`).run(k);
    else beside.database.prepare(`UPDATE ${this.name} SET s = ? WHERE k = ?`).run(value, k);
  }

  /** The rows that stay, as the database sorts them. */
  staying(sort: string | undefined): string[] {
    const column = sort?.replace("-", "") ?? "";
    const direction = sort?.startsWith("-") === true ? "DESC" : "ASC";
    const order = column === "" ? "" : `ORDER BY ${column} ${direction}`;
    return beside.database
      .prepare<SqlValue[], []>(
        `SELECT quote(${column || "k"}) FROM ${this.name} WHERE marker = 'stays' ${order}`,
      )
      .values()
      .map(([text]) => String(text));
  }

  /** What a row is sorted by, as SQLite writes it. */
  valueOf(k: unknown, sort: string | undefined): string {
    const column = sort?.replace("-", "") ?? "k";
    const [row] = beside.database
      .prepare<SqlValue[], SqlValue[]>(`SELECT quote(${column}) FROM ${this.name} WHERE k = ?`)
      .values(typeof k === "string" ? k : Number(k));
    return String(row?.[0]);
  }
}

test("each row that stays comes once, in its order, whatever is written meanwhile", async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ shape, hasIndex, sort, isFiltered, limit, rows, changes }) => {
      const table = new Table(shape, hasIndex);
      for (const { value, stays } of rows) table.insert(value, stays ? "stays" : "goes");
      const left = [...changes];
      const came: unknown[] = [];
      const keys: string[] = [];
      const asked = { limit, sort, ...(isFiltered ? { q: "marker:stays" } : {}) };
      const between = (): void => {
        for (const each of left.splice(0, 3)) table.change(each);
      };
      for await (const page of beside.pages(table.name, asked, between)) {
        expect(page.rows.length).toBeLessThanOrEqual(limit);
        const staying = page.rows.filter((row) => row["marker"] === "stays");
        came.push(...staying.map((row) => row["k"]));
        keys.push(...staying.map((row) => String(row["$key"])));
      }
      expect(new Set(keys).size).toBe(keys.length);
      const wanted = table.staying(sort);
      const found = came.map((k) => table.valueOf(k, sort));
      // Without an order what came is compared as a set.
      if (sort === undefined) expect(found.toSorted()).toEqual(wanted.toSorted());
      else if (!shape[0].includes("NOCASE")) expect(found).toEqual(wanted);
      else expect(found.toSorted()).toEqual(wanted.toSorted());
      beside.database.run(`DROP TABLE ${table.name}`);
    }),
    { numRuns: 120 },
  );
});
