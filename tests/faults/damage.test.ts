/** A file that something else than SQLite has written over, while it is followed. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { createDatabase } from "../../src/db/sqlite/create.ts";
import { Followed } from "../support/followed.ts";
import { Scratch } from "../support/scratch.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const ROWS = 3000;
const PAGE_BYTES = 4096;

/** A database of about 60 pages, all of them in the file itself, and nobody who has it open. */
async function createLarge(path: string, mode: string): Promise<void> {
  createDatabase(path, "events");
  await using writer = new Writer(path);
  await writer.run(`PRAGMA journal_mode = ${mode}`);
  await writer.run(
    `WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
     INSERT INTO events(event_type, summary) SELECT 'test', hex(randomblob(40)) FROM n`,
  );
  await writer.close();
}

/** By another process: closing the file in this one would drop the locks of the tail. */
function overwrite(path: string, fromPage: number, pages: number): void {
  const range = [`bs=${PAGE_BYTES}`, `seek=${fromPage}`, `count=${pages}`, "conv=notrunc"];
  expect(Bun.spawnSync(["dd", "if=/dev/urandom", `of=${path}`, ...range]).exitCode).toBe(0);
}

function copyOver(from: string, to: string): void {
  expect(Bun.spawnSync(["cp", from, to]).exitCode).toBe(0);
}

/** Searches the whole file for what is not in it. */
async function searchUntil(followed: Followed, words: string): Promise<void> {
  await until(
    () =>
      followed.list("nowhere").then(
        () => false,
        (error: unknown) => String(error).includes(words),
      ),
    `a search that fails with: ${words}`,
  );
}

describe("a file that is overwritten in place", () => {
  test.each(["WAL", "DELETE"])("in %s mode: a list that meets it is told in the status too", async (mode) => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    await createLarge(path, mode);
    copyOver(path, scratch.path("copy.db"));
    await using followed = new Followed(path);
    await followed.open();
    overwrite(path, 0, 40);
    await searchUntil(followed, "not a SQLite database");
    await followed.waitForState("error");
    expect(followed.tail.status().problem).toContain("is not a SQLite database");
    expect(followed.states).toEqual(["tailing", "error"]);

    copyOver(scratch.path("copy.db"), path);
    await followed.waitForState("tailing");
    expect(await followed.list("", 1)).toMatchObject([{ id: ROWS }]);
    expect(followed.resets).toEqual([]);
  });

  test("in the middle alone: the rows that come are followed as before", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    await createLarge(path, "WAL");
    await using followed = new Followed(path);
    const reader = await followed.open();
    overwrite(path, 20, 10);
    await searchUntil(followed, "malformed");
    await searchUntil(followed, "malformed");
    await using writer = new Writer(path);
    await writer.insert(2, 5);
    await reader.waitForRows(2);
    expect(followed.states).toEqual(["tailing"]);
  });
});
