/**
 * A database and a server of different users. SQLite creates `-wal` and `-shm` for whoever opens a database in WAL mode
 * first, and they belong to that user: the owner of the database must stay able to write to them.
 */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, chownSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";

import { createDatabase } from "../../src/db/sqlite/create.ts";
import type { Status } from "../../src/events.ts";
import { Scratch } from "../support/scratch.ts";
import { Server } from "../support/server.ts";
import { describeWhere, isRoot } from "../support/tools.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const OWNER = 4001;
const OTHER = 4002;
const THIRD = 4003;
const SHARED_GROUP = 4010;

/** The command that runs another one as a user, in the group of the same number and those that are named. */
function asUser(uid: number, ...groups: number[]): string[] {
  const others = groups.length === 0 ? "--clear-groups" : `--groups=${groups.join()}`;
  return ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, others];
}

interface OwnedDatabase {
  readonly mode?: number;
  readonly journalMode?: string;
  readonly directoryMode?: number;
  readonly gid?: number;
}

/** A database of `OWNER` that nobody has open, in a directory that everybody may write to. */
async function ownedDatabase(
  scratch: Scratch,
  { mode = 0o644, journalMode = "WAL", directoryMode = 0o777, gid = OWNER }: OwnedDatabase = {},
): Promise<string> {
  const path = scratch.path("events.db");
  createDatabase(path, "events");
  chownSync(path, OWNER, gid);
  chmodSync(path, mode);
  chownSync(scratch.directory, 0, gid);
  chmodSync(scratch.directory, directoryMode);
  if (journalMode !== "WAL") {
    await using writer = new Writer(path, 5000, asUser(OWNER));
    await writer.run(`PRAGMA journal_mode = ${journalMode}`);
    await writer.close();
  }
  expect(companionsIn(scratch)).toEqual([]);
  return path;
}

/** The names of the files that SQLite keeps beside a database in WAL mode. */
function companionsIn(scratch: Scratch): string[] {
  return readdirSync(scratch.directory).filter((name) => /-(?:wal|shm)$/.test(name));
}

/** Inserts a row as the owner of the database, with a process that opens and closes it. */
async function insertAsOwner(path: string, ...groups: number[]): Promise<void> {
  await using writer = new Writer(path, 5000, asUser(OWNER, ...groups));
  await writer.insert();
  await writer.close();
}

async function isReady(server: Server): Promise<boolean> {
  return (await server.fetch("/readyz")).status === 200;
}

const POLL_OFTEN = ["--poll-interval", "50"];

const isLinuxRoot = process.platform === "linux" && isRoot;

describeWhere(isLinuxRoot, "Not root on Linux: no test with several users")(
  "a database in WAL mode that nobody has open",
  () => {
    test.each(["SIGTERM", "SIGKILL"] as const)(
      "of another user: nothing is created, the owner can write, and it is said what to do (%s)",
      async (signal) => {
        using scratch = new Scratch();
        const path = await ownedDatabase(scratch);
        await using server = await Server.start([path, ...POLL_OFTEN], { under: asUser(OTHER) });
        const status = await server.json<Status>("/api/status");
        expect(status.state).toBe("error");
        expect(status.problem).toContain("belongs to another user");
        expect(status.advice).toContain("as the user that owns it");
        expect(status.advice).toContain(`chmod g+ws ${scratch.directory}`);
        expect(status.advice).toContain(`chmod g+w ${path}`);
        expect(companionsIn(scratch)).toEqual([]);
        await insertAsOwner(path);
        await server.stop(signal);
        expect(companionsIn(scratch)).toEqual([]);
        await insertAsOwner(path);
      },
    );

    test.each(["-shm", "-wal"])("of another user, and only %s is missing", async (missing) => {
      using scratch = new Scratch();
      const path = await ownedDatabase(scratch);
      {
        await using writer = new Writer(path, 5000, asUser(OWNER));
        await writer.insert();
        await writer.kill();
      }
      rmSync(path + missing);
      const rest = statSync(path + (missing === "-wal" ? "-shm" : "-wal"));
      await until(() => Date.now() - rest.birthtimeMs > 1100, "the other one to be no new file any longer");
      await using server = await Server.start([path, ...POLL_OFTEN], { under: asUser(OTHER) });
      expect((await server.json<Status>("/api/status")).state).toBe("error");
      await insertAsOwner(path);
    });

    test("of another user: it is followed as soon as its owner has it open, and the companions stay his", async () => {
      using scratch = new Scratch();
      const path = await ownedDatabase(scratch);
      await using server = await Server.start([path, ...POLL_OFTEN], { under: asUser(OTHER) });
      expect((await server.json<Status>("/api/status")).state).toBe("error");
      await using writer = new Writer(path, 5000, asUser(OWNER));
      await writer.insert();
      await until(() => isReady(server), "the server to be ready");
      await using reader = await server.follow("?lastEventId=0");
      await writer.insert();
      await reader.waitForRows(2);
      expect(reader.ids).toEqual(["1", "2"]);
      await writer.close();
      await server.stop();
      for (const suffix of ["-wal", "-shm"]) expect(statSync(path + suffix).uid).toBe(OWNER);
      await insertAsOwner(path);
    });

    test("of another user: writers that come and go in an instant leave nothing of ours behind", async () => {
      using scratch = new Scratch();
      const path = await ownedDatabase(scratch);
      await using server = await Server.start([path, ...POLL_OFTEN], { under: asUser(OTHER) });
      // Each announces its companions just before they go again.
      for (let life = 0; life < 20; life++) await insertAsOwner(path);
      expect((await server.json<Status>("/api/status")).state).toBe("error");
      expect(companionsIn(scratch)).toEqual([]);
    });

    test("of another user: it is followed when it is given to the user that runs Tailboard", async () => {
      using scratch = new Scratch();
      const path = await ownedDatabase(scratch);
      await using server = await Server.start([path, ...POLL_OFTEN], { under: asUser(OTHER) });
      expect((await server.json<Status>("/api/status")).state).toBe("error");
      chownSync(path, OTHER, OTHER);
      await until(() => isReady(server), "the server to be ready");
    });

    test.each([
      ["a shared group and a setgid directory", { mode: 0o664, directoryMode: 0o2777, gid: SHARED_GROUP }],
      ["a file that everybody may write to", { mode: 0o666 }],
    ])("%s: followed, and the owner can write", async (_what, how) => {
      using scratch = new Scratch();
      const path = await ownedDatabase(scratch, how);
      await using server = await Server.start([path], { under: asUser(OTHER, SHARED_GROUP) });
      expect((await server.json<Status>("/api/status")).state).toBe("tailing");
      expect(statSync(`${path}-wal`).uid).toBe(OTHER);
      await insertAsOwner(path, SHARED_GROUP);
      await server.stop();
      await insertAsOwner(path, SHARED_GROUP);
    });

    test.each([
      ["the group may not write to it", { mode: 0o644, directoryMode: 0o2777, gid: SHARED_GROUP }],
      ["the directory hands its group on to nothing", { mode: 0o664, gid: SHARED_GROUP }],
    ])("a shared group, but %s: refused", async (_what, how) => {
      using scratch = new Scratch();
      const path = await ownedDatabase(scratch, how);
      await using server = await Server.start([path], { under: asUser(OTHER, SHARED_GROUP) });
      expect((await server.json<Status>("/api/status")).state).toBe("error");
      await insertAsOwner(path, SHARED_GROUP);
    });

    test("root: SQLite gives the companions to the owner of the database", async () => {
      using scratch = new Scratch();
      const path = await ownedDatabase(scratch);
      await using server = await Server.start([path]);
      expect((await server.json<Status>("/api/status")).state).toBe("tailing");
      for (const suffix of ["-wal", "-shm"]) expect(statSync(path + suffix).uid).toBe(OWNER);
      await insertAsOwner(path);
      await server.stop();
      await insertAsOwner(path);
    });

    test("root that may not give files away, as in a container without that capability: refused", async () => {
      using scratch = new Scratch();
      const path = await ownedDatabase(scratch);
      const under = ["setpriv", "--bounding-set=-chown"];
      await using server = await Server.start([path], { under });
      expect((await server.json<Status>("/api/status")).state).toBe("error");
      await insertAsOwner(path);
    });

    test("root of a user namespace that does not know the owner, as in a rootless container: refused", async () => {
      using scratch = new Scratch();
      const path = await ownedDatabase(scratch);
      await using server = await Server.start([path], { under: ["unshare", "--user", "--map-root-user"] });
      expect((await server.json<Status>("/api/status")).state).toBe("error");
      await insertAsOwner(path);
    });

    test("companions of a third user are not our doing: followed", async () => {
      using scratch = new Scratch();
      const path = await ownedDatabase(scratch);
      await using writer = new Writer(path);
      await writer.insert();
      for (const suffix of ["-wal", "-shm"]) chownSync(path + suffix, THIRD, THIRD);
      await using server = await Server.start([path, ...POLL_OFTEN], { under: asUser(OTHER) });
      await until(() => isReady(server), "the server to be ready");
    });

    test("an empty file: what lies beside it stays", async () => {
      using scratch = new Scratch();
      const path = scratch.path("events.db");
      for (const name of [path, `${path}-journal`]) {
        writeFileSync(name, name === path ? "" : "0".repeat(1024));
        chownSync(name, OWNER, OWNER);
      }
      chmodSync(scratch.directory, 0o777);
      await using server = await Server.start([path], { under: asUser(OTHER) });
      expect((await server.json<Status>("/api/status")).state).toBe("waiting-for-table");
      expect(readdirSync(scratch.directory).toSorted()).toEqual(["events.db", "events.db-journal"]);
    });

    test("companions that the user of Tailboard left behind are told, with how to remove them", async () => {
      using scratch = new Scratch();
      const path = await ownedDatabase(scratch);
      {
        await using reader = new Writer(path, 5000, asUser(OWNER));
        await reader.insert();
        await reader.kill();
      }
      for (const suffix of ["-wal", "-shm"]) chownSync(path + suffix, OTHER, OTHER);
      await using server = await Server.start([path, ...POLL_OFTEN], { under: asUser(OTHER) });
      const status = await server.json<Status>("/api/status");
      expect(status.state).toBe("error");
      expect(status.problem).toContain("can't write to");
      expect(status.advice).toContain(`chown --reference=${path} ${path}-wal ${path}-shm`);
      for (const suffix of ["-wal", "-shm"]) chownSync(path + suffix, OWNER, OWNER);
      await until(() => isReady(server), "the server to be ready");
    });
  },
);

describeWhere(isLinuxRoot, "Not root on Linux: no test with several users")(
  "a database in a rollback mode of another user",
  () => {
    test.each(["DELETE", "TRUNCATE", "PERSIST"])("%s: followed as ever, nothing is created", async (mode) => {
      using scratch = new Scratch();
      const path = await ownedDatabase(scratch, { journalMode: mode });
      await using server = await Server.start([path], { under: asUser(OTHER) });
      expect((await server.json<Status>("/api/status")).state).toBe("tailing");
      await using reader = await server.follow();
      await insertAsOwner(path);
      await reader.waitForRows(1);
      expect(companionsIn(scratch)).toEqual([]);
    });

    test("its owner puts it into WAL mode while it is followed, as we advise: nothing of ours stands in his way", async () => {
      using scratch = new Scratch();
      const path = await ownedDatabase(scratch, { journalMode: "DELETE" });
      await using server = await Server.start([path, ...POLL_OFTEN], { under: asUser(OTHER) });
      await using reader = await server.follow();
      {
        await using writer = new Writer(path, 5000, asUser(OWNER));
        await writer.run("PRAGMA journal_mode = WAL");
        await writer.close();
      }
      await until(
        async () => (await server.json<Status>("/api/status")).state === "error",
        "the server to wait for the owner",
      );
      await insertAsOwner(path);
      expect(companionsIn(scratch)).toEqual([]);
      await using writer = new Writer(path, 5000, asUser(OWNER));
      await writer.insert();
      await reader.waitForRows(2);
    });
  },
);

describe("a database of the same user", () => {
  test("in WAL mode, that nobody has open: followed at once", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using server = await Server.start([path]);
    expect((await server.json<Status>("/api/status")).state).toBe("tailing");
  });
});
