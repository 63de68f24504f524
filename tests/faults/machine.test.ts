/** Faults of the machine: permissions, no notifications, a server that is killed. Each with the real server. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, chownSync, renameSync } from "node:fs";

import { createDatabase } from "../../src/db/sqlite/create.ts";
import type { Status } from "../../src/events.ts";
import { idsFromTo } from "../support/followed.ts";
import { Scratch } from "../support/scratch.ts";
import { Server } from "../support/server.ts";
import { describeWhere, isRoot } from "../support/tools.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** nobody, on Debian and most others. */
const NOBODY = 65_534;

const AS_NOBODY = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];

const isLinuxRoot = process.platform === "linux" && isRoot;

describeWhere(
  isLinuxRoot,
  "Not root on Linux: a server of another user can't be started to test permissions",
)("faults 18 and 19: permissions, seen by a server of another user", () => {
  test("a WAL database in a directory that it can't write to: explained, and it heals", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    chmodSync(scratch.directory, 0o755);
    await using server = await Server.start([path, "--poll-interval", "100"], { under: AS_NOBODY });
    const status = await server.json<Status>("/api/status");
    expect(status).toMatchObject({
      state: "error",
      advice: expect.stringContaining("as the user that owns it"),
    });
    chownSync(scratch.directory, NOBODY, NOBODY);
    chownSync(path, NOBODY, NOBODY);
    await until(async () => (await server.fetch("/readyz")).status === 200, "the server to be ready");
  });

  test("a WAL database that a writer has open: its companions are there, and reading them is enough", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using writer = new Writer(path);
    await writer.insert();
    chmodSync(scratch.directory, 0o755);
    for (const suffix of ["", "-wal", "-shm"]) chmodSync(path + suffix, 0o644);
    await using server = await Server.start([path, "--poll-interval", "100"], { under: AS_NOBODY });
    await until(async () => (await server.fetch("/readyz")).status === 200, "the server to be ready");
    await using reader = await server.follow("?lastEventId=0");
    await writer.insert();
    await reader.waitForRows(2);
    expect(reader.ids).toEqual(["1", "2"]);
  });

  test("a file that it may not read", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    chmodSync(scratch.directory, 0o777);
    chmodSync(path, 0o600);
    await using server = await Server.start([path, "--poll-interval", "100"], { under: AS_NOBODY });
    expect(await server.json<Status>("/api/status")).toMatchObject({
      state: "error",
      advice: expect.stringContaining("chmod a+r"),
    });
    chmodSync(path, 0o666);
    await until(async () => (await server.fetch("/readyz")).status === 200, "the server to be ready");
  });
});

/** In a user namespace of its own the limit is its own too. */
const WITHOUT_NOTIFICATIONS = [
  "unshare",
  "-Ur",
  "sh",
  "-c",
  'echo 0 >/proc/sys/user/max_inotify_instances && exec "$@"',
  "sh",
];
const canUnshare =
  process.platform === "linux" && (await Bun.spawn([...WITHOUT_NOTIFICATIONS, "true"]).exited) === 0;

describeWhere(canUnshare, "No user namespaces on this machine: no test without notifications")(
  "fault 22: no notification instance is left",
  () => {
    test.each(["WAL", "DELETE"])("in %s mode rows arrive by ticks", async (mode) => {
      using scratch = new Scratch();
      const path = scratch.path("events.db");
      createDatabase(path, "events");
      await using writer = new Writer(path);
      await writer.run(`PRAGMA journal_mode = ${mode}`);
      await using server = await Server.start([path, "--poll-interval", "3600000"], {
        under: WITHOUT_NOTIFICATIONS,
      });
      expect(server.log).toContainEqual(
        expect.objectContaining({ message: "watching the directory failed" }),
      );
      await using reader = await server.follow();
      const committedAt = await writer.insert(20, 10);
      await reader.waitForRows(20);
      expect(reader.ids).toEqual(idsFromTo(1, 20));
      const delaysMs = reader.rows.map((row, index) => row.receivedAt - (committedAt[index] ?? 0));
      // The first two come with the slow ticks, the others with those of a machine without notifications.
      expect(delaysMs.toSorted((a, b) => a - b)[10]).toBeLessThan(200);
      expect(await server.metric('tailboard_polls_total{cause="commit"}')).toBe(0);
    });
  },
);

describe("fault 24: the server is killed and started again, three times under load", () => {
  test("a client that comes back with its cursor has every row once", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using writer = new Writer(path);
    await using servers = new AsyncDisposableStack();
    let server = servers.use(await Server.start([path]));
    const port = String(server.port);
    const ids: string[] = [];
    const writing = writer.insert(600, 2);
    for (let life = 1; life <= 4; life++) {
      const reader = await server.follow(`?lastEventId=${ids.at(-1) ?? 0}`);
      if (life < 4) {
        await reader.waitForRows(50);
        await server.stop("SIGKILL");
        await reader.waitForEnd();
        server = servers.use(await Server.start([path, "--port", port]));
      } else {
        await writing;
        await until(() => reader.ids.at(-1) === "600", "the last row");
        await reader[Symbol.asyncDispose]();
      }
      expect(reader.named("reset")).toEqual([]);
      ids.push(...reader.ids);
    }
    expect(ids).toEqual(idsFromTo(1, 600));
  });
});

describe("the file is replaced while the server is down", () => {
  test("a cursor of the old log is recognised by its name, however far the new one goes", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using writer = new Writer(path);
    await writer.insert(3);
    await writer.close();
    const before = await Server.start([path]);
    const first = await before.follow("?lastEventId=0");
    await first.waitForRows(3);
    const log = /"log":"(\w+)"/.exec(first.text)?.[1] ?? "";
    await before.stop("SIGKILL");
    const other = scratch.path("other.db");
    createDatabase(other, "events");
    await using otherWriter = new Writer(other);
    await otherWriter.insert(5);
    await otherWriter.close();
    renameSync(other, path);
    await using after = await Server.start([path]);
    await using again = await after.follow(`?lastEventId=3&log=${log}`);
    await again.waitForRows(5);
    expect(again.named("reset")).toMatchObject([{ reason: "log-changed", latestId: 5, resumedFrom: 0 }]);
    expect(again.ids).toEqual(idsFromTo(1, 5));
    await using unnamed = await after.follow("?lastEventId=3");
    await unnamed.waitForRows(2);
    // Without the name nothing tells the two logs apart: the ids go on.
    expect(unnamed.ids).toEqual(["4", "5"]);
  });
});
