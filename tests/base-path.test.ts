/** `--base-path`: the text of the option, and a server that answers under it. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { parseBasePath, under } from "../src/base-path.ts";
import { Scratch } from "./support/scratch.ts";
import { runToEnd, Server } from "./support/server.ts";
import { TEST_TIMEOUT_MS, until } from "./support/until.ts";
import { Writer } from "./support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

describe("the text of a base path", () => {
  test.each([
    ["/", "/"],
    ["/p", "/p/"],
    ["/p/", "/p/"],
    ["/tools/tail.v2~a_b-c", "/tools/tail.v2~a_b-c/"],
  ])("%s", (text, path) => expect(parseBasePath(text)).toBe(path));

  test.each([
    "",
    "p",
    "p/",
    "//",
    "//p",
    "/p//q",
    "/p/../q",
    "/p/.",
    "/p?x",
    "/p#x",
    "/a b",
    "/%70",
    "/ä",
    "/p;x",
  ])("%p is none", (text) => expect(parseBasePath(text)).toBeUndefined());
});

describe("a path of a request", () => {
  test.each([
    ["/", "/", { kind: "inside", path: "/" }],
    ["/", "/api/status", { kind: "inside", path: "/api/status" }],
    ["/p/", "/p/", { kind: "inside", path: "/" }],
    ["/p/", "/p/api/status", { kind: "inside", path: "/api/status" }],
    ["/a/p/", "/a/p", { kind: "redirect", location: "p/" }],
    ["/p/", "/", { kind: "outside" }],
    ["/p/", "/pq", { kind: "outside" }],
    ["/p/", "/P/", { kind: "outside" }],
    ["/p/", "/api/status", { kind: "outside" }],
  ] as const)("under %s: %s", (basePath, path, where) => expect(under(basePath, path)).toEqual({ ...where }));
});

describe("a wrong base path", () => {
  test.each(["p", "/p/../q", "/p?x"])("%s is one line that says what is allowed", async (text) => {
    const { stdout, stderr, status } = await runToEnd(["--base-path", text]);
    expect({ stdout, status }).toEqual({ stdout: "", status: 2 });
    expect(stderr).toBe(
      `tailboard: --base-path takes a path such as /tail or /tools/tail, of letters, digits, "-", ".", "_" and "~": got ${JSON.stringify(text)}\n`,
    );
  });

  test("of the environment is named by its variable", async () => {
    const { stderr, status } = await runToEnd([], { env: { TAILBOARD_BASE_PATH: "tail" } });
    expect(status).toBe(2);
    expect(stderr).toStartWith("tailboard: TAILBOARD_BASE_PATH takes a path");
  });
});

describe("a server under a base path", () => {
  test("has everything there", async () => {
    using scratch = new Scratch();
    await using server = await Server.start([
      scratch.path("events.db"),
      "--create",
      "--base-path",
      "/tools/tail",
    ]);
    expect(new URL(server.url).pathname).toBe("/tools/tail/");
    const at = (path: string, init?: RequestInit) => fetch(new URL(path, server.url), init);

    const page = await (await at("/tools/tail/")).text();
    expect(page).toContain("<title>");
    const files = [...page.matchAll(/(?:src|href)="(\.\/[^"]+)"/g)].map(([, path = ""]) => path);
    expect(files.length).toBeGreaterThan(2);
    for (const file of files)
      expect([file, (await fetch(new URL(file, server.url))).status]).toEqual([file, 200]);

    await using writer = new Writer(scratch.path("events.db"));
    await using stream = await server.follow();
    await writer.insert(2);
    await stream.waitForRows(2);
    expect(await server.json("/api/events/1")).toMatchObject({ id: 1 });
    expect(await server.json("/api/openapi.json")).toMatchObject({ servers: [{ url: "/tools/tail" }] });
  });

  test("leads to the slash at its end, and keeps the question", async () => {
    using scratch = new Scratch();
    await using server = await Server.start([
      scratch.path("events.db"),
      "--create",
      "--base-path",
      "/tools/tail/",
    ]);
    const at = (path: string, init?: RequestInit) => fetch(new URL(path, server.url), init);
    const answer = await at("/tools/tail?q=type%3Ax", { redirect: "manual" });
    expect(answer.status).toBe(307);
    // Relative, so that it is right behind a proxy that puts a path of its own before it.
    expect(answer.headers.get("Location")).toBe("tail/?q=type%3Ax");
    expect((await at("/tools/tail?q=type%3Ax")).url).toBe(`${server.url}?q=type%3Ax`);
    expect((await at("/tools/tail", { method: "POST", redirect: "manual" })).status).toBe(405);
  });

  test("has nothing elsewhere, and says where it is", async () => {
    using scratch = new Scratch();
    await using server = await Server.start([scratch.path("events.db"), "--create", "--base-path", "/tail"]);
    const at = (path: string, init?: RequestInit) => fetch(new URL(path, server.url), init);
    for (const path of ["/", "/api/status", "/api/events/stream", "/tailor/", "/tail/../api/status"]) {
      const answer = await at(path);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(await answer.text()).toContain(
        "the dashboard is at /tail/, the stream at /tail/api/events/stream",
      );
    }
    expect(await (await at("/tail/nothing")).text()).toContain(
      "There is nothing at /tail/nothing: the dashboard is at /tail/",
    );
  });

  test("answers probes and scrapes at the root too, which do not come through the proxy", async () => {
    using scratch = new Scratch();
    await using server = await Server.start([scratch.path("events.db"), "--create", "--base-path", "/tail"]);
    await until(async () => (await fetch(new URL("/readyz", server.url))).status === 200, "the tail");
    for (const path of ["/healthz", "/readyz", "/metrics", "/tail/healthz", "/tail/readyz", "/tail/metrics"])
      expect([path, (await fetch(new URL(path, server.url))).status]).toEqual([path, 200]);
  });
});
