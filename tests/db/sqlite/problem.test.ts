/** The words of each problem: the advice fits the cause. */
import { SQLiteError } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";

import { fullAdvice, type Problem } from "../../../src/db/problem.ts";
import { shellWord, visible } from "../../../src/db/shell-word.ts";
import { LOCKED } from "../../../src/db/sqlite/busy.ts";
import { createDatabase } from "../../../src/db/sqlite/create.ts";
import { explain } from "../../../src/db/sqlite/explain.ts";
import { FileError, type FileReason } from "../../../src/db/sqlite/file-error.ts";
import { locate } from "../../../src/db/sqlite/locate.ts";
import { Scratch } from "../../support/scratch.ts";

/** An error as bun:sqlite throws it. */
function sqliteError(errno: number, message: string): unknown {
  const error = Object.assign(new Error(message), { name: "SQLiteError", errno });
  expect(error).toBeInstanceOf(SQLiteError);
  return error;
}

function textOf(problem: Problem): string {
  return `${problem.problem} ${fullAdvice(problem)}`;
}

function located(path: string): string {
  try {
    locate(path);
  } catch (error) {
    return textOf(explain(error, path, "events"));
  }
  return "found";
}

const NAMED: readonly (readonly [FileReason, RegExp])[] = [
  ["missing", /--create/],
  ["directory", /path of the SQLite file in it/],
  ["special", /pipe, a socket or a device/],
  ["unreadable", /chmod a\+r/],
  ["unsearchable", /chmod a\+x/],
  ["link-loop", /namei -l/],
  ["name-too-long", /shorter path/],
  ["too-many-open-files", /ulimit -n/],
  ["special-companion", /rm -r/],
  ["hard-link", /-samefile/],
  ["mounted-alone", /Mount the directory/],
  ["mount-removed", /mount .* again/],
  ["companions-missing", /as the user that owns it/],
  ["companions-ours", /chown --reference/],
];

describe("each reason of the file itself", () => {
  test.each(NAMED)("%s has advice of its own, and none for a damaged database", (reason, advice) => {
    const problem = explain(new FileError(reason, "/d/a.db"), "/d/a.db", "events");
    expect(problem.advice).toMatch(advice);
    expect(textOf(problem)).not.toContain("integrity_check");
    const others = NAMED.filter(([other, pattern]) => other !== reason && pattern.test(problem.advice));
    expect(others).toEqual([]);
  });
});

describe("each family of results of SQLite", () => {
  test.each([
    [10 + 256, "disk I/O error", /dmesg/],
    [10 + 8 * 256, "disk I/O error", /dmesg/],
    [13, "database or disk is full", /df -h/],
    [4874, "disk I/O error", /df -h/],
    [14, "unable to open database file", /tries again/],
    [15, "locking protocol", /network file system/],
    [22, "large file support is disabled", /large files/],
    [264, "attempt to write a readonly database", /sqlite3 a\.db 'SELECT 1'/],
    [520, "attempt to write a readonly database", /write to a\.db-shm/],
    [776, "attempt to write a readonly database", /sqlite3 a\.db 'SELECT 1'/],
    [1032, "attempt to write a readonly database", /moved/],
    [1288, "attempt to write a readonly database", /write to a\.db-shm/],
    [7, "out of memory", /memory/],
    [1, "no such table: main.jobs", /view/],
    [1, "unsupported file format", /newer/],
  ])("%d (%s)", (errno, message, advice) => {
    const problem = explain(sqliteError(errno, message), "a.db", "events");
    expect(problem.state).toBe("error");
    expect(textOf(problem)).toMatch(advice);
    expect(textOf(problem)).not.toContain("integrity_check");
  });

  test.each([11, 267, 523, 779])("%d: damaged, in SQLite's words, with how to look at it", (errno) => {
    const problem = explain(sqliteError(errno, "database disk image is malformed"), "a.db", "events");
    expect(problem.problem).toContain("database disk image is malformed");
    expect(problem.advice).toContain("sqlite3 a.db 'PRAGMA integrity_check'");
  });

  test("what is no error of SQLite is not blamed on the database", () => {
    const problem = explain(new TypeError("x is not a function"), "a.db", "events");
    expect(problem.problem).toContain("x is not a function");
    expect(problem.advice).not.toContain("integrity_check");
  });

  test.each(["EIO", "ESTALE"])("%s of the system: the disk is to be looked at", (code) => {
    const error = Object.assign(new Error(`${code}: failed, stat`), { code });
    expect(textOf(explain(error, "a.db", "events"))).toContain("dmesg");
  });
});

describe("a database that a writer holds for long", () => {
  test("the advice is right in every journal mode, exclusive locking among them", () => {
    expect(LOCKED.advice).toContain("locking_mode");
    expect(LOCKED.advice).toContain("not in WAL mode");
  });
});

describe("the file itself", () => {
  test("a link in a circle", () => {
    using scratch = new Scratch();
    const path = scratch.path("a.db");
    symlinkSync("a.db", path);
    expect(located(path)).toContain("leads back to itself");
  });

  test.each([
    ["the file", 300],
    // The system takes it, and then refuses what SQLite adds to it.
    ["its journal", 250],
  ])("a name that is too long for %s", (_what, length) => {
    using scratch = new Scratch();
    const path = scratch.path("a".repeat(length));
    if (length < 255) writeFileSync(path, "");
    expect(located(path)).toContain("is too long");
  });

  test.each(["-journal", "-wal", "-shm"])("something in the place of its %s", (suffix) => {
    using scratch = new Scratch();
    const path = scratch.path("a.db");
    createDatabase(path, "events");
    for (const make of [
      () => mkdirSync(path + suffix),
      () => symlinkSync("nowhere", path + suffix),
      () => Bun.spawnSync(["mkfifo", path + suffix]),
    ]) {
      make();
      expect(lstatSync(path + suffix).isFile()).toBe(false);
      expect(located(path)).toContain(`${path}${suffix} is no regular file`);
      Bun.spawnSync(["rm", "-r", path + suffix]);
      expect(existsSync(path + suffix)).toBe(false);
    }
    expect(located(path)).toBe("found");
    expect(readdirSync(scratch.directory)).toEqual(["a.db"]);
    chmodSync(path, 0o600);
  });
});

describe("a path as a word of a shell", () => {
  const words = [
    "/var/lib/app/events.db",
    "/data/with space/it's.db",
    "-rf",
    'a!b$c`d"e\\f*.db',
    "/tmp/line\nfeed.db",
    "/tmp/a\u202Egnp.db",
    "/tmp/it's\u0007\u009B31m.db",
    "/tmp/\u200B\u{E0041}é.db",
  ];

  test.each(words)("%j comes back from bash as it was", (word) => {
    const { stdout } = Bun.spawnSync(["bash", "-c", `printf %s ${shellWord(word)}`]);
    expect(stdout.toString()).toBe(word.startsWith("-") ? `./${word}` : word);
  });

  test("what a terminal would not show is shown", () => {
    expect(shellWord("/tmp/a\u202Egnp.db")).toBe(String.raw`$'/tmp/a\xe2\x80\xaegnp.db'`);
    for (const word of words) {
      expect(shellWord(word)).toMatch(/^[^\p{Cc}\p{Cf}]*$/u);
      expect(visible(word)).toMatch(/^[^\p{Cc}\p{Cf}]*$/u);
    }
    expect(visible("/tmp/a\u202Egnp.db")).toBe(String.raw`/tmp/a\u{202e}gnp.db`);
  });
});
