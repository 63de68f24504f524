/** Paths that mean to lead out of the page's files: nothing is read from the disk, whatever the path says. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";

import { get, raw, statusOf } from "../../support/raw.ts";
import { Scratch } from "../../support/scratch.ts";
import { Server } from "../../support/server.ts";
import { TEST_TIMEOUT_MS } from "../../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const TOKEN = "correct-horse-battery";

let scratch: Scratch;
let server: Server;
beforeAll(async () => {
  scratch = new Scratch();
  server = await Server.start([scratch.path("events.db"), "--create", "--token", TOKEN]);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

const TRICKS = [
  "/../../etc/passwd",
  "/%2e%2e/%2e%2e/etc/passwd",
  "/..%2f..%2fetc%2fpasswd",
  "/..%5c..%5cetc%5cpasswd",
  "/%252e%252e/etc/passwd",
  "/.%2e/package.json",
  "/./src/server.ts",
  "//etc/passwd",
  "//evil.example/",
  "/\\evil.example/",
  "/%00",
  "/api/events%00",
  "/api%2fevents",
  "/api/events/",
  "/api//events",
  "//api/events",
  "/API/EVENTS",
  "/api/events;x=1",
  "/__proto__",
  "/constructor",
  "/toString",
  "http://evil.example/etc/passwd",
  "http://evil.example",
  "*",
  "etc/passwd",
  "/\u0000",
  "/api/tables/..%2f..",
];

test.each(TRICKS)("%j opens nothing without the token", async (target) => {
  const status = statusOf(await raw(server.port, get(target)));
  expect([400, 401, 505]).toContain(status ?? 0);
});

test.each(TRICKS.filter((target) => target !== "http://evil.example"))(
  "%j leads nowhere with it",
  async (target) => {
    const answer = await raw(server.port, get(target, `Authorization: Bearer ${TOKEN}`));
    expect([400, 404, 505]).toContain(statusOf(answer) ?? 0);
    expect(answer).not.toMatch(/root:|^Location/im);
  },
);

test("a sign-in leads to the page, and never to another site", async () => {
  for (const target of [
    `//evil.example/?token=${TOKEN}`,
    `/\\evil.example/?token=${TOKEN}`,
    `/api/events?token=${TOKEN}`,
  ])
    expect(statusOf(await raw(server.port, get(target)))).toBe(401);
  for (const target of [
    `/?token=${TOKEN}`,
    `http://evil.example/?token=${TOKEN}`,
    `/api/..//?token=${TOKEN}`,
  ]) {
    const answer = await raw(server.port, get(target));
    if (statusOf(answer) === 303) expect(answer).toMatch(/^Location: \.\/\r$/im);
    else expect(statusOf(answer)).toBe(401);
  }
});

test.each(["CONNECT evil.example:443", "TRACE /", "PROPFIND /"])("%s is no request here", async (line) => {
  const answer = await raw(
    server.port,
    `${line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`,
  );
  expect([400, 404, 405]).toContain(statusOf(answer) ?? 0);
});

test.each([
  ["two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"],
  ["a length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["a line that is folded", "X: a\r\n b\r\n\r\n"],
])("%s, with which a request could be hidden in another one, are refused", async (_what, rest) => {
  const answer = await raw(server.port, `POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${rest}`);
  expect(statusOf(answer)).toBe(400);
});
