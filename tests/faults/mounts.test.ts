/** Files that are there under the right name and yet are not where the writers' files are. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { createDatabase } from "../../src/db/sqlite/create.ts";
import type { Status } from "../../src/events.ts";
import { Scratch } from "../support/scratch.ts";
import { Server } from "../support/server.ts";
import { describeWhere, findProgram, isRoot } from "../support/tools.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const POLL_OFTEN = ["--poll-interval", "50"];

const statusOf = (server: Server): Promise<Status> => server.json<Status>("/api/status");

async function waitForState(server: Server, state: Status["state"]): Promise<Status> {
  return until(async () => {
    const status = await statusOf(server);
    return status.state === state ? status : undefined;
  }, `the state ${state}`);
}

/** A command that runs another one where these mounts are made first: `$1` is the directory of the test. */
function withMounts(scratch: Scratch, script: string): string[] {
  return ["unshare", "--mount", "sh", "-ec", `${script}\nshift; exec "$@"`, "sh", scratch.directory];
}

/** Runs a command in the mount namespace of a server. */
async function inNamespaceOf(server: Server, ...command: string[]): Promise<void> {
  const child = Bun.spawn(["nsenter", "--mount", `--target=${server.process.pid}`, ...command], {
    stderr: "inherit",
  });
  expect(await child.exited).toBe(0);
}

/** `host/events.db` with a table, and an empty directory `box` for the mounts. */
function createHost(scratch: Scratch): string {
  for (const name of ["host", "box"]) mkdirSync(scratch.path(name));
  const path = scratch.path("host/events.db");
  createDatabase(path, "events");
  return path;
}

const canMount =
  process.platform === "linux" &&
  isRoot &&
  (await Bun.spawn(["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]).exited) === 0;

describeWhere(canMount, "No mounts on this machine: they need root on Linux")("what is mounted", () => {
  test.each([
    ["WAL", "events.db"],
    ["DELETE", "events.db"],
    // Linux writes such characters as octal numbers in its list of mounts.
    ["WAL", "with space\t\\and more.db"],
  ])("a file alone, in %s mode, as %j: told, with what to do", async (mode, name) => {
    using scratch = new Scratch();
    const host = createHost(scratch);
    await using writer = new Writer(host);
    await writer.run(`PRAGMA journal_mode = ${mode}`);
    const path = scratch.path(`box/${name}`);
    writeFileSync(path, "");
    const under = withMounts(scratch, `mount --bind "$1/host/events.db" "$1"/box/*.db`);
    await using server = await Server.start([path], { under });
    const status = await statusOf(server);
    expect(status.state).toBe("error");
    expect(status.problem).toContain("is mounted alone");
    expect(status.advice).toContain("Mount the directory, not the file");
    await inNamespaceOf(server, "umount", path);
    // The empty file beneath is a database without a table.
    await waitForState(server, "waiting-for-table");
  });

  test("a file alone, reached by a link", async () => {
    using scratch = new Scratch();
    createHost(scratch);
    writeFileSync(scratch.path("box/events.db"), "");
    symlinkSync(scratch.path("box/events.db"), scratch.path("link.db"));
    const under = withMounts(scratch, `mount --bind "$1/host/events.db" "$1/box/events.db"`);
    await using server = await Server.start([scratch.path("link.db")], { under });
    expect((await statusOf(server)).problem).toContain("is mounted alone");
  });

  test("a companion alone", async () => {
    using scratch = new Scratch();
    const path = createHost(scratch);
    for (const name of ["host/events.db-wal", "box/events.db-wal"]) writeFileSync(scratch.path(name), "");
    const under = withMounts(scratch, `mount --bind "$1/box/events.db-wal" "$1/host/events.db-wal"`);
    await using server = await Server.start([path], { under });
    const { problem } = await statusOf(server);
    expect(problem).toContain("events.db-wal is mounted alone");
  });

  test("the directory: followed", async () => {
    using scratch = new Scratch();
    const host = createHost(scratch);
    const under = withMounts(scratch, `mount --bind "$1/host" "$1/box"`);
    await using server = await Server.start([scratch.path("box/events.db")], { under });
    expect((await statusOf(server)).state).toBe("tailing");
    await using reader = await server.follow();
    await using writer = new Writer(host);
    await writer.insert(3);
    await reader.waitForRows(3);
  });

  test("a file alone, mounted over the one that is followed: told when it happens", async () => {
    using scratch = new Scratch();
    const path = createHost(scratch);
    createDatabase(scratch.path("box/events.db"), "events");
    const under = withMounts(scratch, "true");
    await using server = await Server.start([path, ...POLL_OFTEN], { under });
    expect((await statusOf(server)).state).toBe("tailing");
    await inNamespaceOf(server, "mount", "--bind", scratch.path("box/events.db"), path);
    const status = await waitForState(server, "error");
    expect(status.problem).toContain("is mounted alone");
  });

  test("another directory, mounted over that of the database: a reset, and the rows of the other one", async () => {
    using scratch = new Scratch();
    const path = createHost(scratch);
    {
      await using writer = new Writer(path);
      await writer.insert(2);
      await writer.close();
    }
    const other = scratch.path("box/events.db");
    createDatabase(other, "events");
    await using writer = new Writer(other);
    await writer.insert(1);
    const under = withMounts(scratch, "true");
    await using server = await Server.start([path, ...POLL_OFTEN], { under });
    await using reader = await server.follow("?lastEventId=0");
    await reader.waitForRows(2);
    await inNamespaceOf(server, "mount", "--bind", scratch.path("box"), scratch.path("host"));
    await until(() => reader.named("reset").length > 0, "the reset");
    await writer.insert(1);
    await reader.waitForRows(4);
    expect(reader.ids).toEqual(["1", "2", "1", "2"]);
  });

  test("a directory that was removed where it comes from, and made again: told that nothing can be seen", async () => {
    using scratch = new Scratch();
    createHost(scratch);
    const under = withMounts(scratch, `mount --bind "$1/host" "$1/box"`);
    const path = scratch.path("box/events.db");
    await using server = await Server.start([path, ...POLL_OFTEN], { under });
    expect((await statusOf(server)).state).toBe("tailing");
    rmSync(scratch.path("host"), { recursive: true });
    const host = createDirectoryAgain(scratch);
    await using writer = new Writer(host);
    await writer.insert();
    const status = await waitForState(server, "waiting-for-file");
    expect(status.problem).toContain(`what is mounted at ${scratch.path("box")} was removed`);
    expect(status.advice).toContain("restart the container");
  });

  function createDirectoryAgain(scratch: Scratch): string {
    mkdirSync(scratch.path("host"));
    const path = scratch.path("host/events.db");
    createDatabase(path, "events");
    return path;
  }

  test("a file that is replaced beneath its mount: told as any file that is mounted alone", async () => {
    using scratch = new Scratch();
    const host = createHost(scratch);
    writeFileSync(scratch.path("box/events.db"), "");
    const under = withMounts(scratch, `mount --bind "$1/host/events.db" "$1/box/events.db"`);
    await using server = await Server.start([scratch.path("box/events.db"), ...POLL_OFTEN], { under });
    createDatabase(scratch.path("new.db"), "events");
    renameSync(scratch.path("new.db"), host);
    expect((await statusOf(server)).problem).toContain("is mounted alone");
  });
});

const strace = canMount ? await findProgram("strace") : undefined;

/** With `xino`, an overlay puts the number of the layer into the highest bits of the inode. */
const OVERLAY = `mkdir "$1/upper" "$1/work"
mount -t tmpfs none "$1/host"
BUN CREATE
mount -t overlay none -o "lowerdir=$1/host,upperdir=$1/upper,workdir=$1/work,xino=on" "$1/box"`;

describeWhere(strace !== undefined, "No mounts or no strace on this machine")("an inode beyond 2^53", () => {
  test("the file is opened once, not at every look", async () => {
    using scratch = new Scratch();
    for (const name of ["host", "box"]) mkdirSync(scratch.path(name));
    const create = `import { createDatabase } from ${JSON.stringify(join(import.meta.dir, "../../src/db/sqlite/create.ts"))};
        createDatabase(process.argv[1], "events")`;
    writeFileSync(scratch.path("create.ts"), create.replace("argv[1]", "argv[2]"));
    const script = OVERLAY.replace("BUN CREATE", `"$2" "$1/create.ts" "$1/host/events.db"`);
    const under = ["unshare", "--mount", "sh", "-ec", `${script}\nshift 2; exec "$@"`, "sh"];
    const trace = scratch.path("trace");
    await using server = await Server.start([scratch.path("box/events.db"), ...POLL_OFTEN], {
      under: [
        ...under,
        scratch.directory,
        process.execPath,
        "strace",
        "-D",
        "-f",
        "-o",
        trace,
        "-e",
        "trace=openat",
      ],
    });
    expect((await statusOf(server)).state).toBe("tailing");
    const polls = () => server.metric('tailboard_polls_total{cause="interval"}');
    await until(async () => (await polls()) >= 10, "ten polls");
    const opened = (await Bun.file(trace).text())
      .split("\n")
      .filter((line) => line.includes('/events.db-shm", O_RDWR'));
    expect(opened.length).toBe(1);
  });
});

describe("a file with several names", () => {
  test.each(["WAL", "DELETE"])("in %s mode: told, and followed when the other name is gone", async (mode) => {
    using scratch = new Scratch();
    const path = createHost(scratch);
    await using writer = new Writer(path);
    await writer.run(`PRAGMA journal_mode = ${mode}`);
    const link = scratch.path("box/link.db");
    linkSync(path, link);
    await using server = await Server.start([link, ...POLL_OFTEN]);
    const status = await statusOf(server);
    expect(status.state).toBe("error");
    expect(status.problem).toContain("has several names");
    expect(status.advice).toContain(`find / -samefile ${link}`);
    await writer.close();
    unlinkSync(path);
    await waitForState(server, "tailing");
  });

  test("it gets another name while it is followed: told when it happens", async () => {
    using scratch = new Scratch();
    const path = createHost(scratch);
    await using server = await Server.start([path, ...POLL_OFTEN]);
    expect((await statusOf(server)).state).toBe("tailing");
    linkSync(path, scratch.path("box/link.db"));
    await waitForState(server, "error");
  });
});
