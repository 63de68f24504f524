/** `tailboard tail` of a server by its URL. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { rmSync } from "node:fs";

import { createDatabase } from "../../src/db/sqlite/create.ts";
import { Command, runCommand } from "../support/command.ts";
import { Scratch } from "../support/scratch.ts";
import { Server } from "../support/server.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** Two polls, and the start of a command on a busy machine. In ms. */
const SOON_MS = 4500;

const SSE = { "Content-Type": "text/event-stream; charset=utf-8" };
const STATUS = { state: "tailing", problem: null, advice: null, roles: {}, timeZone: "UTC", labels: {} };
const hello = (id: number): string =>
  `retry: 5000\n\nevent: hello\nid: ${id}\ndata: {"latestId":${id},"oldestId":1,"resumedFrom":${id},"log":"a log"}\n\n`;
const row = (id: number): string => `id: ${id}\ndata: {"id":${id}}\n\n`;

/** A server that answers each stream with the next of these texts, and the last one again and again. */
function fakeServer(answers: readonly (string | Response)[], statuses: readonly Response[] = []) {
  const left = [...statuses];
  const requests: { path: string; authorization: string | null }[] = [];
  let next = 0;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const { pathname, search } = new URL(request.url);
      if (pathname.endsWith("/api/status")) return left.shift() ?? Response.json(STATUS);
      requests.push({ path: pathname + search, authorization: request.headers.get("authorization") });
      const answer = answers[Math.min(next, answers.length - 1)] ?? "";
      next++;
      return typeof answer === "string" ? new Response(answer, { headers: SSE }) : answer.clone();
    },
  });
  return { requests, url: server.url.href, [Symbol.asyncDispose]: () => server.stop(true) };
}

describe("tail of a server", () => {
  test("goes on after a restart of the server with nothing lost and nothing twice", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using writer = new Writer(path);
    await writer.insert(3);
    const first = await Server.start([path]);
    await using tail = new Command(["tail", first.url, "--cursor", scratch.path("cursor"), "--after", "0"]);
    await tail.waitForEvents(3);
    await first.stop("SIGKILL");
    await writer.insert(2);
    await tail.waitForError("can't be reached");
    await using second = await Server.start([path, "--port", String(first.port)]);
    await tail.waitForEvents(5);
    await writer.insert();
    await tail.waitForEvents(6);
    expect(second.port).toBe(first.port);
    expect(tail.ids).toEqual([1, 2, 3, 4, 5, 6]);
    await tail.waitForError("following again");
  });

  test("sends its token, and comes back with its cursor and the name of the log", async () => {
    await using server = fakeServer([
      hello(7) + row(8) + 'event: bye\ndata: {"comeBackInMs":1}\n\n',
      hello(8) + row(9),
    ]);
    await using tail = new Command(["tail", server.url, "-n", "0", "--where", "type:a"], {
      env: { TAILBOARD_TOKEN: "a secret" },
    });
    await tail.waitForEvents(2);
    expect(tail.ids.slice(0, 2)).toEqual([8, 9]);
    expect(server.requests[0]).toEqual({
      path: "/api/events/stream?q=type%3Aa",
      authorization: "Bearer a secret",
    });
    expect(server.requests[1]?.path).toBe("/api/events/stream?lastEventId=8&log=a+log&q=type%3Aa");
  });

  test("begins again where the server could not say how its columns are read", async () => {
    const busy = new Response("", { status: 503, headers: { "Retry-After": "0" } });
    await using server = fakeServer([hello(3) + row(4)], [busy]);
    await using tail = new Command(["tail", server.url, "-n", "0"]);
    await tail.waitForEvents(1);
    expect(tail.ids[0]).toBe(4);
    expect(server.requests[1]?.path).toBe("/api/events/stream");
  });

  test("reads a path of a proxy from the URL", async () => {
    await using server = fakeServer([hello(0) + row(1)]);
    await using tail = new Command(["tail", `${server.url}below/this`, "-n", "0"]);
    await tail.waitForEvents(1);
    expect(server.requests[0]?.path).toBe("/below/this/api/events/stream");
  });

  test("tries again after an error of a server, when the server says", async () => {
    const busy = new Response("", { status: 503, headers: { "Retry-After": "0" } });
    await using server = fakeServer([busy, busy, busy, hello(0) + row(1)]);
    await using tail = new Command(["tail", server.url, "-n", "0"]);
    await tail.waitForEvents(1);
    expect(tail.errors.filter((line) => line.includes("answers 503"))).toHaveLength(1);
  });

  test.each([
    [new Response("", { status: 401 }), "give its token with --token"],
    [new Response("", { status: 404 }), "answers 404, which is no answer of Tailboard's"],
    [new Response("<html>", { headers: { "Content-Type": "text/html" } }), "answers 200, which is no answer"],
    [new Response("", { status: 302, headers: { Location: "/login" } }), "leads to /login"],
  ])("gives up with one line: %#", async (answer, words) => {
    await using server = fakeServer([answer]);
    const { status, errors } = await runCommand(["tail", server.url]);
    expect([status, errors]).toEqual([1, [expect.stringContaining(words)]]);
    expect(errors.join()).not.toContain("secret");
  });

  test("needs the token of a server that has one", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using writer = new Writer(path);
    await writer.insert();
    const token = "a-token-of-enough-characters";
    await using server = await Server.start([path, "--token", token]);
    for (const command of ["tail", "wait", "query"]) {
      const { status, errors } = await runCommand([command, server.url]);
      expect([status, errors]).toEqual([1, [expect.stringContaining("give its token with --token")]]);
      const wrong = await runCommand([command, server.url, "--token", "another-token-of-that-length"]);
      expect([wrong.status, wrong.errors.join()]).toEqual([1, expect.not.stringContaining("another-token")]);
    }
    await using tail = new Command(["tail", server.url], { env: { TAILBOARD_TOKEN: token } });
    await tail.waitForEvents(1);
    const { lines } = await runCommand(["query", server.url, "--token", token, "--all"]);
    expect(lines).toHaveLength(1);
  });

  test.each(["tail", "wait"])("%s tells of a server whose database is not there", async (command) => {
    using scratch = new Scratch();
    await using server = await Server.start([scratch.path("none.db")]);
    await using follower = new Command([command, server.url]);
    await until(() => follower.errors.length > 0, "the problem of the server", SOON_MS);
    expect(follower.errors).toEqual([expect.stringContaining("waiting-for-file: There is no file")]);
  });

  test("tells once of a server whose database is removed, and of another one in its place", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using server = await Server.start([path]);
    await using tail = new Command(["tail", server.url]);
    const subscribers = async () => (await server.json<{ subscribers: number }>("/api/status")).subscribers;
    await until(async () => (await subscribers()) > 0, "the command to follow");
    for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
    await until(() => tail.errors.length > 0, "the problem of the server", SOON_MS);
    createDatabase(path, "events");
    await tail.waitForError("following again");
    expect(tail.errors.filter((line) => line.includes("There is no file"))).toHaveLength(1);
  });
});
