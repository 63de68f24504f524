/** Whatever ✓ stands beside in an open event can be asked for, and finds the event: in tables of many shapes. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { schemaSql } from "../../src/db/sqlite/create.ts";
import { printTerm } from "../../src/query/print.ts";
import { fieldsOf } from "../../src/web/detail/fields.ts";
import { termOf } from "../../src/web/detail/terms.ts";
import { type Reading, readingOf } from "../../src/web/event/reading.ts";
import { insertSql } from "../support/board.ts";
import { createCase, TABLE_CASES } from "../support/cases.ts";
import { Followed } from "../support/followed.ts";
import { Rows } from "../support/rows.ts";
import { Scratch } from "../support/scratch.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

function readingIn({ tail }: Followed): Reading {
  const { roles } = tail.status();
  const columns = Object.fromEntries(Object.entries(roles).map(([role, { column }]) => [role, column]));
  return readingOf({ columns, roles, timeZone: "UTC", labels: {} });
}

async function askForAll(path: string, table: string): Promise<string[]> {
  await using followed = new Followed(path, { table });
  await until(() => followed.tail.status().state === "tailing", "the table");
  const reading = readingIn(followed);
  const key = reading.roles.id ?? "id";
  const missed: string[] = [];
  const asked = new Set<string>();
  for (const row of await followed.list()) {
    for (const { column, text, isAskable } of fieldsOf(row, reading)) {
      const term = isAskable ? termOf({ column, path: [], text }, reading.roles) : undefined;
      const question = term === undefined ? undefined : printTerm(term);
      if (question === undefined || asked.has(question)) continue;
      asked.add(question);
      const found = await followed.list(question);
      if (!found.some((other) => other[key] === row[key])) missed.push(question);
    }
  }
  expect(asked.size).toBeGreaterThan(0);
  return missed;
}

describe("every value of a row can be asked for", () => {
  test.each(TABLE_CASES.map((each) => [each.name, each] as const))("%s", async (_, each) => {
    using scratch = new Scratch();
    createCase(scratch.path("case.db"), each);
    expect(await askForAll(scratch.path("case.db"), each.table)).toEqual([]);
  });

  test("also where a column of times holds something else", async () => {
    await using rows = await Rows.create(
      schemaSql("events"),
      ...[
        "yesterday at noon",
        "never",
        "3w",
        "20240706T134649Z",
        "2024-02-31",
        "2024-07-06 13:46:49 +0200 CEST m=+0.5",
      ].map((timestamp) => insertSql({ timestamp })),
    );
    expect(await askForAll(rows.path, "events")).toEqual([]);
  });
});
