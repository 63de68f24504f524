/** `tailboard tail` of a file, as a process of its own. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  appendFileSync,
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";

import { createDatabase } from "../../src/db/sqlite/create.ts";
import { Command, runCommand } from "../support/command.ts";
import { Scratch } from "../support/scratch.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** A database with so many rows. */
async function logOf(scratch: Scratch, rows: number, name = "events.db"): Promise<string> {
  const path = scratch.path(name);
  createDatabase(path, "events");
  await using writer = new Writer(path);
  if (rows > 0) await writer.insert(rows);
  await writer.close();
  return path;
}

const insertOf = (type: string, at = "strftime('%Y-%m-%dT%H:%M:%fZ','now')"): string =>
  `INSERT INTO events(event_type, summary, timestamp) VALUES ('${type}', 'a summary', ${at})`;

/** The cursor that a file holds. */
const cursorIn = (file: string): { id?: string; log?: string } => {
  const text = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  const cursor: { id?: string; log?: string } = text === "" ? {} : JSON.parse(text);
  return cursor;
};

describe("tail", () => {
  test("prints the last ten, and what comes, as lines of JSON", async () => {
    using scratch = new Scratch();
    const path = await logOf(scratch, 12);
    await using tail = new Command(["tail", path]);
    await tail.waitForEvents(10);
    await using writer = new Writer(path);
    await writer.insert(2);
    await tail.waitForEvents(12);
    expect(tail.ids).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    expect(tail.events[0]).toMatchObject({ event_type: "test", summary: "written by another process" });
    expect(tail.errors).toEqual([]);
  });

  test.each([
    [
      ["-n", "2"],
      [4, 5],
    ],
    [["-n0"], []],
    [["--lines=100"], [1, 2, 3, 4, 5]],
    [
      ["--after", "3"],
      [4, 5],
    ],
    [
      ["--after", "0"],
      [1, 2, 3, 4, 5],
    ],
    [
      ["--after", "1", "-n", "2"],
      [4, 5],
    ],
    [
      ["--where", "id:<=4", "-n", "2"],
      [3, 4],
    ],
    [
      ["--since", "1h"],
      [1, 2, 3, 4, 5],
    ],
    [["--since", "1h", "-n", "1"], [5]],
    [["--since", "2050-01-01"], []],
  ] as const)("begins where %j says", async (options, ids) => {
    using scratch = new Scratch();
    const path = await logOf(scratch, 5);
    await using tail = new Command(["tail", path, "--cursor", scratch.path("cursor"), ...options]);
    // The cursor tells that it has begun.
    await until(
      () => cursorIn(scratch.path("cursor")).id === (options[0] === "--where" ? "4" : "5"),
      "the cursor",
    );
    await using writer = new Writer(path);
    await writer.insert();
    if (options[0] !== "--where") await tail.waitForEvents(ids.length + 1);
    expect(tail.ids).toEqual(options[0] === "--where" ? [...ids] : [...ids, 6]);
  });

  test("--since begins at the first event since then", async () => {
    using scratch = new Scratch();
    const path = await logOf(scratch, 0);
    await using writer = new Writer(path);
    for (let day = 10; day < 20; day++) await writer.run(insertOf("old", `'2026-01-${day}T00:00:00.000Z'`));
    await using tail = new Command(["tail", path, "--since", "2026-01-17"]);
    await tail.waitForEvents(3);
    await writer.run(insertOf("new"));
    await tail.waitForEvents(4);
    expect(tail.ids).toEqual([8, 9, 10, 11]);
  });

  test("prints what matches only", async () => {
    using scratch = new Scratch();
    const path = await logOf(scratch, 3);
    await using tail = new Command(["tail", path, "--where", "type:wanted"]);
    await using writer = new Writer(path);
    for (const type of ["other", "wanted", "other", "wanted"]) await writer.run(insertOf(type));
    await tail.waitForEvents(2);
    expect(tail.events.map(({ event_type }) => event_type)).toEqual(["wanted", "wanted"]);
  });

  test("waits for a database that is not there, says so once, and prints all of it", async () => {
    using scratch = new Scratch();
    const path = scratch.path("later.db");
    await using tail = new Command(["tail", path]);
    await tail.waitForError("There is no file");
    await logOf(scratch, 12, "later.db");
    await tail.waitForEvents(12);
    expect(tail.ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    await tail.waitForError("following again");
    expect(tail.errors.filter((line) => line.includes("There is no file"))).toHaveLength(1);
    expect(tail.notices[0]).toMatchObject({ $tailboard: "problem", state: "waiting-for-file" });
    expect(tail.notices.at(-1)).toMatchObject({ $tailboard: "following" });
  });

  test("tells that another file took the place of the database", async () => {
    using scratch = new Scratch();
    const path = await logOf(scratch, 3);
    await using tail = new Command(["tail", path]);
    await tail.waitForEvents(3);
    const other = await logOf(scratch, 1, "other.db");
    for (const end of ["-wal", "-shm"]) rmSync(path + end, { force: true });
    renameSync(other, path);
    await tail.waitForEvents(4);
    expect(tail.ids).toEqual([1, 2, 3, 1]);
    expect(tail.notices).toContainEqual(
      expect.objectContaining({ $tailboard: "reset", reason: "file-replaced" }),
    );
    await tail.waitForError("reset: another file took the place");
  });

  test("ends quietly when its reader has enough", async () => {
    using scratch = new Scratch();
    const path = await logOf(scratch, 100);
    const child = Bun.spawn(
      [
        "bash",
        "-c",
        `set -o pipefail; "$0" src/server.ts tail "$1" -n 100 | head -3`,
        process.execPath,
        path,
      ],
      { stdout: "pipe", stderr: "pipe" },
    );
    const [output, errors, status] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    expect([output.trim().split("\n").length, errors, status]).toEqual([3, "", 0]);
  });

  test("ends quietly when its reader leaves while nothing happens", async () => {
    using scratch = new Scratch();
    const path = await logOf(scratch, 3);
    await using tail = new Command(["tail", path]);
    await tail.waitForEvents(3);
    await tail.stopReading();
    expect(await tail.end()).toBe(0);
    expect(tail.errors).toEqual([]);
  });

  test.each(["SIGTERM", "SIGINT"] as const)("ends quietly with %s", async (signal) => {
    using scratch = new Scratch();
    const path = await logOf(scratch, 1);
    await using tail = new Command(["tail", path]);
    await tail.waitForEvents(1);
    await tail.kill(signal);
    expect([tail.process.signalCode, tail.errors]).toEqual([signal, []]);
  });

  test.each([
    [["--where", "type:"], "--where"],
    [["--where", "nosuch:1"], 'There is no field "nosuch"'],
    [["--since", "yesterday"], "--since takes how long ago or when"],
    [["--after", "x"], "--after takes the id of an event"],
    [["--token", "secret"], "--token is for the server of a URL"],
    [["--port", "1"], "tail takes no --port: it is an option of serve"],
    [["--wher", "x"], "did you mean --where?"],
  ])("refuses %j with one line and status 2", async (options, words) => {
    using scratch = new Scratch();
    const path = await logOf(scratch, 1);
    const { status, errors } = await runCommand(["tail", path, ...options]);
    expect(errors).toEqual([expect.stringContaining(words)]);
    expect(status).toBe(2);
  });
});

describe("tail --cursor", () => {
  test("goes on after what was printed, with nothing twice", async () => {
    using scratch = new Scratch();
    const path = await logOf(scratch, 3);
    const args = ["tail", path, "--cursor", scratch.path("cursor")];
    await using writer = new Writer(path);
    {
      await using first = new Command(args);
      await until(() => cursorIn(scratch.path("cursor")).id === "3", "the cursor of the start");
      await writer.insert(2);
      await first.waitForEvents(2);
      expect(first.ids).toEqual([4, 5]);
      await until(() => cursorIn(scratch.path("cursor")).id === "5", "the cursor");
      await first.kill();
    }
    await writer.insert(3);
    await using second = new Command(args);
    await second.waitForEvents(3);
    await writer.insert();
    await second.waitForEvents(4);
    expect(second.ids).toEqual([6, 7, 8, 9]);
    expect(second.errors).toEqual([]);
  });

  test("knows the log again after ALTER TABLE and VACUUM, which change its name", async () => {
    using scratch = new Scratch();
    const path = await logOf(scratch, 3);
    const args = ["tail", path, "--cursor", scratch.path("cursor"), "--after", "0"];
    {
      await using first = new Command(args);
      await first.waitForEvents(3);
      await until(() => cursorIn(scratch.path("cursor")).id === "3", "the cursor");
    }
    const { log } = cursorIn(scratch.path("cursor"));
    await using writer = new Writer(path);
    await writer.run("ALTER TABLE events ADD COLUMN cost INTEGER");
    await writer.run("VACUUM");
    await writer.insert();
    await using second = new Command(args);
    await second.waitForEvents(1);
    expect([second.ids, second.errors]).toEqual([[4], []]);
    await until(() => cursorIn(scratch.path("cursor")).id === "4", "the cursor");
    expect(cursorIn(scratch.path("cursor")).log).not.toBe(log);
  });

  test("tells that the database was replaced meanwhile, and prints the new one", async () => {
    using scratch = new Scratch();
    const path = await logOf(scratch, 3);
    const args = ["tail", path, "--cursor", scratch.path("cursor"), "--after", "0"];
    {
      await using first = new Command(args);
      await first.waitForEvents(3);
      await until(() => cursorIn(scratch.path("cursor")).id === "3", "the cursor");
    }
    for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
    await logOf(scratch, 0);
    await using writer = new Writer(path);
    // Later than the rows of before.
    for (let count = 0; count < 5; count++) await writer.run(insertOf("other"));
    await using second = new Command(args);
    await second.waitForEvents(5);
    expect(second.ids).toEqual([1, 2, 3, 4, 5]);
    expect(second.notices).toContainEqual(
      expect.objectContaining({ $tailboard: "reset", reason: "log-changed" }),
    );
    await second.waitForError("reset: the cursor is of another log");
  });

  test("prints a line whole that was broken off in a file", async () => {
    using scratch = new Scratch();
    const path = await logOf(scratch, 2);
    const args = ["tail", path, "--cursor", scratch.path("cursor"), "--after", "0"];
    writeFileSync(scratch.path("output"), "");
    const runUntil = async (id: string): Promise<void> => {
      const stdout = openSync(scratch.path("output"), "a");
      await using tail = new Command(args, { stdout });
      closeSync(stdout);
      await until(() => cursorIn(scratch.path("cursor")).id === id, "the cursor");
      await tail.kill();
    };
    await runUntil("2");
    appendFileSync(scratch.path("output"), '{"id":3,"time');
    await using writer = new Writer(path);
    await writer.insert();
    await runUntil("3");
    const lines = readFileSync(scratch.path("output"), "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(4);
    expect(JSON.parse(lines[3] ?? "")).toMatchObject({ id: 3 });
  });

  test("refuses a file that is something else, and leaves it as it is", async () => {
    using scratch = new Scratch();
    const path = await logOf(scratch, 1);
    const file = scratch.path("notes.txt");
    writeFileSync(file, "my notes\n");
    const { status, errors } = await runCommand(["tail", path, "--cursor", file]);
    expect([status, readFileSync(file, "utf8")]).toEqual([1, "my notes\n"]);
    expect(errors).toEqual([expect.stringContaining("holds something else than a cursor")]);
  });

  test.each(["/dev/null", "/dev/zero", "a database"])("refuses %s", async (kind) => {
    using scratch = new Scratch();
    const path = await logOf(scratch, 1);
    const file = kind === "a database" ? path : kind;
    const before = kind === "a database" ? readFileSync(path) : undefined;
    const { status, errors } = await runCommand(["tail", path, "--cursor", file]);
    expect([status, errors]).toEqual([1, [expect.stringContaining("something else than a cursor")]]);
    if (before !== undefined) expect(readFileSync(path).equals(before)).toBe(true);
  });

  test("says that its file can't be made", async () => {
    using scratch = new Scratch();
    const path = await logOf(scratch, 1);
    const { status, errors } = await runCommand(["tail", path, "--cursor", scratch.path("no/such/cursor")]);
    expect(status).toBe(1);
    expect(errors).toEqual([expect.stringContaining("in a directory that exists")]);
  });
});
