/** Names and values are nothing but names and values in PostgreSQL, bound or as literals, whatever stands in them. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";

import * as fc from "fast-check";

import { parseQuestion } from "../../src/query/parse.ts";
import { postgresLiteralSql, postgresSql } from "../../src/query/postgres-sql.ts";
import { printTerm } from "../../src/query/print.ts";
import { sql } from "../../src/query/sql.ts";
import { readPage } from "../support/listing.ts";
import { PostgresLog } from "../support/postgres-log.ts";
import { NO_POSTGRES, Postgres, postgresPrograms } from "../support/postgres.ts";
import { describeWhere } from "../support/tools.ts";
import { TEST_TIMEOUT_MS } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const NEWEST = { kind: "before", before: undefined } as const;

/** No text of PostgreSQL holds a NUL, and half a character is none. */
const texts = fc
  .oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.string({
      unit: fc.constantFrom("'", '"', "\\", "?", "$1", "%", "_", "*", ";", "--", "E'", "\n", "é"),
      maxLength: 12,
    }),
  )
  .map((text) => text.replaceAll("\0", "0").toWellFormed());

describeWhere((await postgresPrograms()) !== undefined, NO_POSTGRES)("PostgreSQL", () => {
  let postgres: Postgres;
  beforeAll(async () => void (postgres = await Postgres.start()));
  afterAll(async () => await postgres?.[Symbol.asyncDispose]());

  test("gets a value as it is, bound and as a literal", async () => {
    await fc.assert(
      fc.asyncProperty(texts, texts, async (first, second) => {
        const statement = sql`SELECT ${first}::text AS "a?'b", ${second}::text || '?' AS c`;
        const { text, values } = postgresSql(statement, 0);
        expect([...(await postgres.sql.unsafe(text, values).values())]).toEqual([[first, `${second}?`]]);
        const literal = postgresLiteralSql(statement, 0);
        expect(literal).not.toContain("\n");
        expect([...(await postgres.sql.unsafe(literal).values())]).toEqual([[first, `${second}?`]]);
      }),
      { numRuns: 300 },
    );
  });

  test("finds a text by itself, in columns and tables of any name", async () => {
    const names = fc.uniqueArray(
      texts.filter((text) => text !== "" && Buffer.byteLength(text) < 60),
      { minLength: 2, maxLength: 2, selector: (name) => name.toLowerCase() },
    );
    await fc.assert(
      fc.asyncProperty(names, texts, texts, async ([table = "", column = ""], value, other) => {
        const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
        const database = await postgres.createDatabase();
        await using writer = postgres.connect(database);
        await writer.unsafe(`CREATE TABLE ${quote(table)} (_key bigint PRIMARY KEY, ${quote(column)} text)`);
        await writer.unsafe(`INSERT INTO ${quote(table)} VALUES (1, $1), (2, $2)`, [value, other]);
        await using log = await PostgresLog.open(postgres, database, { table });
        const term = {
          kind: "field",
          field: { path: [column], isColumn: true },
          test: { kind: "any", values: [[value]] },
          isNegated: false,
          at: 0,
        } as const;
        const { ids } = await readPage(
          log.archive,
          parseQuestion(printTerm(term)),
          NEWEST,
          { rows: 5 },
          { key: "_key" },
        );
        expect(ids).toEqual(other === value ? [2n, 1n] : [1n]);
        const word = { kind: "text", text: [value], isNegated: false, at: 0 } as const;
        if (value.trim() === "") return;
        const found = await readPage(log.archive, { terms: [word] }, NEWEST, { rows: 5 }, { key: "_key" });
        expect(found.ids).toContain(1n);
      }),
      { numRuns: 25 },
    );
  });
});
