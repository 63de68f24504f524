/** Who is behind a proxy: believed only from proxies that are named. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";

import { AddressSet, ipAddress, networkOf } from "../../../src/http/access/ip-address.ts";
import { Proxies } from "../../../src/http/access/proxies.ts";
import { Visits } from "../../../src/http/access/visits.ts";
import { Scratch } from "../../support/scratch.ts";
import { Server } from "../../support/server.ts";
import { TEST_TIMEOUT_MS, until } from "../../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

test.each([
  ["127.0.0.1", "127.0.0.1"],
  ["::1", "::1"],
  ["[::1]", "::1"],
  ["0:0:0:0:0:0:0:1", "::1"],
  ["2001:DB8::0001", "2001:db8::1"],
  ["::ffff:10.0.0.1", "10.0.0.1"],
  ["::ffff:a00:1", "10.0.0.1"],
  ["fe80::1%eth0", "fe80::1"],
  ["10.0.0.256", undefined],
  ["unknown", undefined],
  ["", undefined],
])("%j is the address %j", (text, address) => expect(ipAddress(text)).toEqual(address));

test("a client is an IPv4 address, or 64 bits of IPv6", () => {
  expect(networkOf("10.0.0.1")).toBe("10.0.0.1");
  expect(networkOf("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2::/64");
  expect(networkOf("2001:db8::6")).toBe("2001:db8:0:0::/64");
  expect(networkOf("::1")).toBe(networkOf("::2"));
});

test("sets have addresses and networks of both kinds", () => {
  const set = new AddressSet(["10.0.0.0/8", "192.168.1.7", "fd00::/8", "::1"]);
  for (const address of ["10.255.0.1", "192.168.1.7", "fd12::1", "::1"]) expect(set.has(address)).toBe(true);
  for (const address of ["11.0.0.1", "192.168.1.8", "fe80::1", "::2", "", "unknown"])
    expect(set.has(address)).toBe(false);
});

describe("the client's address", () => {
  const proxies = new Proxies(["10.0.0.0/8", "fd00::1"], "x-user");
  const of = (peer: string, headers: HeadersInit) => proxies.visitor(peer, new Headers(headers)).address;

  test.each([
    // Whoever is no proxy that is named can say what it likes.
    ["203.0.113.1", { "X-Forwarded-For": "198.51.100.1" }, "203.0.113.1"],
    ["203.0.113.1", { Forwarded: "for=198.51.100.1", "X-Real-IP": "198.51.100.1" }, "203.0.113.1"],
    ["10.0.0.1", {}, "10.0.0.1"],
    ["10.0.0.1", { "X-Forwarded-For": "198.51.100.1" }, "198.51.100.1"],
    ["::ffff:10.0.0.1", { "X-Forwarded-For": "198.51.100.1" }, "198.51.100.1"],
    // The client has sent the first one itself.
    ["10.0.0.1", { "X-Forwarded-For": "127.0.0.1, 198.51.100.1" }, "198.51.100.1"],
    ["10.0.0.1", { "X-Forwarded-For": "127.0.0.1, 198.51.100.1, 10.0.0.2" }, "198.51.100.1"],
    ["10.0.0.1", { "X-Forwarded-For": "10.0.0.3, 10.0.0.2" }, "10.0.0.3"],
    ["10.0.0.1", { "X-Forwarded-For": "198.51.100.1:4711" }, "198.51.100.1"],
    ["10.0.0.1", { "X-Forwarded-For": "[2001:db8::1]:4711" }, "2001:db8::1"],
    ["10.0.0.1", { "X-Forwarded-For": "2001:db8::1" }, "2001:db8::1"],
    ["10.0.0.1", { "X-Forwarded-For": "127.0.0.1, unknown" }, "10.0.0.1"],
    ["10.0.0.1", { "X-Forwarded-For": "127.0.0.1,, ,\\r" }, "10.0.0.1"],
    ["10.0.0.1", { "X-Forwarded-For": "" }, "10.0.0.1"],
    ["fd00::1", { Forwarded: 'for=192.0.2.43, for="[2001:db8::17]:4711";proto=https' }, "2001:db8::17"],
    ["10.0.0.1", { Forwarded: "by=_x;For=192.0.2.43" }, "192.0.2.43"],
    ["10.0.0.1", { Forwarded: "for=_hidden" }, "10.0.0.1"],
    ["10.0.0.1", { "X-Real-IP": "198.51.100.1" }, "198.51.100.1"],
    ["10.0.0.1", { "X-Forwarded-For": "198.51.100.1", "X-Real-IP": "127.0.0.1" }, "198.51.100.1"],
  ])("%s %j is %s", (peer, headers, address) => expect(of(peer, headers)).toBe(address));

  test("a list that is longer than any is read from its end, and not to its beginning", () => {
    const many = Array.from({ length: 10_000 }, () => "10.0.0.2").join(", ");
    expect(of("10.0.0.1", { "X-Forwarded-For": `127.0.0.1, ${many}` })).toBe("10.0.0.2");
  });

  test("the user's name is the proxy's to say, short and without what a terminal obeys", () => {
    const user = (peer: string, name: string) => proxies.visitor(peer, new Headers({ "X-User": name })).user;
    expect(user("10.0.0.1", "ada@example.com")).toBe("ada@example.com");
    expect(user("203.0.113.1", "ada")).toBeUndefined();
    expect(user("10.0.0.1", " ")).toBeUndefined();
    expect(user("10.0.0.1", `a\u009b2J${"b".repeat(1000)}`)).toBe(`a2J${"b".repeat(61)}`);
  });

  test("the browser came by TLS where the nearest proxy says so", () => {
    const isSecure = (headers: Record<string, string>, peer = "10.0.0.1") =>
      proxies.visitor(peer, new Headers(headers)).isSecure;
    expect(isSecure({ "X-Forwarded-Proto": "https" })).toBe(true);
    expect(isSecure({ "X-Forwarded-Proto": "https, http" })).toBe(false);
    expect(isSecure({ Forwarded: "for=192.0.2.1;proto=HTTPS" })).toBe(true);
    expect(isSecure({ "X-Forwarded-Proto": "https" }, "203.0.113.1")).toBe(false);
    expect(isSecure({})).toBe(false);
  });
});

test("a person's first stream is told of, and another one after half an hour", () => {
  let nowMs = 0;
  const visits = new Visits(() => nowMs);
  const ada = { address: "10.0.0.1", user: "ada", isSecure: false };
  expect([visits.isFirst(ada), visits.isFirst(ada)]).toEqual([true, false]);
  expect(visits.isFirst({ ...ada, user: "bob" })).toBe(true);
  expect(visits.isFirst({ ...ada, user: undefined })).toBe(false);
  nowMs = 1_800_001;
  expect(visits.isFirst(ada)).toBe(true);
});

describe("a server behind a proxy", () => {
  const TOKEN = "correct-horse-battery";
  let scratch: Scratch;
  let server: Server;
  beforeAll(async () => {
    scratch = new Scratch();
    server = await Server.start([
      scratch.path("events.db"),
      "--create",
      "--token",
      TOKEN,
      "--trusted-proxy",
      "127.0.0.1",
      "--user-header",
      "X-Forwarded-User",
      "--max-connections-per-address",
      "2",
    ]);
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    scratch[Symbol.dispose]();
  });

  test("makes the cookie for TLS, and names who has signed in", async () => {
    const headers = {
      "X-Forwarded-For": "198.51.100.1",
      "X-Forwarded-Proto": "https",
      "X-Forwarded-User": "ada",
    };
    const answer = await server.fetch(`/?token=${TOKEN}`, { headers, redirect: "manual" });
    expect(answer.headers.get("set-cookie")).toEndWith("; SameSite=Strict; Secure");
    await until(() => server.log.find(({ message }) => message === "signed in"), "the line");
    expect(server.log.find(({ message }) => message === "signed in")).toMatchObject({
      address: "198.51.100.1",
      user: "ada",
    });
  });

  test("counts the streams of each client, and tells of a person's first", async () => {
    const from = (address: string) => ({
      Authorization: `Bearer ${TOKEN}`,
      "X-Forwarded-For": address,
      "X-Forwarded-User": "bob",
    });
    await using first = await server.follow("", from("198.51.100.2"));
    await using second = await server.follow("", from("198.51.100.2"));
    const third = await server.fetch("/api/events/stream", { headers: from("198.51.100.2") });
    expect(third.status).toBe(429);
    expect(await third.json()).toMatchObject({ detail: expect.stringContaining("198.51.100.2") });
    await using other = await server.follow("", from("198.51.100.3"));
    expect([first, second, other].map(({ ended }) => ended)).toEqual([false, false, false]);
    const lines = server.log.filter(({ message }) => message === "stream opened");
    expect(lines.map(({ address, user }) => [address, user])).toEqual([
      ["198.51.100.2", "bob"],
      ["198.51.100.3", "bob"],
    ]);
  });
});
