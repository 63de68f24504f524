import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { renameSync } from "node:fs";

import { Condition } from "../../../src/db/sqlite/condition.ts";
import { createDatabase } from "../../../src/db/sqlite/create.ts";
import { DatabaseFile } from "../../../src/db/sqlite/database-file.ts";
import { TableInFile } from "../../../src/db/sqlite/table-in-file.ts";
import { Scratch } from "../../support/scratch.ts";

/** A table of three rows in a file, and a handle to follow it with. */
class TableThere implements Disposable {
  readonly #scratch = new Scratch();
  readonly #file: DatabaseFile;
  readonly followed: TableInFile;

  constructor() {
    this.#create("events.db", "first");
    const condition = new Condition(() => undefined);
    this.#file = new DatabaseFile(this.#scratch.path("events.db"), condition, () => undefined);
    this.followed = new TableInFile(this.#file, { table: "events" });
  }

  /** Puts another file with other rows in its place. */
  replace(): void {
    this.#create("other.db", "other");
    renameSync(this.#scratch.path("other.db"), this.#scratch.path("events.db"));
  }

  #create(name: string, summary: string): void {
    createDatabase(this.#scratch.path(name), "events");
    using database = new Database(this.#scratch.path(name));
    for (let row = 0; row < 3; row++)
      database.run("INSERT INTO events (event_type, summary) VALUES ('a', ?)", [summary]);
    // In one file, which can be moved.
    database.run("PRAGMA journal_mode = DELETE");
  }

  [Symbol.dispose](): void {
    this.followed.close();
    this.#file[Symbol.dispose]();
    this.#scratch[Symbol.dispose]();
  }
}

describe("a log is fresh", () => {
  test("where it was missing before it was open for the first time", () => {
    using there = new TableThere();
    there.followed.noteUnopened("waiting-for-table");
    expect(there.followed.open().change).toMatchObject({ kind: "opened", fresh: true });
  });

  test("not where it was there from the start, or could not be read", () => {
    using there = new TableThere();
    there.followed.noteUnopened("error");
    expect(there.followed.open().change).toMatchObject({ kind: "opened", fresh: false });
  });

  test("not where the same log is there again", () => {
    using there = new TableThere();
    there.followed.open();
    there.followed.close();
    there.followed.noteUnopened("waiting-for-file");
    expect(there.followed.open().change).toMatchObject({ kind: "opened", fresh: false });
  });
});

describe("another log in its place", () => {
  test("is a table that was made anew, where the table was missing", () => {
    using there = new TableThere();
    there.followed.open();
    there.followed.close();
    there.followed.noteUnopened("waiting-for-table");
    there.replace();
    expect(there.followed.open().change).toMatchObject({ kind: "reset", reason: "table-recreated" });
  });

  test("is another file, where the file was missing before the table was", () => {
    using there = new TableThere();
    there.followed.open();
    there.followed.close();
    there.followed.noteUnopened("waiting-for-file");
    there.followed.noteUnopened("waiting-for-table");
    there.replace();
    expect(there.followed.open().change).toMatchObject({ kind: "reset", reason: "file-replaced" });
  });

  test("is another file, where the table was missing once and came back", () => {
    using there = new TableThere();
    there.followed.noteUnopened("waiting-for-table");
    there.followed.open();
    there.followed.close();
    there.replace();
    expect(there.followed.open().change).toMatchObject({ kind: "reset", reason: "file-replaced" });
  });
});

test("the newest id is remembered while it is closed", () => {
  using there = new TableThere();
  expect(there.followed.latestId).toBe(0n);
  there.followed.open();
  there.followed.close();
  expect(there.followed.current).toBeUndefined();
  expect(there.followed.latestId).toBe(3n);
});
