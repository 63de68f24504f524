/** `tailboard wait --silence`: that nothing came counts only where events could have been read. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readlinkSync, rmSync } from "node:fs";

import { createDatabase } from "../../src/db/sqlite/create.ts";
import { Command } from "../support/command.ts";
import { FakeServer, row } from "../support/fake-server.ts";
import { Scratch } from "../support/scratch.ts";
import { Server } from "../support/server.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const INSERT = "INSERT INTO events(event_type, summary) VALUES ('a', 'b')";
const UNKNOWN = "can't tell whether there was silence";

function waitForSilence(place: string, timeout = "4s"): Command {
  return new Command(["wait", place, "--silence", "--timeout", timeout]);
}

describe("--silence of a server", () => {
  /** Waits until the command follows: it has asked how the columns are read, and goes on from the hello. */
  async function followed(server: FakeServer): Promise<void> {
    await until(() => server.streams > 0 && server.requests.includes("/api/status"), "the command to follow");
  }

  test("can't be told where its file is gone", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using server = await Server.start([path]);
    await using wait = waitForSilence(server.url);
    const subscribers = async () => (await server.json<{ subscribers: number }>("/api/status")).subscribers;
    await until(async () => (await subscribers()) > 0, "the command to follow");
    for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
    expect(await wait.end(20_000)).toBe(1);
    expect(wait.errors.at(-1)).toContain(UNKNOWN);
    expect(wait.errors.at(-1)).toContain("There is no file");
  });

  test("can't be told where it does not answer any more", async () => {
    await using server = await FakeServer.start();
    await using wait = waitForSilence(server.url);
    await followed(server);
    server.hangs = true;
    expect(await wait.end(20_000)).toBe(1);
    expect(wait.errors).toEqual([expect.stringContaining("does not answer")]);
  });

  test("is broken by an event that the stream did not bring", async () => {
    await using server = await FakeServer.start();
    await using wait = waitForSilence(server.url);
    await followed(server);
    server.isSilent = true;
    server.commit(row(1));
    expect(await wait.end(20_000)).toBe(3);
  });

  test("is told by the first answer after some that failed", async () => {
    await using server = await FakeServer.start();
    await using wait = waitForSilence(server.url);
    await followed(server);
    server.refuseWith = 503;
    const asked = () => server.requests.some((path) => path.startsWith("/api/events?"));
    await until(asked, "the last question", 20_000);
    server.refuseWith = undefined;
    expect(await wait.end(20_000)).toBe(0);
    expect(wait.errors).toEqual([]);
  });
});

describe("--silence of a file in DELETE mode that a writer holds", () => {
  /** So short that the lock is younger than those that are told of by themselves. */
  const TIMEOUT = "1s";

  /** Waits until a command follows a file: then its thread for pages opens it, too. */
  async function followed({ process: { pid } }: Command, path: string): Promise<void> {
    const isOpen = (fd: string): boolean => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`) === path;
      } catch {
        // It was closed in between.
        return false;
      }
    };
    await until(
      () => readdirSync(`/proc/${pid}/fd`).filter(isOpen).length > 1,
      "the command to follow the file",
    );
  }

  test.each([
    ["with what it has committed", ["PRAGMA locking_mode = EXCLUSIVE", INSERT]],
    ["without having written", ["BEGIN EXCLUSIVE"]],
  ])("can't be told: %s", async (_what, statements) => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using writer = new Writer(path);
    await writer.run("PRAGMA journal_mode = DELETE");
    await using wait = waitForSilence(path, TIMEOUT);
    await followed(wait, path);
    for (const statement of statements) await writer.run(statement);
    expect(await wait.end(20_000)).toBe(1);
    expect(wait.errors.at(-1)).toMatch(new RegExp(`${UNKNOWN}.*A writer holds the database`));
  });

  test("is broken by what was committed, once the writer lets go", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using writer = new Writer(path);
    await writer.run("PRAGMA journal_mode = DELETE");
    await using wait = waitForSilence(path, TIMEOUT);
    await followed(wait, path);
    await writer.run("PRAGMA locking_mode = EXCLUSIVE");
    await writer.run(INSERT);
    await wait.waitForError("locked");
    await writer.close();
    expect(await wait.end(20_000)).toBe(3);
    expect(wait.events).toHaveLength(1);
  });
});
