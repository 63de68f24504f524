/** What one client can take: requests, wrong tokens, long addresses, headers, connections that say nothing. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";

import { MAX_URL_LENGTH } from "../../../src/http/access/access.ts";
import {
  FailedTries,
  FREE_TRIES,
  LONGEST_DELAY_MS,
  MAX_WAITING_PER_ADDRESS,
} from "../../../src/http/access/failed-tries.ts";
import { RecentMap } from "../../../src/http/access/recent-map.ts";
import { REQUEST_BURST, RequestRate, REQUESTS_PER_SECOND } from "../../../src/http/access/request-rate.ts";
import { get, raw, statusOf } from "../../support/raw.ts";
import { Scratch } from "../../support/scratch.ts";
import { Server } from "../../support/server.ts";
import { TEST_TIMEOUT_MS, until } from "../../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const TOKEN = "correct-horse-battery";
const BEARER = { Authorization: `Bearer ${TOKEN}` };

test("what is remembered of clients has an end, and who was here last is kept", () => {
  const map = new RecentMap<number>(2);
  map.set("a", 1);
  map.set("b", 2);
  expect(map.get("a")).toBe(1);
  map.set("c", 3);
  expect([map.size, map.get("a"), map.get("b"), map.get("c")]).toEqual([2, 1, undefined, 3]);
});

describe("the rate of requests", () => {
  const passes = (rate: RequestRate, address: string): boolean => {
    try {
      rate.count(address);
      return true;
    } catch {
      return false;
    }
  };
  const passing = (rate: RequestRate, address: string, times: number): number =>
    Array.from({ length: times }, () => passes(rate, address)).filter(Boolean).length;

  test("a burst, and then so many in a second", () => {
    let nowMs = 0;
    const rate = new RequestRate(() => nowMs);
    expect(passing(rate, "10.0.0.1", REQUEST_BURST + 100)).toBe(REQUEST_BURST);
    expect(passes(rate, "10.0.0.2")).toBe(true);
    nowMs = 1000;
    expect(passing(rate, "10.0.0.1", 1000)).toBe(REQUESTS_PER_SECOND);
    nowMs = 3_600_000;
    expect(passing(rate, "10.0.0.1", REQUEST_BURST + 100)).toBe(REQUEST_BURST);
  });

  test("a household of IPv6 is one client, and this machine is none", () => {
    const rate = new RequestRate(() => 0);
    for (let host = 1; host <= REQUEST_BURST; host++) rate.count(`2001:db8:1:2::${host.toString(16)}`);
    expect(passes(rate, "2001:db8:1:2:ffff::1")).toBe(false);
    expect(passes(rate, "2001:db8:1:3::1")).toBe(true);
    for (const address of ["127.0.0.1", "::1"])
      expect(passing(rate, address, REQUEST_BURST + 100)).toBe(REQUEST_BURST + 100);
  });
});

describe("wrong tokens", () => {
  test("are answered ever later, up to a limit, and an hour later at once again", async () => {
    let nowMs = 0;
    const waits: number[] = [];
    const failed = new FailedTries(
      () => nowMs,
      (ms) => {
        waits.push(ms);
        return Promise.resolve();
      },
    );
    for (let time = 0; time < FREE_TRIES; time++) await failed.count("10.0.0.1");
    expect(waits).toEqual([]);
    for (let time = 0; time < 5; time++) await failed.count("10.0.0.1");
    expect(waits).toEqual([250, 500, 1000, 2000, LONGEST_DELAY_MS]);
    await failed.count("10.0.0.2");
    nowMs = 3_600_000;
    await failed.count("10.0.0.1");
    expect(waits).toHaveLength(5);
  });

  test("of one address wait in a small number, and further ones are refused at once", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const failed = new FailedTries(
      () => 0,
      () => promise,
    );
    for (let time = 0; time < FREE_TRIES; time++) await failed.count("10.0.0.1");
    const waiting = Array.from({ length: MAX_WAITING_PER_ADDRESS }, () => failed.count("10.0.0.1"));
    expect(await failed.count("10.0.0.1")).toBe("too-many");
    expect(await failed.count("10.0.0.2")).toBe("waited");
    resolve();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(["waited"]));
    expect(await failed.count("10.0.0.1")).toBe("waited");
  });
});

describe("a server", () => {
  let scratch: Scratch;
  let server: Server;
  beforeAll(async () => {
    scratch = new Scratch();
    const args = [scratch.path("events.db"), "--create", "--trusted-proxy", "127.0.0.1"];
    server = await Server.start(args, { env: { TAILBOARD_TOKEN: TOKEN } });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    scratch[Symbol.dispose]();
  });

  test("lets the right token in at once while the same address guesses", async () => {
    const guess = () => server.fetch("/api/status", { headers: { Authorization: "Bearer a-guess-of-it" } });
    const guesses = Array.from({ length: 60 }, guess);
    const startedAtMs = performance.now();
    expect((await server.fetch("/api/status", { headers: BEARER })).status).toBe(200);
    expect(performance.now() - startedAtMs).toBeLessThan(1000);
    const answers = await Promise.all(guesses);
    const statuses = new Set(answers.map(({ status }) => status));
    expect(statuses).toEqual(new Set([401, 429]));
    expect(answers.find(({ status }) => status === 429)?.headers.get("retry-after")).toBe("5");
  });

  test("tells a person who types among too many guesses to wait, on the page", async () => {
    const type = () => server.fetch("/?token=a-wrong-token", { headers: { Accept: "text/html" } });
    const answers = await Promise.all(Array.from({ length: 40 }, type));
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers.get("content-type")).toStartWith("text/html");
    expect(await refused?.text()).toContain("Wait a moment");
  });

  test("refuses too many requests of one client, and of no other", async () => {
    const from = (address: string) =>
      server.fetch("/api/status", { headers: { ...BEARER, "X-Forwarded-For": address } });
    let refused: Response | undefined;
    await until(async () => {
      const answers = await Promise.all(Array.from({ length: 200 }, () => from("203.0.113.9")));
      refused = answers.find(({ status }) => status === 429);
      return refused;
    }, "a refusal");
    expect(refused?.headers.get("retry-after")).toBe("1");
    expect(await refused?.json()).toMatchObject({ detail: expect.stringContaining("203.0.113.9") });
    expect((await from("203.0.113.10")).status).toBe(200);
    expect((await server.fetch("/api/status", { headers: BEARER })).status).toBe(200);
  });

  test("says of an address that is too long how long it may be", async () => {
    const of = (length: number) =>
      `/?q=${"x".repeat(length - new URL(server.url).href.length - "?q=".length)}`;
    expect((await server.fetch(of(MAX_URL_LENGTH), { headers: BEARER })).status).toBe(200);
    const answer = await server.fetch(of(MAX_URL_LENGTH + 1), { headers: BEARER });
    expect(answer.status).toBe(414);
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining(String(MAX_URL_LENGTH)) });
  });

  test.each([
    ["an address of 20 KiB", get(`/${"x".repeat(20_480)}`)],
    ["one header of 20 KiB", get("/", `X: ${"x".repeat(20_480)}`)],
    ["a flood of headers", get("/", ...Array.from({ length: 5000 }, (_, at) => `X-${at}: x`))],
  ])("refuses %s, and the connection with it", async (_what, request) => {
    expect(statusOf(await raw(server.port, request))).toBe(431);
  });

  test("never reads a body", async () => {
    const post = (...headers: string[]) =>
      [
        "POST /api/events HTTP/1.1",
        "Host: localhost",
        `Authorization: Bearer ${TOKEN}`,
        "Connection: close",
        ...headers,
        "",
        "",
      ].join("\r\n");
    // It is told before a byte of it has come.
    expect(statusOf(await raw(server.port, post("Content-Length: 100000000000")))).toBe(413);
    expect(statusOf(await raw(server.port, post("Content-Length: 5")))).toBe(405);
  });

  test("is there for others beside thousands of connections that say half a sentence, and ends those", async () => {
    const HALF_OPEN = 3000;
    let closed = 0;
    const open = await Promise.all(
      Array.from({ length: HALF_OPEN }, (_, at) =>
        Bun.connect({
          hostname: "127.0.0.1",
          port: server.port,
          socket: { data: () => undefined, close: () => void closed++, error: () => undefined },
        }).then((socket) => {
          // Nothing at all, half a line, or headers without an end.
          socket.write(["", "GET /api/st", "GET / HTTP/1.1\r\nHost: localhost\r\nX: "][at % 3] ?? "");
          return socket;
        }),
      ),
    );
    // Slow headers: a byte each second keeps none of them open.
    const drip = setInterval(() => {
      for (const [at, socket] of open.entries()) if (at % 3 === 2) socket.write("x");
    }, 1000);
    const startedAtMs = performance.now();
    expect((await server.fetch("/api/status", { headers: BEARER })).status).toBe(200);
    expect(performance.now() - startedAtMs).toBeLessThan(1000);
    await until(() => closed === HALF_OPEN, "all of them to be closed", 20_000);
    clearInterval(drip);
    expect((await server.fetch("/api/status", { headers: BEARER })).status).toBe(200);
  });
});
