/** What stands in the place of the files that SQLite keeps beside a database, and where there is no room for them. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from "node:fs";

import { createDatabase } from "../../src/db/sqlite/create.ts";
import type { Status } from "../../src/events.ts";
import { Scratch } from "../support/scratch.ts";
import { Server } from "../support/server.ts";
import { describeWhere, isRoot } from "../support/tools.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const POLL_OFTEN = ["--poll-interval", "50"];
const statusOf = (server: Server): Promise<Status> => server.json<Status>("/api/status");

async function isReady(server: Server): Promise<boolean> {
  return (await server.fetch("/readyz")).status === 200;
}

describe.skipIf(Bun.which("mkfifo") === null)("a pipe in the place of a companion", () => {
  test.each([
    ["-journal", "DELETE"],
    ["-journal", "WAL"],
    ["-wal", "WAL"],
    ["-shm", "WAL"],
  ])("%s in %s mode: the server starts, says so, and goes on when it is gone", async (suffix, mode) => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    {
      await using writer = new Writer(path);
      await writer.run(`PRAGMA journal_mode = ${mode}`);
      await writer.close();
    }
    expect(Bun.spawnSync(["mkfifo", path + suffix]).exitCode).toBe(0);
    await using server = await Server.start([path, ...POLL_OFTEN]);
    const status = await statusOf(server);
    expect(status.state).toBe("error");
    expect(status.problem).toContain(`${path}${suffix} is no regular file`);
    expect(status.advice).toContain(`rm -r ${path}${suffix}`);
    rmSync(path + suffix);
    await until(() => isReady(server), "the server to be ready");
  });

  test("-journal in DELETE mode while the table is followed: the server goes on to answer", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    {
      await using writer = new Writer(path);
      await writer.run("PRAGMA journal_mode = DELETE");
      await writer.close();
    }
    await using server = await Server.start([path, ...POLL_OFTEN]);
    await using reader = await server.follow();
    expect(Bun.spawnSync(["mkfifo", `${path}-journal`]).exitCode).toBe(0);
    await until(async () => (await statusOf(server)).state === "error", "the pipe to be noticed");
    rmSync(`${path}-journal`);
    await until(() => isReady(server), "the server to be ready");
    expect(reader.ended).toBe(false);
  });
});

const NOBODY = 65_534;
const AS_NOBODY = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
const isLinuxRoot = process.platform === "linux" && isRoot;

describeWhere(isLinuxRoot, "Not root on Linux: no test of permissions")("permissions on the way", () => {
  test.each(["file", "link"])("a directory above that may not be passed, by its %s", async (how) => {
    using scratch = new Scratch();
    chmodSync(scratch.directory, 0o755);
    const directory = scratch.path("private");
    mkdirSync(`${directory}/data`, { recursive: true });
    const path = `${directory}/data/events.db`;
    createDatabase(path, "events");
    chmodSync(path, 0o666);
    chmodSync(`${directory}/data`, 0o777);
    chmodSync(directory, 0o700);
    const link = scratch.path("link");
    Bun.spawnSync(["ln", "-s", "private/data", link]);
    const given = how === "file" ? path : `${link}/events.db`;
    await using server = await Server.start([given, ...POLL_OFTEN], { under: AS_NOBODY });
    const status = await statusOf(server);
    expect(status.problem).toContain(`may not pass through the directory ${directory}.`);
    expect(status.advice).toContain(`chmod a+x ${directory},`);
    chmodSync(directory, 0o711);
    await until(() => isReady(server), "the server to be ready");
  });

  test("a directory of the same user that it may not write to", async () => {
    using scratch = new Scratch();
    chmodSync(scratch.directory, 0o755);
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    chownSync(path, NOBODY, NOBODY);
    await using server = await Server.start([path], { under: AS_NOBODY });
    expect((await statusOf(server)).advice).toContain(`write to the directory ${scratch.directory}`);
  });
});

const inNamespace = (scratch: Scratch, script: string): string[] => [
  "unshare",
  "--mount",
  "sh",
  "-ec",
  `${script}\nshift; exec "$@"`,
  "sh",
  scratch.directory,
];
const canMount =
  isLinuxRoot &&
  (await Bun.spawn(["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]).exited) === 0;

describeWhere(canMount, "No mounts on this machine: they need root on Linux")("the file system", () => {
  test.each([
    ["room", "size=32k"],
    // The root of the file system, the database, and no third.
    ["room for names", "nr_inodes=2"],
  ])("has no %s left: no word of a damaged database", async (_what, option) => {
    using scratch = new Scratch();
    createDatabase(scratch.path("events.db"), "events");
    mkdirSync(scratch.path("box"));
    const script = `mount -t tmpfs -o ${option} none "$1/box"; cp "$1/events.db" "$1/box/"
dd if=/dev/zero of="$1/box/filler" bs=4k count=100 2>/dev/null || true`;
    await using server = await Server.start([scratch.path("box/events.db")], {
      under: inNamespace(scratch, script),
    });
    const { state, problem, advice } = await statusOf(server);
    expect(state).toBe("error");
    expect(`${problem} ${advice}`).toContain("disk is full");
    expect(advice).toContain("df -h");
    expect(advice).not.toContain("integrity_check");
  });

  test("is read-only: no word of permissions that nobody can give", async () => {
    using scratch = new Scratch();
    createDatabase(scratch.path("events.db"), "events");
    mkdirSync(scratch.path("box"));
    const script = `mount --bind "$1" "$1/box"; mount -o remount,ro,bind "$1/box"`;
    await using server = await Server.start([scratch.path("box/events.db")], {
      under: inNamespace(scratch, script),
    });
    const { state, problem, advice } = await statusOf(server);
    expect(state).toBe("error");
    expect(problem).toContain("read-only");
    expect(advice).toContain("Mount it for writing");
    expect(advice).not.toContain("chmod");
  });
});

describe("a damaged page", () => {
  test("is told in SQLite's words", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    {
      await using writer = new Writer(path);
      await writer.run("PRAGMA journal_mode = DELETE");
      await writer.insert(300);
      await writer.close();
    }
    const bytes = await Bun.file(path).bytes();
    bytes.fill(0xff, 4096);
    writeFileSync(path, bytes);
    await using server = await Server.start([path]);
    const { state, problem, advice } = await statusOf(server);
    expect(state).toBe("error");
    expect(problem).toContain("database disk image is malformed");
    expect(advice).toContain("integrity_check");
  });
});
