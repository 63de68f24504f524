/** What is said of a parameter that is wrong: which one it is, what it has, and what it takes. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";

import { createDatabase } from "../../src/db/sqlite/create.ts";
import { Scratch } from "../support/scratch.ts";
import { Server } from "../support/server.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const stack = new AsyncDisposableStack();
let server: Server;

beforeAll(async () => {
  const path = stack.use(new Scratch()).path("events.db");
  createDatabase(path, "events");
  const writer = stack.use(new Writer(path));
  await writer.run("CREATE TABLE agents (id INTEGER PRIMARY KEY, name TEXT, api_key TEXT)");
  await writer.run("INSERT INTO agents(name) VALUES ('a'), ('b'), ('c')");
  await writer.run("CREATE TABLE jobs (job TEXT PRIMARY KEY, title TEXT)");
  await writer.run("INSERT INTO jobs VALUES ('x', 'one'), ('y', 'two'), ('z', 'three')");
  server = stack.use(await Server.start([path]));
  await until(async () => (await server.fetch("/readyz")).ok, "the tail to follow");
});
afterAll(() => stack.disposeAsync());

interface Problem {
  readonly detail: string;
  readonly parameter?: string;
  readonly position?: number;
  readonly reason?: string;
}

async function refusal(path: string): Promise<Problem> {
  const response = await server.fetch(path);
  expect(response.status).toBe(400);
  const problem: Problem = await response.json();
  return problem;
}

describe("a part of the question in a parameter of its own", () => {
  test.each([
    ["since=2099", "since", 0, '"2099"'],
    ["until=yesterday", "until", 0, '"yesterday"'],
    ["q=job%20id:5&since=2099", "since", 0, '"2099"'],
    ["actor=a..b", "actor", 0, '"a..b"'],
    ["type=done&actor=a..b", "actor", 0, '"a..b"'],
    ["target=a,b..", "target", 3, '".."'],
    ["q=job%20nothing:x&type=done", "q", 4, '"nothing:x"'],
    ["q=job%20type:&type=done", "q", 9, ""],
  ])("%s", async (query, parameter, position, value) => {
    for (const path of ["/api/events", "/api/events/stream", "/api/events/export", "/api/stats"]) {
      const problem = await refusal(`${path}?${query}`);
      expect(problem).toMatchObject({ parameter, position });
      expect(problem.detail).toBe(
        `In the parameter ${parameter}, character ${position + 1}, at ${value || "its end"}: ${problem.reason}`,
      );
    }
  });
});

describe("another parameter", () => {
  test.each([
    ["/api/events?limit=0", "limit", '"0"', "from 1 to 500"],
    ["/api/events?after=x", "after", '"x"', "64 bits"],
    ["/api/events?at=x", "at", '"x"', "15m"],
    ["/api/stats?window=x", "window", '"x"', "15m"],
    ["/api/events/export?format=x", "format", '"x"', "csv"],
    ["/api/tables/agents?sort=nope", "sort", '"nope"', '"id", "name"'],
    ["/api/tables/agents?sort=-nope", "sort", '"-nope"', '"id", "name"'],
    ["/api/tables/agents?sort=api_key", "sort", '"api_key"', "masked"],
    ["/api/tables/agents?group=x", "group", '"agents"', "group out"],
    ["/api/tables/agents?after=x", "after", "after", "next"],
  ])("%s", async (path, parameter, value, allowed) => {
    const problem = await refusal(path);
    expect(problem.parameter).toBe(parameter);
    expect(problem.detail).toContain(`parameter ${parameter}`);
    expect(problem.detail).toContain(value);
    expect(problem.detail).toContain(allowed);
  });

  test("a place in another table is not taken for a column", async () => {
    const { next } = await server.json<{ next: string }>("/api/tables/jobs?limit=1&sort=title");
    const { parameter, detail } = await refusal(`/api/tables/agents?limit=1&after=${next}`);
    expect(parameter).toBe("after");
    expect(detail).not.toContain("title");
  });

  test("a masked column is not offered to sort by", async () => {
    const { detail } = await refusal("/api/tables/agents?sort=nope");
    expect(detail).not.toContain("api_key");
  });
});
