/** `tailboard query`, as a process of its own, of a file and of a server. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";

import { createDatabase } from "../../src/db/sqlite/create.ts";
import { runCommand } from "../support/command.ts";
import { Scratch } from "../support/scratch.ts";
import { Server } from "../support/server.ts";
import { TEST_TIMEOUT_MS } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** More bytes than a pipe holds. */
const ROWS = 1200;

let scratch: Scratch;
let server: Server;
let path: string;

beforeAll(async () => {
  scratch = new Scratch();
  path = scratch.path("events.db");
  createDatabase(path, "events");
  await using writer = new Writer(path);
  await writer.run(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
     INSERT INTO events(event_type, summary, timestamp)
     SELECT 'type' || (i % 3), 'row ' || i, strftime('%Y-%m-%dT%H:%M:%fZ', 1767225600 + i * 60, 'unixepoch') FROM n`,
  );
  await writer.close();
  server = await Server.start([path]);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

const idsOf = (lines: readonly string[]): number[] =>
  lines.map((line) => {
    const { id }: { id: number } = JSON.parse(line);
    return id;
  });

describe.each(["file", "server"])("query of a %s", (kind) => {
  const query = (...options: string[]) =>
    runCommand(["query", kind === "file" ? path : server.url, ...options]);

  test("prints the newest fifty, newest first", async () => {
    const { status, lines, errors } = await query();
    expect([status, errors]).toEqual([0, []]);
    expect(idsOf(lines)).toEqual(Array.from({ length: 50 }, (_, index) => ROWS - index));
  });

  test("goes on from page to page", async () => {
    const { lines } = await query("-n", "1100");
    expect(idsOf(lines)).toEqual(Array.from({ length: 1100 }, (_, index) => ROWS - index));
  });

  test.each([
    [
      ["type:type1", "-n", "2"],
      [1198, 1195],
    ],
    [
      ["--where", "type:type1", "-n", "2", "--before", "100"],
      [97, 94],
    ],
    [
      ["--after", "1198"],
      [1199, 1200],
    ],
    [
      ["--after", "10", "--before", "13"],
      [11, 12],
    ],
    [
      ["--since", "2026-01-01T00:01:00", "--until", "2026-01-01T00:02:00"],
      [2, 1],
    ],
    [["summary:nothing"], []],
  ])("%j", async (options, ids) => {
    const { status, lines } = await query(...options);
    expect([status, idsOf(lines)]).toEqual([0, ids]);
  });

  test("--all prints all that match, oldest first", async () => {
    const { status, lines } = await query("type:type0", "--all");
    expect([status, lines.length, idsOf(lines)[0]]).toEqual([0, ROWS / 3, 3]);
  });

  test("--format csv", async () => {
    const { lines } = await query("id:2", "--all", "--format", "csv");
    expect(lines.map((line) => line.trim())).toEqual([
      "id,timestamp,event_type,actor_id,target_id,target_type,summary,metadata",
      "2,2026-01-01T00:02:00.000Z,type2,,,,row 2,",
    ]);
  });

  test("a question that can't be answered is one line and status 2", async () => {
    const { status, errors } = await query("nosuch:1");
    expect([status, errors]).toEqual([2, [expect.stringContaining('There is no field "nosuch"')]]);
  });
});

test("ends quietly when its reader has enough", async () => {
  const code = 'set -o pipefail; "$0" "$1" query "$2" --all | head -1';
  const child = Bun.spawn(["bash", "-c", code, process.execPath, "src/server.ts", path], { stderr: "pipe" });
  const [output, errors, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  expect([idsOf([output]), errors, status]).toEqual([[1], "", 0]);
});

test.each([
  ["none.db", "There is no file"],
  ["http://127.0.0.1:1/", "can't be reached"],
])("of %s fails with one line and status 1", async (place, words) => {
  const { status, errors } = await runCommand(["query", place], { cwd: scratch.directory });
  expect([status, errors]).toEqual([1, [expect.stringContaining(words)]]);
});

describe("columns that the table does not have", () => {
  const OPTIONS = ["--columns", "actor=nope,type=event_type", "--labels", "gone:0=down,event_type:a=b"];
  const WORDS = [
    expect.stringMatching(/--columns names a column that the table does not have.*"nope"/),
    expect.stringMatching(/--labels names a column that the table does not have.*"gone"/),
  ];

  test.each(["query", "wait"])("are told by %s, once each", async (command) => {
    const options = command === "query" ? ["-n", "1"] : ["--after", "1"];
    const { status, lines, errors } = await runCommand([command, path, ...options, ...OPTIONS]);
    expect([status, lines.length]).toEqual([0, 1]);
    expect(errors).toEqual(WORDS);
  });

  test("are logged by the server", async () => {
    await using other = await Server.start([path, ...OPTIONS]);
    const logged = other.log.filter(({ level }) => level === "warn");
    expect(logged.map(({ message, column }) => `${message} "${String(column)}"`)).toEqual(WORDS);
  });
});

describe("what is wrong is told without what Tailboard would do later", () => {
  /** What the statements leave lasts as long as the writer. */
  async function spoil(file: string, statements: readonly string[]): Promise<Writer> {
    const writer = new Writer(file);
    for (const statement of statements) await writer.run(statement);
    return writer;
  }

  test.each([
    ["There is no file", []],
    ["has no table", ["CREATE TABLE jobs (id INTEGER PRIMARY KEY)"]],
    ["A writer holds the database", ["PRAGMA journal_mode = DELETE", "BEGIN EXCLUSIVE"]],
  ])("%s", async (words, statements) => {
    using own = new Scratch();
    const file = own.path("events.db");
    await using kept = new AsyncDisposableStack();
    if (statements.length > 0) kept.use(await spoil(file, statements));
    const { status, errors } = await runCommand(["query", file]);
    expect([status, errors]).toEqual([1, [expect.stringContaining(words)]]);
    expect(errors.join()).not.toMatch(/Tailboard (goes on|tries|waits)|start Tailboard/);
  });

  test("and with it where the file is followed", async () => {
    const none = ["wait", "none.db", "--timeout", "1s"];
    const { errors } = await runCommand(none, { cwd: scratch.directory });
    expect(errors).toEqual([expect.stringContaining("Tailboard goes on as soon as the file is there.")]);
  });
});

test.each([
  [["--all", "--before", "3"], "--all prints all that match, and takes no --before"],
  [["--format", "csv"], "write --all, too"],
  [["x.db", "a", "--where", "b"], "QUESTION and --where are the same"],
  [["x.db", "a", "b"], 'one QUESTION at a time: got "a" and "b"'],
  [["ftp://x/"], "DATABASE takes a file, or a URL such as http://localhost:3000"],
  [["http://localhost/", "--table", "jobs"], "--table says how a file is read"],
])("refuses %j with one line and status 2", async (options, words) => {
  const { status, errors } = await runCommand(["query", ...options]);
  expect([status, errors]).toEqual([2, [expect.stringContaining(words)]]);
});
