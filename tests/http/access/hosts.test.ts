/** DNS rebinding: which names this server goes by. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";

import { HostCheck } from "../../../src/http/access/host-check.ts";
import { get, raw, statusOf } from "../../support/raw.ts";
import { Scratch } from "../../support/scratch.ts";
import { Server } from "../../support/server.ts";
import { TEST_TIMEOUT_MS } from "../../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

function isAllowed(check: HostCheck, host: string): boolean {
  try {
    check.check(new Request("http://localhost/", { headers: { Host: host } }));
    return true;
  } catch {
    return false;
  }
}

const LOOPBACK = [
  "localhost",
  "LocalHost:3000",
  "localhost.",
  "127.0.0.1:1",
  "127.9.9.9",
  "[::1]",
  "[0:0::1]:80",
  "[::ffff:127.0.0.1]:3000",
];
const FOREIGN = [
  "evil.example",
  "localhost.evil.example",
  "127.0.0.1.evil.example",
  "evil.example:3000",
  "10.0.0.1",
  "[fd00::1]",
  "localhost@evil.example",
  "evil.example, localhost",
  "localhost, evil.example",
  "localhost/evil",
  "localhost:3000:3000",
  "localhost:",
  "",
  "..",
  "0x7f000001",
  "2130706433",
  "127.1",
];

describe("on loopback", () => {
  const check = new HostCheck({ host: "127.0.0.1", allowedHosts: [] });
  test.each(LOOPBACK)("%j is a name of this server", (host) => expect(isAllowed(check, host)).toBe(true));
  test.each(FOREIGN)("%j is none", (host) => expect(isAllowed(check, host)).toBe(false));
});

test("--allowed-host adds names, in any spelling of them", () => {
  const check = new HostCheck({
    host: "127.0.0.1",
    allowedHosts: ["Tail.Example.", "10.0.0.5", "[FD00:0::1]"],
  });
  for (const host of ["tail.example", "TAIL.example.:443", "10.0.0.5:80", "[fd00::1]:3000", "localhost"])
    expect([host, isAllowed(check, host)]).toEqual([host, true]);
  for (const host of ["a.tail.example", "tail.example.evil", "10.0.0.6", "[fd00::2]"])
    expect([host, isAllowed(check, host)]).toEqual([host, false]);
});

test("the address that is listened on is a name", () => {
  const check = new HostCheck({ host: "192.168.1.7", allowedHosts: [] });
  expect(isAllowed(check, "192.168.1.7:3000")).toBe(true);
  expect(isAllowed(check, "192.168.1.8:3000")).toBe(false);
  expect(isAllowed(new HostCheck({ host: "Box.local", allowedHosts: [] }), "box.local:3000")).toBe(true);
});

test("every address of the machine is a name where all are listened on, also one that it gets later", () => {
  let nowMs = 0;
  let addresses = ["10.0.0.5", "fd00::5"];
  const check = new HostCheck({
    host: "0.0.0.0",
    allowedHosts: [],
    ownAddresses: () => addresses,
    nowMs: () => nowMs,
  });
  expect([isAllowed(check, "10.0.0.5:3000"), isAllowed(check, "[fd00::5]")]).toEqual([true, true]);
  expect([isAllowed(check, "10.0.0.6"), isAllowed(check, "evil.example")]).toEqual([false, false]);
  addresses = ["10.0.0.6"];
  expect(isAllowed(check, "10.0.0.6")).toBe(false);
  nowMs = 5001;
  expect([isAllowed(check, "10.0.0.6"), isAllowed(check, "10.0.0.5")]).toEqual([true, false]);
});

describe("a request as it is sent", () => {
  let scratch: Scratch;
  let server: Server;
  beforeAll(async () => {
    scratch = new Scratch();
    server = await Server.start([scratch.path("events.db"), "--create", "--allowed-host", "tail.example"]);
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    scratch[Symbol.dispose]();
  });
  const send = (target: string, ...headers: string[]) =>
    raw(server.port, [`GET ${target} HTTP/1.1`, "Connection: close", ...headers, "", ""].join("\r\n"));

  test("by another name is refused with what to set, the page and its files too", async () => {
    for (const path of ["/", "/api/events", "/healthz", "/metrics", "/nothing"]) {
      const answer = await send(path, "Host: rebound.example");
      expect([path, statusOf(answer)]).toEqual([path, 403]);
      expect(answer).toContain("--allowed-host rebound.example");
    }
    expect(statusOf(await send("/api/events", "Host: tail.example"))).toBe(200);
    expect(server.log.filter(({ message }) => message === "refused: Host not allowed")).toHaveLength(1);
  });

  test("with two names is refused", async () => {
    expect(statusOf(await send("/", "Host: localhost", "Host: rebound.example"))).toBe(403);
    expect(statusOf(await send("/", "Host: rebound.example", "Host: localhost"))).toBe(403);
  });

  test("what is offered to set is a name, and no command of somebody else", async () => {
    const answer = await send("/", "Host: $(reboot)");
    expect([400, 403]).toContain(statusOf(answer) ?? 0);
    expect(answer).not.toContain("--allowed-host $");
  });

  test("with an absolute address: the Host header counts", async () => {
    expect(statusOf(await raw(server.port, get("http://rebound.example/api/events")))).toBe(200);
    expect(statusOf(await send("http://localhost/api/events", "Host: rebound.example"))).toBe(403);
  });
});
