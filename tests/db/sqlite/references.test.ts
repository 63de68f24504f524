/** Columns that lead to another table are shown by a text of it. */
import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";

import { openReadOnly } from "../../../src/db/sqlite/connection.ts";
import { FollowedTable } from "../../../src/db/sqlite/followed-table.ts";
import { findReferences, ReferenceNames } from "../../../src/db/sqlite/references.ts";
import { inspectTable } from "../../../src/db/sqlite/table-shape.ts";
import { pageJson } from "../../../src/rows/json.ts";
import { Scratch } from "../../support/scratch.ts";

/** The rows of `events` as JSON, oldest first. */
function rowsOf(...statements: string[]): unknown[] {
  using scratch = new Scratch();
  const path = scratch.path("events.db");
  {
    using database = new Database(path);
    for (const sql of statements) database.run(sql);
  }
  using connection = openReadOnly(path);
  const { table: opened } = FollowedTable.open(connection, "events", undefined);
  using table = opened;
  return pageJson(table.pages.after(0n, { rows: 100, bytes: 1e6 })).map((json) => JSON.parse(json));
}

const KINDS = [
  "CREATE TABLE kinds (kind_id INTEGER PRIMARY KEY, hash INTEGER, kind TEXT)",
  "INSERT INTO kinds VALUES (1, 77, 'opened'), (2, 78, 'closed')",
];

describe("a reference is shown by the text that it leads to", () => {
  test("and never by a secret", () => {
    expect(
      rowsOf(
        "CREATE TABLE holders (id INTEGER PRIMARY KEY, token TEXT)",
        "INSERT INTO holders VALUES (1, 'hush')",
        "CREATE TABLE events (id INTEGER PRIMARY KEY, holder_id INTEGER REFERENCES holders)",
        "INSERT INTO events VALUES (1, 1)",
      ),
    ).toEqual([{ id: 1, holder_id: 1 }]);
  });

  test("where the table declares it", () => {
    expect(
      rowsOf(
        ...KINDS,
        "CREATE TABLE events (id INTEGER PRIMARY KEY, kind_id INTEGER REFERENCES kinds, note TEXT)",
        "INSERT INTO events VALUES (1, 2, 'a'), (2, NULL, 'b'), (3, 9, 'c'), (4, 1, 'd')",
      ),
    ).toEqual([
      { id: 1, kind_id: 2, note: "a", $names: { kind_id: "closed" } },
      { id: 2, kind_id: null, note: "b" },
      { id: 3, kind_id: 9, note: "c" },
      { id: 4, kind_id: 1, note: "d", $names: { kind_id: "opened" } },
    ]);
  });

  test("that came only later", () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    using writer = new Database(path);
    writer.run("CREATE TABLE kinds (id INTEGER PRIMARY KEY, kind TEXT)");
    writer.run("CREATE TABLE events (id INTEGER PRIMARY KEY, kind_id INTEGER REFERENCES kinds)");
    using connection = openReadOnly(path);
    const { table: opened } = FollowedTable.open(connection, "events", undefined);
    using table = opened;
    writer.run("INSERT INTO kinds VALUES (1, 'opened')");
    writer.run("INSERT INTO events VALUES (7, 1)");
    table.look(false);
    expect(pageJson(table.pages.after(0n, { rows: 9, bytes: 1e6 }))).toEqual([
      '{"id":7,"kind_id":1,"$names":{"kind_id":"opened"}}',
    ]);
  });

  test("of two texts by the one that is called a name", () => {
    const [row] = rowsOf(
      "CREATE TABLE people (id INTEGER PRIMARY KEY, about TEXT, name TEXT)",
      "INSERT INTO people VALUES (1, 'likes tea', 'Ann')",
      "CREATE TABLE events (id INTEGER PRIMARY KEY, who INTEGER, FOREIGN KEY (WHO) REFERENCES people (id))",
      "INSERT INTO events VALUES (1, 1)",
    );
    expect(row).toEqual({ id: 1, who: 1, $names: { who: "Ann" } });
  });
});

describe("a reference is left as it is", () => {
  const plain = (kinds: string[], declared: string): void => {
    const [row] = rowsOf(
      ...kinds,
      `CREATE TABLE events (id INTEGER PRIMARY KEY, kind_id INTEGER ${declared})`,
      "INSERT INTO events VALUES (1, 1)",
    );
    expect(row).toEqual({ id: 1, kind_id: 1 });
  };

  test("where it leads to a row of its own table", () => {
    const [, row] = rowsOf(
      "CREATE TABLE events (id INTEGER PRIMARY KEY, state TEXT, before INTEGER REFERENCES events)",
      "INSERT INTO events VALUES (1, 'on', NULL), (2, 'off', 1)",
    );
    expect(row).toEqual({ id: 2, state: "off", before: 1 });
  });
  test("where it is not declared", () => plain(KINDS, ""));
  test("where the other table is missing", () => plain([], "REFERENCES gone (id)"));
  test("where no text of it tells", () =>
    plain(
      ["CREATE TABLE d (id INTEGER PRIMARY KEY, json TEXT)", `INSERT INTO d VALUES (1, '{"a":1}')`],
      "REFERENCES d",
    ));
  test("where two tell the same", () =>
    plain(
      ["CREATE TABLE d (id INTEGER PRIMARY KEY, a TEXT, b TEXT)", "INSERT INTO d VALUES (1, 'x', 'y')"],
      "REFERENCES d",
    ));
  test("where the lookup would scan the other table", () =>
    plain(["CREATE TABLE d (id INTEGER, name TEXT)", "INSERT INTO d VALUES (1, 'x')"], "REFERENCES d (id)"));
  test("where it leads to a text that is long", () =>
    plain(
      ["CREATE TABLE d (id INTEGER PRIMARY KEY, a TEXT)", "INSERT INTO d VALUES (1, printf('%.500c', 'x'))"],
      "REFERENCES d",
    ));
});

describe("the texts", () => {
  /** Texts of 400 kinds, by a clock of the test's own. */
  function setUp() {
    const database = new Database(":memory:", { safeIntegers: true });
    database.run("CREATE TABLE kinds (id INTEGER PRIMARY KEY, kind TEXT)");
    database.run("CREATE TABLE events (id INTEGER PRIMARY KEY, kind_id INTEGER REFERENCES kinds)");
    database.run(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) INSERT INTO kinds SELECT i, 'kind ' || i FROM n",
    );
    const clock = { nowMs: 0 };
    const references = findReferences(database, inspectTable(database, "events"));
    const names = new ReferenceNames(database, references.values(), ["id", "kind_id"], () => clock.nowMs);
    const rows = Array.from({ length: 400 }, (_, at) => {
      const id = BigInt(at + 1);
      return { id, values: [id, id], truncated: [] };
    });
    const named = () => {
      names.learn(rows.map(({ values }) => values));
      return names.addTo(rows).map((row) => row.names?.["kind_id"]);
    };
    return { database, clock, named };
  }

  test("of one page are looked up to a limit, and the others with the next", () => {
    const { named } = setUp();
    expect(named().filter((name) => name !== undefined)).toHaveLength(300);
    expect(named()[399]).toBe("kind 400");
  });

  test("are remembered for a while, and then looked up again", () => {
    const { database, clock, named } = setUp();
    named();
    database.run("UPDATE kinds SET kind = 'renamed' WHERE id = 1");
    clock.nowMs = 29_999;
    expect(named()[0]).toBe("kind 1");
    clock.nowMs = 30_000;
    expect(named()[0]).toBe("renamed");
  });
});
