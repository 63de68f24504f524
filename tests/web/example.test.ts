import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";

import type { ColumnRoles } from "../../src/column-roles.ts";
import { insertExample } from "../../src/web/example.ts";

/** What a shell hands to sqlite3 for this command line. */
function shellArguments(command: string): string[] {
  const print = `sqlite3() { for each in "$@"; do printf '%s\\0' "$each"; done; }\n${command}`;
  const { stdout, exitCode } = Bun.spawnSync(["sh", "-c", print]);
  expect(exitCode).toBe(0);
  return stdout.toString().split("\0").slice(0, -1);
}

test("the default table's command is the one the README shows", () => {
  const columns: ColumnRoles = { id: "id", type: "event_type", summary: "summary" };
  expect(insertExample({ path: "events.db", table: "events", columns })).toBe(
    `sqlite3 events.db "INSERT INTO events(event_type, summary) VALUES('hello', 'world')"`,
  );
});

test.each([
  ["plain", "/var/lib/app/events.db", "events"],
  ["a space", "/home/me/my events.db", "my events"],
  ["shell characters", `/data/$HOME \`x\` "y" 'z' \\.db`, `we"ird $table \`t\` \\ 'q'`],
  ["a leading dash", "-events.db", "order"],
])("survives the shell and SQLite: %s", (_name, path, table) => {
  using db = new Database(":memory:");
  const quoted = `"${table.replaceAll('"', '""')}"`;
  db.run(`CREATE TABLE ${quoted} (id INTEGER PRIMARY KEY, "the type" TEXT, "group" TEXT)`);
  const columns: ColumnRoles = { id: "id", type: "the type", summary: "group" };

  const [file, sql] = shellArguments(insertExample({ path, table, columns }));
  expect(file).toBe(path.startsWith("-") ? `./${path}` : path);
  db.run(sql ?? "");
  expect(db.query(`SELECT * FROM ${quoted}`).all()).toEqual([{ id: 1, "the type": "hello", group: "world" }]);
});

test("a table without these columns gets its defaults", () => {
  expect(insertExample({ path: "a.db", table: "t", columns: { id: "id" } })).toBe(
    `sqlite3 a.db "INSERT INTO t DEFAULT VALUES"`,
  );
});

const bash = Bun.which("bash");

/** What an interactive bash, which replaces \`!\` by commands of its history, hands to sqlite3. */
function bashArguments(command: string): string[] {
  const print = `set -o history -o histexpand\nsqlite3() { for each in "$@"; do printf '%s\\0' "$each"; done; }\n${command}\n`;
  const { stdout } = Bun.spawnSync([bash ?? "bash", "--norc"], {
    stdin: Buffer.from(print),
    stderr: "ignore",
  });
  return stdout.toString().split("\0").slice(0, -1);
}

test.skipIf(bash === null).each([
  ["a right-to-left override", "/data/\u202Egnp.db", "ev\u202Eents"],
  ["an exclamation mark", "/data/!ls/it's!.db", 'we!"ird\\!'],
  ["a line break and an escape", "/data/a\nb\u001B[31m.db", "t\n\u0007\u009B$x`y`"],
  ["invisible spaces", "/data/\u00A0\u200B\u2028\uFEFF.db", "t\u2066\u{E0001}"],
])("G: pasting is safe, and means the same: %s", (_name, path, table) => {
  const command = insertExample({ path, table, columns: { id: "id", summary: "summary" } });
  expect(command).toMatch(/^[ -~]*$/);
  expect(command).not.toContain("!");
  const quoted = `"${table.replaceAll('"', '""')}"`;
  expect(bashArguments(command)).toEqual([path, `INSERT INTO ${quoted}(summary) VALUES('world')`]);
});

test("letters of any script stay letters", () => {
  expect(insertExample({ path: "/данные/événements.db", table: "события", columns: { id: "id" } })).toBe(
    `sqlite3 '/данные/événements.db' "INSERT INTO \\"события\\" DEFAULT VALUES"`,
  );
});
