/** What pages of other sites can do: nothing, unless their origin is named. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";

import { Scratch } from "../../support/scratch.ts";
import { Server } from "../../support/server.ts";
import { TEST_TIMEOUT_MS } from "../../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const WALL = "https://wall.example";

let scratch: Scratch;
let closed: Server;
let open: Server;
beforeAll(async () => {
  scratch = new Scratch();
  closed = await Server.start([scratch.path("events.db"), "--create"]);
  open = await Server.start([
    scratch.path("events.db"),
    "--cors-origin",
    `${WALL},http://localhost:8080`,
    "--token",
    "long-enough",
  ]);
});
afterAll(async () => {
  await closed[Symbol.asyncDispose]();
  await open[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

const AUTHORIZED = { Authorization: "Bearer long-enough" };
const LINK = { "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document" };

describe("without --cors-origin", () => {
  test.each([
    [{ "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image" }, 403],
    [{ "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", Origin: WALL }, 403],
    // Another port of the same host: its requests carry the cookie.
    [{ "Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script" }, 403],
    [{ "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe" }, 403],
    [{ "Sec-Fetch-Site": "cross-site", ...LINK }, 200],
    [{ "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors" }, 200],
    [{ "Sec-Fetch-Site": "none", ...LINK }, 200],
    // Browsers of before 2023.
    [{ Origin: WALL }, 403],
    [{ Origin: "null" }, 403],
    [{}, 200],
  ])("%j gets %d", async (headers, status) => {
    for (const path of ["/api/events", "/"]) {
      const answer = await closed.fetch(path, { headers: { ...headers } as Record<string, string> });
      expect([path, answer.status]).toEqual([path, status]);
      expect(answer.headers.get("access-control-allow-origin")).toBeNull();
      expect(answer.headers.get("cross-origin-resource-policy")).toBe("same-origin");
    }
  });

  test("the page's own origin is none of another site", async () => {
    const { origin } = new URL(closed.url);
    expect((await closed.fetch("/api/events", { headers: { Origin: origin } })).status).toBe(200);
  });

  test("there is no OPTIONS", async () => {
    const headers = { Origin: WALL, "Access-Control-Request-Method": "GET", "Sec-Fetch-Site": "cross-site" };
    const answer = await closed.fetch("/api/events", { method: "OPTIONS", headers });
    expect(answer.status).toBe(403);
    expect((await closed.fetch("/api/events", { method: "OPTIONS" })).status).toBe(405);
  });
});

describe("with --cors-origin", () => {
  test("a page of that origin reads with the token, and never with a cookie", async () => {
    const headers = { ...AUTHORIZED, Origin: WALL, "Sec-Fetch-Site": "cross-site" };
    const answer = await open.fetch("/api/events", { headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("access-control-allow-origin")).toBe(WALL);
    expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
    expect(answer.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
    expect(answer.headers.get("vary")).toContain("Origin");
  });

  test("it can read what is wrong", async () => {
    const answer = await open.fetch("/api/events", { headers: { Origin: WALL } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("access-control-allow-origin")).toBe(WALL);
  });

  test.each([
    "https://wall.example.evil",
    "http://wall.example",
    "https://wall.example:444",
    "https://WALL.example",
    "null",
    "https://a.wall.example",
  ])("%s is another one", async (origin) => {
    const headers = { ...AUTHORIZED, Origin: origin };
    const answer = await open.fetch("/api/events", { headers });
    expect(answer.status).toBe(403);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    expect(answer.headers.get("vary")).toContain("Origin");
  });

  test("a preflight of that origin may send the token, and no other gets an answer", async () => {
    const ask = (origin: string) =>
      open.fetch("/api/events/stream", {
        method: "OPTIONS",
        headers: {
          Origin: origin,
          "Access-Control-Request-Method": "GET",
          "Access-Control-Request-Headers": "authorization",
        },
      });
    const answer = await ask("http://localhost:8080");
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-origin")).toBe("http://localhost:8080");
    expect(answer.headers.get("access-control-allow-methods")).toBe("GET, HEAD");
    expect(answer.headers.get("access-control-allow-headers")).toContain("Authorization");
    expect((await ask("https://evil.example")).status).toBe(403);
    // It is not by accident that it needs no token: a browser sends none with a preflight.
    expect((await open.fetch("/api/events", { method: "OPTIONS" })).status).toBe(401);
  });

  test("a cache keeps one answer for each origin, also of the page", async () => {
    const answer = await open.fetch("/", { headers: AUTHORIZED });
    expect(answer.headers.get("vary")).toBe("Accept-Encoding, Origin");
  });
});

test.each([
  ["/", {}, 200],
  ["/api/events", {}, 200],
  ["/api/events/stream", { method: "HEAD" }, 200],
  ["/api/events?limit=x", {}, 400],
  ["/api/events", { headers: { Host: "evil.example" } }, 403],
  ["/nothing", {}, 404],
  ["/", { method: "POST" }, 405],
  ["/?q=" + "x".repeat(13_000), {}, 414],
  ["/healthz", {}, 200],
  ["/metrics", {}, 200],
] as const)("%.20s %j has every header", async (path, init, status) => {
  const answer = await closed.fetch(path, init);
  expect(answer.status).toBe(status);
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
  expect(answer.headers.get("cross-origin-resource-policy")).toBe("same-origin");
  expect(answer.headers.get("content-security-policy")).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
});
