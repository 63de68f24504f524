/** Who may come in, and how: the token, the cookie, the sign-in page. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { SignIn } from "../../../src/http/access/sign-in.ts";
import { Ticket } from "../../../src/http/access/ticket.ts";
import { ROUTES } from "../../../src/http/app.ts";
import { Scratch } from "../../support/scratch.ts";
import { runToEnd, Server } from "../../support/server.ts";
import { StrippingProxy } from "../../support/stripping-proxy.ts";
import { TEST_TIMEOUT_MS, until } from "../../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const TOKEN = "correct-horse-battery";
const BEARER = { Authorization: `Bearer ${TOKEN}` };
const PAGE = { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
/** Says that the process is there, or whether it follows. */
const FOR_EVERYBODY = ["/healthz", "/readyz"];

let scratch: Scratch;
let server: Server;
beforeAll(async () => {
  scratch = new Scratch();
  server = await Server.start([scratch.path("events.db"), "--create"], { env: { TAILBOARD_TOKEN: TOKEN } });
  await until(async () => (await server.fetch("/readyz")).ok, "the tail to follow");
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

const get = (path: string, headers: Record<string, string> = {}) =>
  server.fetch(path, { headers, redirect: "manual" });

/** Signs in as a browser does. @returns the cookie as it is sent back */
async function signIn(of = server): Promise<string> {
  const answer = await of.fetch(`/?token=${TOKEN}`, { redirect: "manual" });
  return answer.headers.get("set-cookie")?.split(";")[0] ?? "";
}

describe("without the token", () => {
  const paths = ["/", "/nothing", "/favicon.ico", ...Object.keys(ROUTES)];

  test.each(paths.filter((path) => !FOR_EVERYBODY.includes(path)))("%s is refused", async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toStartWith("Bearer ");
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(await answer.json()).toMatchObject({
      status: 401,
      detail: expect.stringContaining("Bearer TOKEN"),
    });
  });

  test("the files of the page are refused too, and other methods", async () => {
    const html = await (await get("/", BEARER)).text();
    const [script = ""] = /[\w-]+\.js/.exec(html) ?? [];
    expect((await get(`/${script}`, BEARER)).status).toBe(200);
    expect((await get(`/${script}`)).status).toBe(401);
    for (const method of ["HEAD", "POST", "OPTIONS", "DELETE"])
      expect((await server.fetch("/api/events", { method })).status).toBe(401);
  });

  test.each(FOR_EVERYBODY)("%s answers, and says no more than that", async (path) => {
    const answer = await get(path);
    expect([answer.status, await answer.text()]).toEqual([200, "ok\n"]);
  });

  test("what keeps the tail from following is told to who has the token alone", async () => {
    await using waiting = await Server.start([scratch.path("secret-name.db"), "--token", TOKEN]);
    const unready = await waiting.fetch("/readyz");
    expect(unready.status).toBe(503);
    expect(await unready.text()).not.toContain("secret-name");
    expect(await (await waiting.fetch("/readyz", { headers: BEARER })).text()).toContain("secret-name");
  });
});

describe("with the token", () => {
  test("in a header everything is there", async () => {
    for (const path of ["/", "/api/status", "/api/events", "/metrics"])
      expect([path, (await get(path, BEARER)).status]).toEqual([path, 200]);
    expect((await get("/api/status", { Authorization: `bearer  ${TOKEN}` })).status).toBe(200);
    const reader = await server.follow("", BEARER);
    await reader[Symbol.asyncDispose]();
  });

  test.each([
    "",
    "Bearer",
    "Bearer ",
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(0, -1)}`,
    `Bearer ${TOKEN.toUpperCase()}`,
    `Bearer ${TOKEN} ${TOKEN}`,
    `Basic ${btoa(`:${TOKEN}`)}`,
    TOKEN,
  ])("Authorization: %j is not it", async (header) => {
    expect((await get("/api/events", { Authorization: header })).status).toBe(401);
  });

  test("in the address it is a sign-in on the page, and nothing on a route", async () => {
    const answer = await get(`/?token=${TOKEN}`);
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("./");
    const cookie = answer.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(
      /^tailboard-[\da-f]{8}=[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/,
    );
    expect(cookie).not.toContain(TOKEN);
    expect((await get(`/api/events?token=${TOKEN}`)).status).toBe(401);
    expect((await get(`/?token=${TOKEN}x`)).status).toBe(401);
    expect((await get(`/?token=${TOKEN}x`)).headers.has("set-cookie")).toBe(false);
  });

  test("the other parameters of the address are kept, and a token in any spelling is not", async () => {
    const of = async (search: string) => (await get(`/${search}`)).headers.get("location");
    expect(await of(`?q=type%3Aa+%26b&token=${TOKEN}&event=7`)).toBe("./?q=type%3Aa+%26b&event=7");
    expect(await of(`?%74oken=${TOKEN}&token=other`)).toBe("./");
  });

  test("the cookie is as good as the token, and only whole", async () => {
    const cookie = await signIn();
    expect((await get("/api/events", { Cookie: cookie })).status).toBe(200);
    expect((await get("/api/events", { Cookie: `a=b; ${cookie}; c=d` })).status).toBe(200);
    expect((await get("/", { Cookie: cookie })).status).toBe(200);
    expect((await get("/api/events", { Cookie: cookie.slice(0, -1) })).status).toBe(401);
    expect((await get("/api/events", { Cookie: cookie.replace(/=.*/, `=${TOKEN}`) })).status).toBe(401);
    // A proxy may want an Authorization of its own.
    expect((await get("/api/events", { Cookie: cookie, Authorization: "Bearer for-the-proxy" })).status).toBe(
      200,
    );
    // Who is in already has the token taken from the address all the same.
    const again = await get("/?token=whatever&q=a", { Cookie: cookie });
    expect([again.status, again.headers.get("location")]).toEqual([303, "./?q=a"]);
  });

  test("a restart signs nobody out, another token signs everybody out, and two servers of one host do not mix", async () => {
    const cookie = await signIn();
    await using same = await Server.start([scratch.path("events.db"), "--token", TOKEN]);
    expect((await same.fetch("/api/events", { headers: { Cookie: cookie } })).status).toBe(200);
    await using other = await Server.start([scratch.path("events.db"), "--token", "another-one"]);
    expect((await other.fetch("/api/events", { headers: { Cookie: cookie } })).status).toBe(401);
    const its = await other.fetch("/?token=another-one", { redirect: "manual" });
    expect(its.headers.get("set-cookie")?.split("=")[0]).not.toBe(cookie.split("=")[0]);
  });
});

describe("a person without the token", () => {
  test("is asked for it, and the question comes back", async () => {
    const answer = await get('/?q=type:"a<b>"&event=7', PAGE);
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toStartWith("Bearer ");
    expect(answer.headers.get("content-security-policy")).toBe(
      "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    const html = await answer.text();
    expect(html).not.toMatch(/<script|<style|style=|\son\w+=/);
    expect(html).toContain('<input type="hidden" name="q" value="type:&quot;a&lt;b&gt;&quot;" />');
    expect(html).toContain('<form method="get" action="./">');
    expect(html).toContain('<label for="token">');
    expect(html).not.toContain("This is not the token");
    expect((await get("/sign-in.css")).headers.get("content-type")).toStartWith("text/css");
  });

  test("is told that a token is wrong, and it is not in the page", async () => {
    const led = await get("/?token=wrong-token&q=a", PAGE);
    expect(led.status).toBe(303);
    expect(led.headers.get("set-cookie")).toBeNull();
    // Nor in the address and the history: it may be nearly the right one.
    expect(led.headers.get("location")).toBe("./?q=a&token=");
    const answer = await get("/?q=a&token=", PAGE);
    expect(answer.status).toBe(401);
    const html = await answer.text();
    expect(html).toContain("This is not the token");
    expect(html).toContain('name="q" value="a"');
    expect((await get("/?token=wrong-token")).status).toBe(401);
  });

  test("finds the way from any path, also below a proxy's", async () => {
    const html = await (await get("/api/events/7", PAGE)).text();
    expect(html).toContain('href="../../sign-in.css"');
    expect(html).toContain('action="../../"');
  });

  test("who follows a link of another page is told how to go on", async () => {
    const html = await (
      await get("/?q=a", {
        ...PAGE,
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
      })
    ).text();
    expect(html).toContain('<meta http-equiv="refresh" content="0" />');
    expect(html).toContain('<a href="./?q=a">go on</a>');
    // Over plain HTTP from another machine browsers say no more than this.
    const referred = await get("/?q=a", { ...PAGE, Referer: "https://chat.example/" });
    expect(await referred.text()).toContain("refresh");
    // It asks once: that request is one of this site.
    const headers = { ...PAGE, "Sec-Fetch-Site": "same-origin" };
    expect(await (await get("/?q=a", headers)).text()).not.toContain("refresh");
  });
});

test("the form and the redirect stay below the path of a proxy that takes it away", async () => {
  await using proxy = new StrippingProxy(server.url, "/tools/tail/");
  const html = await (await fetch(proxy.url, { headers: PAGE })).text();
  expect(html).toContain('action="./"');
  expect((await fetch(new URL("./sign-in.css", proxy.url))).status).toBe(200);
  const answer = await fetch(`${proxy.url}?q=a&token=${TOKEN}`, { headers: PAGE, redirect: "manual" });
  expect(new URL(answer.headers.get("location") ?? "", proxy.url).href).toBe(`${proxy.url}?q=a`);
  expect(answer.headers.get("set-cookie")).toContain("Path=/;");
});

test("the cookie is for the path of the page, and what is not below it is no page", async () => {
  const below = new SignIn({
    token: TOKEN,
    basePath: "/tail/",
    isTls: false,
    onSignIn: () => undefined,
    onWrongToken: () => undefined,
  });
  const url = new URL(`http://localhost/tail/?token=${TOKEN}`);
  const visitor = { address: "10.0.0.1", user: undefined, isSecure: false };
  const answer = await below.check(new Request(url), url, "/", visitor);
  expect(answer?.headers.get("set-cookie")).toContain("; Path=/tail/;");
  const outside = below.check(new Request(url, { headers: PAGE }), url, undefined, visitor);
  expect(await outside.catch((error: unknown) => String(error))).toContain("A token is needed");
});

test("secrets are compared in constant time, and nowhere else", async () => {
  const source = join(import.meta.dir, "../../../src/http/access");
  const text = await Bun.file(join(source, "access-token.ts")).text();
  for (const check of ["isToken", "isCookie"])
    expect(text).toMatch(new RegExp(`${check}\\(given: string\\): boolean \\{\\s+return timingSafeEqual\\(`));
  for (const file of new Bun.Glob("*.ts").scanSync(source))
    expect(await Bun.file(join(source, file)).text()).not.toMatch(
      /[!=]==? *(?:\w+\.)*#?(?:token|cookieValue|given|bearer|cookie)\b(?! *===? *(?:null|undefined))/,
    );
});

test("--open signs one browser in, once, and the token is on no command line", async () => {
  // What would open the browser writes down what it was called with.
  const directory = scratch.path("bin");
  mkdirSync(directory);
  const calls = scratch.path("calls");
  writeFileSync(join(directory, "xdg-open"), `#!/bin/sh\necho "$@" >> '${calls}'\nexit 3\n`, { mode: 0o755 });
  await using opened = await Server.start([scratch.path("events.db"), "--open"], {
    env: { TAILBOARD_TOKEN: TOKEN, PATH: `${directory}:${process.env["PATH"]}` },
  });
  await until(() => opened.log.some(({ message }) => message === "opening the browser failed"), "the call");
  const url = (await Bun.file(calls).text()).trim();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}$/);
  expect(url).not.toContain(TOKEN);
  expect(JSON.stringify(opened.log)).not.toContain(url.split("=")[1] ?? "");
  const first = await fetch(url, { redirect: "manual" });
  expect([first.status, (await fetch(url, { redirect: "manual" })).status]).toEqual([303, 401]);
  const cookie = first.headers.get("set-cookie")?.split(";")[0] ?? "";
  expect((await opened.fetch("/api/events", { headers: { Cookie: cookie } })).status).toBe(200);
});

test("a ticket ends after a minute", () => {
  let nowMs = 0;
  const ticket = new Ticket(() => nowMs);
  expect(ticket.take("")).toBe(false);
  const late = ticket.issue();
  nowMs = 60_001;
  expect(ticket.take(late)).toBe(false);
  const [lost, kept] = [ticket.issue(), ticket.issue()];
  expect([ticket.take(lost), ticket.take(kept), ticket.take(kept)]).toEqual([false, true, false]);
});

test("a server that has no token takes one out of the address", async () => {
  await using open = await Server.start([scratch.path("events.db")]);
  const answer = await open.fetch("/?token=left-over&q=a", { redirect: "manual" });
  expect([answer.status, answer.headers.get("location"), answer.headers.get("set-cookie")]).toEqual([
    303,
    "./?q=a",
    null,
  ]);
});

test("the log has the sign-in and the wrong tokens, and no token", async () => {
  await using logged = await Server.start([scratch.path("events.db"), "--token", TOKEN]);
  const cookie = await signIn(logged);
  await logged.fetch("/?token=a-wrong-token");
  await logged.fetch("/api/events", { headers: BEARER });
  await logged.fetch("/api/events", { headers: { Authorization: "Bearer a-wrong-token" } });
  await until(() => logged.log.some(({ message }) => message === "a wrong token was given"), "the warning");
  expect(logged.log.find(({ message }) => message === "signed in")).toMatchObject({ address: "127.0.0.1" });
  expect(logged.log.filter(({ message }) => message === "a wrong token was given")).toHaveLength(1);
  expect(await logged.stop()).toBe(0);
  const text = JSON.stringify(logged.log);
  for (const secret of [TOKEN, cookie.split("=")[1] ?? "", "a-wrong-token"])
    expect(text).not.toContain(secret);
});

describe("another address", () => {
  test("without a token is refused with the command that would work", async () => {
    const { status, stdout, stderr } = await runToEnd(["--host", "0.0.0.0", "--port", "0"], {
      cwd: scratch.directory,
    });
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("TAILBOARD_TOKEN=$(openssl rand -hex 24) bun src/server.ts --host 0.0.0.0");
    expect(stderr.trim()).not.toContain("\n");
  });

  test("with --no-auth is open, and the log says so", async () => {
    await using open = await Server.start([scratch.path("events.db"), "--host", "0.0.0.0", "--no-auth"]);
    expect(open.log.find(({ message }) => message.startsWith("there is no access control"))).toMatchObject({
      level: "warn",
      host: "0.0.0.0",
    });
    const at = new URL(open.url);
    at.hostname = "127.0.0.1";
    expect((await fetch(new URL("/api/events", at))).status).toBe(200);
    // A name is still needed: no page of another site may read it by rebinding.
    expect((await fetch(new URL("/api/events", at), { headers: { Host: "evil.example" } })).status).toBe(403);
  });
});
