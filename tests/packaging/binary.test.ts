/** The single binary, in an empty directory: nothing of the checkout, and no Bun, is there. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";

import manifest from "../../package.json" with { type: "json" };
import { createDatabase } from "../../src/db/sqlite/create.ts";
import { buildAssets } from "../../src/http/assets.ts";
import { buildBinary } from "../support/binary.ts";
import { Scratch } from "../support/scratch.ts";
import { Server, type ServerOptions } from "../support/server.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";
import { lines, Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** Holds the binary, an empty directory to run it in, and a home that has to stay empty. */
const scratch = new Scratch();
const BINARY = scratch.path("tailboard");
const EMPTY = scratch.path("empty");
const HOME = scratch.path("home");

beforeAll(async () => {
  await buildBinary(BINARY);
  for (const directory of [EMPTY, HOME]) mkdirSync(directory);
}, TEST_TIMEOUT_MS);

afterAll(() => scratch[Symbol.dispose]());

const inEmptyDirectory = (): ServerOptions => ({
  program: [BINARY],
  cwd: EMPTY,
  env: { HOME, TMPDIR: scratch.directory },
});

describe("the single binary", () => {
  test("serves the page as the checkout does, the stream, and what the second thread reads", async () => {
    await using server = await Server.start([], inEmptyDirectory());
    const files = await buildAssets();
    expect(files.size).toBeGreaterThan(3);
    for (const [path, { body, headers }] of files) {
      const answer = await server.fetch(path);
      expect([path, answer.status]).toEqual([path, 200]);
      expect([path, Buffer.from(await answer.bytes()).equals(body)]).toEqual([path, true]);
      for (const [name, value] of Object.entries(headers)) expect(answer.headers.get(name)).toBe(value);
    }
    await using stream = await server.follow();
    await using writer = new Writer(join(EMPTY, "events.db"));
    await writer.insert(3);
    await stream.waitForRows(3);
    expect(await server.json("/api/events?q=another&limit=2")).toMatchObject({ count: 2, latestId: 3 });
    expect((await (await server.fetch("/api/events/export")).text()).trim().split("\n")).toHaveLength(3);
    expect(await server.json("/api/status")).toMatchObject({ state: "tailing", version: manifest.version });
    expect(await server.stop()).toBe(0);
    expect(readdirSync(EMPTY).filter((name) => !name.startsWith("events.db"))).toEqual([]);
    expect(readdirSync(HOME)).toEqual([]);
  });

  test("has the second process of --demo in it", async () => {
    await using server = await Server.start(["--demo"], inEmptyDirectory());
    await using stream = await server.follow("?lastEventId=0");
    await stream.waitForRows(10);
    const { database } = await server.json<{ database: { path: string } }>("/api/status");
    expect(existsSync(database.path)).toBe(true);
    expect(await server.stop()).toBe(0);
    await until(() => !existsSync(database.path), "the folder of the demo to be gone");
    expect(server.log.filter(({ level }) => level !== "info")).toEqual([]);
  });

  test("runs no code and takes no setting that lies in the directory", async () => {
    const directory = scratch.path("foreign");
    mkdirSync(directory);
    await Bun.write(join(directory, "evil.ts"), 'require("node:fs").writeFileSync("ran", "")');
    await Bun.write(join(directory, "bunfig.toml"), 'preload = ["./evil.ts"]\n');
    await Bun.write(join(directory, ".env"), "TAILBOARD_TABLE=foreign\n");
    await using server = await Server.start([], { ...inEmptyDirectory(), cwd: directory });
    expect(await server.json("/api/status")).toMatchObject({ table: "events" });
    expect(existsSync(join(directory, "ran"))).toBe(false);
  });

  test("has the other commands in it", async () => {
    const database = scratch.path("commands.db");
    createDatabase(database, "events");
    await using writer = new Writer(database);
    await writer.insert(2);
    const run = (...args: string[]) =>
      Bun.spawn([BINARY, ...args], {
        cwd: EMPTY,
        env: { HOME },
        stdin: "ignore",
        stdout: "pipe",
        stderr: "inherit",
      });
    const tail = run("tail", database, "--json", "-n", "2");
    const printed = lines(tail.stdout);
    const next = async (): Promise<unknown> => JSON.parse(String((await printed.next()).value));
    expect([await next(), await next()]).toMatchObject([{ id: 1 }, { id: 2 }]);
    await writer.insert(1);
    expect(await next()).toMatchObject({ id: 3 });
    tail.kill();
    await tail.exited;

    const query = run("query", database, "--json");
    expect((await new Response(query.stdout).text()).trim().split("\n")).toHaveLength(3);
    expect(await query.exited).toBe(0);
    const wait = run("wait", database, "--where", "type:never", "--timeout", "200ms");
    expect(await wait.exited).toBe(3);
  });

  test.each([
    ["--version", 0],
    ["--help", 0],
    ["--no-such-option", 2],
  ] as const)("%s ends with %i", async (argument, status) => {
    const child = Bun.spawn([BINARY, argument], {
      cwd: EMPTY,
      env: { HOME },
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, complaint] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    expect(await child.exited).toBe(status);
    expect([out, complaint][status === 0 ? 0 : 1]).toContain(
      argument === "--version" ? manifest.version : "--base-path",
    );
  });
});
