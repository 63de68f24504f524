/** A time in a PostgreSQL column means what `readInstant` makes of it, in every form and type. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";

import * as fc from "fast-check";

import { TIME_FORMS } from "../../src/column-roles.ts";
import { readInstant } from "../../src/columns/instant.ts";
import type { AskedTable, StoredKind } from "../../src/query/asked-table.ts";
import { compileQuestion } from "../../src/query/compile.ts";
import { parseQuestion } from "../../src/query/parse.ts";
import { POSTGRES } from "../../src/query/postgres-dialect.ts";
import { postgresSql } from "../../src/query/postgres-sql.ts";
import { sql } from "../../src/query/sql.ts";
import { NO_POSTGRES, Postgres, postgresPrograms } from "../support/postgres.ts";
import { storedTime } from "../support/stored-times.ts";
import { describeWhere } from "../support/tools.ts";
import { TEST_TIMEOUT_MS } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** Around the night in which the clocks of Berlin are put forward. */
const FROM = Date.UTC(2026, 2, 28);
const moments = fc.integer({ min: FROM, max: FROM + 3 * 86_400_000 });

const VALUES = 120;
const BOUNDS = 12;

const TYPES = { text: "text", integer: "int8", numeric: "numeric", float8: "float8" } as const;

/** What a column of a type holds of a value; undefined where it can't. */
function inType(
  value: string | number | bigint,
  stored: keyof typeof TYPES,
): string | number | bigint | undefined {
  if (stored === "text") return String(value);
  if (typeof value === "string") return undefined;
  if (stored === "integer")
    return typeof value === "bigint" || Number.isInteger(value) ? BigInt(value) : undefined;
  if (stored === "numeric")
    return typeof value === "bigint" || Number.isInteger(value) ? BigInt(value) : value;
  return typeof value === "bigint" ? undefined : value;
}

describeWhere((await postgresPrograms()) !== undefined, NO_POSTGRES)("a time of PostgreSQL", () => {
  let postgres: Postgres;
  beforeAll(async () => void (postgres = await Postgres.start()));
  afterAll(async () => await postgres?.[Symbol.asyncDispose]());

  for (const zone of ["UTC", "Europe/Berlin"])
    for (const stored of ["text", "integer", "numeric", "float8"] as const)
      test.each(TIME_FORMS)(`%s as ${stored}, ${zone}`, async (form) => {
        const samples = fc.sample(fc.tuple(moments, fc.nat()), VALUES);
        const bounds = fc.sample(moments, BOUNDS);
        const values = samples
          .map(([ms, spelling]) => inType(storedTime(form, ms, spelling), stored))
          .filter((value) => value !== undefined);
        if (values.length === 0) return;
        await postgres.sql
          .unsafe(`DROP TABLE IF EXISTS t; CREATE TABLE t (id int, at ${TYPES[stored]})`)
          .simple();
        const rows = values.map((_, at) => `(${at}, $${at + 1}::text::${TYPES[stored]})`).join(", ");
        await postgres.sql.unsafe(`INSERT INTO t VALUES ${rows}`, values.map(String));
        for (const bound of bounds)
          for (const word of ["since", "until"]) {
            const question = parseQuestion(`${word}:${new Date(bound).toISOString()}`);
            const condition = compileQuestion(question, table(form, stored, zone), sql`t`, POSTGRES);
            const { text, values: bind } = postgresSql(condition, 0);
            const found = await postgres.sql.unsafe(`SELECT id FROM t WHERE ${text}`, bind).values();
            const ids = new Set(found.map(([id]: number[]) => id));
            const wrong = values.filter((value, at) => {
              const instant = readInstant(value, form, zone);
              // What is no time is in no span.
              const isMeant =
                instant !== undefined && (word === "since" ? instant >= bound : instant <= bound);
              return isMeant !== ids.has(at);
            });
            expect({ bound, word, wrong }).toEqual({ bound, word, wrong: [] });
          }
      });
});

function table(form: (typeof TIME_FORMS)[number], stored: StoredKind, zone: string): AskedTable {
  const affinity = stored === "text" ? "text" : "numeric";
  return {
    key: "id",
    columns: [
      { name: "id", affinity: "numeric", stored: "integer" },
      { name: "at", affinity, stored, time: form },
    ],
    roles: { time: { column: "at", form, why: "" } },
    zone,
    labels: {},
  };
}
