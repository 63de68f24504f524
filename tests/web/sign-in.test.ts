/** Signing in, as people do it in a browser. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { axe } from "../support/axe.ts";
import { describeInBrowser, Tab, type TabOptions } from "../support/browser.ts";
import { describeInFirefox, Firefox } from "../support/firefox.ts";
import { Scratch } from "../support/scratch.ts";
import { Server } from "../support/server.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const TOKEN = "correct-horse+battery&staple";

async function submit(tab: Tab, token: string): Promise<void> {
  await tab.click("#token");
  await tab.cdp("Input.insertText", { text: token });
  await tab.click("button");
}

/** A page on another host than 127.0.0.1, and so of another site, with a link that signs in and one that does not. */
function otherSite(url: string): { readonly url: string; [Symbol.dispose](): void } {
  const signIn = `${url}?q=a&token=${encodeURIComponent(TOKEN)}`;
  const html = `<a id="link" href="${url}?q=b">1</a> <a id="token" href="${Bun.escapeHTML(signIn)}">2</a>`;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () => new Response(html, { headers: { "Content-Type": "text/html" } }),
  });
  return { url: `http://localhost:${server.port}/`, [Symbol.dispose]: () => void server.stop(true) };
}

describeInBrowser("a server with a token", () => {
  test("asks for it, takes the right one, and the page is live with what was asked", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    let server = await Server.start([path, "--create"], { env: { TAILBOARD_TOKEN: TOKEN } });
    try {
      await using writer = new Writer(path);
      await writer.insert(2);
      await using tab = await Tab.open(`${server.url}?q=type%3Atest`);
      expect(await tab.text("h1")).toBe("Tailboard");
      expect(await tab.text("#wrong")).toBeNull();

      await submit(tab, "not-the-token");
      await tab.untilText("#wrong", /^This is not the token/);
      expect(await tab.evaluate("location.search")).toBe("?q=type%3Atest&token=");
      await submit(tab, TOKEN);
      await tab.untilText("#connection-status", "Connected");
      expect(await tab.evaluate("location.href")).toBe(`${server.url}?q=type%3Atest`);
      await tab.untilRows([2, 1]);
      await writer.insert(1);
      await tab.untilRows([3, 2, 1]);
      // Neither the page nor its history knows the token, and no script sees the cookie.
      expect(await tab.evaluate("document.cookie")).toBe("");
      const { entries }: { entries: { url: string }[] } = JSON.parse(
        JSON.stringify(await tab.cdp("Page.getNavigationHistory")),
      );
      for (const secret of [encodeURIComponent(TOKEN), "not-the-token"])
        expect(entries.map(({ url }) => url).filter((url) => url.includes(secret))).toEqual([]);
      const after = tab.requests.slice(tab.requests.findLastIndex(({ url }) => url.includes("token=")) + 1);
      expect(after.length).toBeGreaterThan(3);

      // A restart signs nobody out.
      const { port } = server;
      await server[Symbol.asyncDispose]();
      server = await Server.start([path, "--port", String(port)], { env: { TAILBOARD_TOKEN: TOKEN } });
      await tab.untilText("#connection-status", "Connected", 20_000);

      // Another token signs everybody out, and the page says so.
      await server[Symbol.asyncDispose]();
      server = await Server.start([path, "--port", String(port)], {
        env: { TAILBOARD_TOKEN: "another-token" },
      });
      await tab.untilText("#sign-in", "Sign in again", 20_000);
      await tab.untilText("#problem", /^This page is signed out/);
      expect(await tab.text("#next-try")).toBeNull();
      await writer.insert(1);
      await tab.click("#sign-in");
      await until(() => tab.evaluate<boolean>("document.querySelector('#token') !== null"), "the form");
      await submit(tab, "another-token");
      await tab.untilRows([4, 3, 2, 1]);
      expect(await tab.evaluate("location.search")).toBe("?q=type%3Atest");
      expect(JSON.stringify(server.log)).not.toContain("another-token");
    } finally {
      await server[Symbol.asyncDispose]();
    }
  });

  test("goes on by itself where another tab has signed in", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    await using server = await Server.start([path, "--create"], { env: { TAILBOARD_TOKEN: TOKEN } });
    const link = `${server.url}?token=${encodeURIComponent(TOKEN)}`;
    await using tab = await Tab.open(link);
    await tab.untilText("#connection-status", "Connected");
    await tab.cdp("Network.clearBrowserCookies");
    await tab.evaluate("tailboard.startEventSource()");
    await tab.untilText("#sign-in", "Sign in again", 20_000);
    await using other = await Tab.open(link);
    await other.untilText("#connection-status", "Connected");
    await tab.untilText("#connection-status", "Connected", 20_000);
    expect(await tab.text("#sign-in")).toBeNull();
  });

  test("opens from a link of another site, where browsers send no cookie at first", async () => {
    using scratch = new Scratch();
    await using server = await Server.start([scratch.path("events.db"), "--create"], {
      env: { TAILBOARD_TOKEN: TOKEN },
    });
    using other = otherSite(server.url);
    await using tab = await Tab.open(other.url);
    for (const [link, search] of [
      ["#token", "?q=a"],
      ["#link", "?q=b"],
    ] as const) {
      await tab.cdp("Page.navigate", { url: other.url });
      await until(() => tab.evaluate<boolean>(`document.querySelector("${link}") !== null`), "the links");
      await tab.click(link);
      await tab.untilText("#connection-status", "Connected");
      expect(await tab.evaluate("location.search")).toBe(search);
    }
  });

  test("lets no page of another site read, nor one of another port of the host, to which the cookie goes", async () => {
    using scratch = new Scratch();
    await using server = await Server.start([scratch.path("events.db"), "--create"], {
      env: { TAILBOARD_TOKEN: TOKEN },
    });
    await using tab = await Tab.open(`${server.url}?token=${encodeURIComponent(TOKEN)}`);
    await tab.untilText("#connection-status", "Connected");
    using other = otherSite(server.url);
    for (const hostname of ["localhost", "127.0.0.1"]) {
      const wall = new URL(other.url);
      wall.hostname = hostname;
      await tab.cdp("Page.navigate", { url: wall.href });
      await until(
        () => tab.evaluate<boolean>(`location.href === "${wall.href}"`).catch(() => false),
        "the wall",
      );
      const tries = ["cors", "no-cors"].map(
        (mode) =>
          `fetch("${server.url}api/events", { mode: "${mode}", credentials: "include" }).then(() => "read", () => "refused")`,
      );
      const loads = [
        ["img", "src"],
        ["script", "src"],
      ].map(
        ([tag, attribute]) => `new Promise((resolve) => {
          const element = document.createElement("${tag}");
          element.onload = () => resolve("read");
          element.onerror = () => resolve("refused");
          element.${attribute} = "${server.url}api/events";
          document.body.append(element);
        })`,
      );
      const stream = `new Promise((resolve) => {
        const events = new EventSource("${server.url}api/events/stream", { withCredentials: true });
        events.onopen = () => resolve("read");
        events.onerror = () => resolve("refused");
      })`;
      const outcomes = await tab.evaluate<string[]>(
        `Promise.all([${[...tries, ...loads, stream].join(", ")}])`,
      );
      expect([hostname, outcomes]).toEqual([hostname, Array<string>(5).fill("refused")]);
    }
  });

  test("copies commands with the name of the token, and not with the token", async () => {
    using scratch = new Scratch();
    await using server = await Server.start([scratch.path("events.db"), "--create"], {
      env: { TAILBOARD_TOKEN: TOKEN },
    });
    await using tab = await Tab.open(`${server.url}?token=${encodeURIComponent(TOKEN)}`, {
      before: "navigator.clipboard.writeText = (text) => ((window.copied = text), Promise.resolve());",
    });
    await tab.untilText("#connection-status", "Connected");
    await tab.click(".foot .copy-as > button");
    await tab.click(".foot .copy-as-list button");
    await until(() => tab.evaluate<string | undefined>("window.copied"), "the command");
    expect(await tab.evaluate("window.copied")).toBe(
      `curl -sG -H "Authorization: Bearer $TAILBOARD_TOKEN" ${server.url}api/events`,
    );
  });

  test.each([
    { width: 360, scheme: "light" },
    { width: 360, scheme: "dark" },
    { width: 1280, scheme: "dark" },
  ] satisfies TabOptions[])("has a form that fits and can be read: %j", async (options) => {
    using scratch = new Scratch();
    await using server = await Server.start([scratch.path("events.db"), "--create"], {
      // All tabs have one jar of cookies, whatever the port: with the token of the other tests they would be in.
      env: { TAILBOARD_TOKEN: "the-token-of-nobody" },
    });
    await using tab = await Tab.open(`${server.url}?token=wrong-token`, options);
    await tab.untilText("#wrong", /./);
    expect(await tab.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    expect(await tab.evaluate("getComputedStyle(document.body).display")).toBe("grid");
    expect(await tab.evaluate("document.activeElement.id")).toBe("token");
    expect(await tab.evaluate("document.querySelector('#token').type")).toBe("password");
    expect(await axe(tab)).toEqual([]);
  });
});

describeInFirefox("in Firefox", () => {
  test("a link of another site opens, and the form signs in", async () => {
    using scratch = new Scratch();
    await using server = await Server.start([scratch.path("events.db"), "--create"], {
      env: { TAILBOARD_TOKEN: TOKEN },
    });
    using other = otherSite(server.url);
    await using firefox = await Firefox.start();
    await using tab = await firefox.openTab(other.url);
    await tab.click("#link");
    // The page that comes first asks for itself once more.
    const isFinal =
      "document.querySelector('#token[type]') !== null && document.querySelector('[http-equiv]') === null";
    await until(() => tab.evaluate<boolean>(isFinal).catch(() => false), "the form");
    await tab.evaluate(`(document.querySelector("#token").value = ${JSON.stringify(TOKEN)})`);
    await tab.click("button");
    await tab.untilText("#connection-status", "Connected");
    expect(await tab.evaluate("location.href")).toBe(`${server.url}?q=b`);
    for (const [link, search] of [
      ["#token", "?q=a"],
      ["#link", "?q=b"],
    ] as const) {
      await tab.evaluate(`void (location.href = ${JSON.stringify(other.url)})`);
      await until(() => tab.evaluate<boolean>("document.querySelector('a#link') !== null"), "the links");
      await tab.click(link);
      await tab.untilText("#connection-status", "Connected");
      expect(await tab.evaluate("location.search")).toBe(search);
    }
  });
});
