/** What a page and a look cost by themselves, by mitata: `bun bench/micro.ts`, or as a part of the bench. */
import { measure } from "mitata";

import { PLAIN_READING } from "../src/db/reading.ts";
import { openReadOnly } from "../src/db/sqlite/connection.ts";
import { FollowedTable } from "../src/db/sqlite/followed-table.ts";
import { RoleWatch } from "../src/db/sqlite/role-watch.ts";
import type { Page } from "../src/events.ts";
import { PAGE_LIMIT_BYTES, PAGE_LIMIT_ROWS, SharedPages } from "../src/sse/pages.ts";
import { Scratch } from "../tests/support/scratch.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import { fillTable } from "./support/fill-table.ts";
import { markdownTable } from "./support/report.ts";

const ROWS = 100_000;
/** Somewhere in the middle of the table. */
const CURSOR = 50_000n;
const NANOSECONDS_PER_MICROSECOND = 1000;

interface MicroResult {
  readonly what: string;
  readonly p50Micros: number;
  readonly p99Micros: number;
}

async function microResults(): Promise<MicroResult[]> {
  using scratch = new Scratch();
  const path = scratch.path("events.db");
  fillTable(path, ROWS);
  using connection = openReadOnly(path);
  const { table: opened } = FollowedTable.open(connection, "events", undefined);
  using table = opened;
  const read = (rows: number): Page => table.pages.after(CURSOR, { rows, bytes: PAGE_LIMIT_BYTES });

  const results: MicroResult[] = [];
  const add = async (what: string, work: () => unknown): Promise<void> => {
    const { p50, p99 } = await measure(work);
    const [p50Micros, p99Micros] = [p50 / NANOSECONDS_PER_MICROSECOND, p99 / NANOSECONDS_PER_MICROSECOND];
    results.push({ what, p50Micros, p99Micros });
  };
  for (const rows of [1, 100, PAGE_LIMIT_ROWS]) {
    const page = read(rows);
    const pages = new SharedPages({ readAfter: () => page });
    await add(`encoding a page of ${rows}`, () => {
      pages.forget();
      return pages.after({ log: "", id: CURSOR });
    });
    await add(`reading a page of ${rows}`, () => read(rows));
  }
  await add("recognising the columns", () => new RoleWatch(PLAIN_READING).review(table.reader));
  await add("a look without rows", () => table.look(false));
  await add("a look without rows that compares the landmark", () => table.look(true));
  return results;
}

export const micro: Scenario = {
  name: "micro",
  title: "What a page and a look cost by themselves",
  async run({ say }) {
    say("micro: pages and looks");
    const notes = (await microResults()).map(
      ({ what, p50Micros, p99Micros }) =>
        `${what}: p50 ${p50Micros.toFixed(1)} µs, p99 ${p99Micros.toFixed(1)} µs`,
    );
    return { measurements: [], goals: [], notes };
  },
};

if (import.meta.main) {
  const rows = (await microResults()).map(({ what, p50Micros, p99Micros }) => [
    what,
    `${p50Micros.toFixed(1)} µs`,
    `${p99Micros.toFixed(1)} µs`,
  ]);
  console.log(markdownTable(["what", "p50", "p99"], rows));
}
