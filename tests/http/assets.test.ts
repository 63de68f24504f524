import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { gzipSync } from "bun";

import { type Asset, buildAssets } from "../../src/http/assets.ts";

const assets = await buildAssets();

function asset(path: string): Asset {
  const found = assets.get(path);
  if (found === undefined) throw new Error(`no asset at ${path}, only at ${[...assets.keys()].join(", ")}`);
  return found;
}

const textOf = (path: string) => new TextDecoder().decode(asset(path).body);

/** What the page refers to, in the order of the page. */
function references(html: string): string[] {
  const found: string[] = [];
  new HTMLRewriter()
    .on("[src], [href]", {
      element(element) {
        found.push(element.getAttribute("src") ?? element.getAttribute("href") ?? "");
      },
    })
    .transform(html);
  return found;
}

test("the page is never cached, and may run and fetch only what comes from here", () => {
  expect(asset("/").headers).toEqual({
    "Content-Type": "text/html;charset=utf-8",
    "Cache-Control": "no-cache",
    "Content-Security-Policy":
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
  });
});

test("the page refers to a script, a style and an icon beside it, which are there, and to nothing else", () => {
  const paths = references(textOf("/"));
  expect(paths.map((path) => path.replace(/-[a-z0-9]{8}\./, "-HASH.")).toSorted()).toEqual([
    "./dashboard-HASH.css",
    "./dashboard-HASH.js",
    "./favicon-HASH.svg",
  ]);
  // What draws the chart is fetched by the script, after the first rows.
  const isLater = (path: string) => path.startsWith("/plot-");
  expect([...assets.keys()].filter(isLater)).toHaveLength(1);
  expect(paths.map((path) => path.slice(1)).toSorted()).toEqual(
    [...assets.keys()].filter((path) => path !== "/" && !isLater(path)).toSorted(),
  );
});

test.each([
  [".js", "text/javascript;charset=utf-8"],
  [".css", "text/css;charset=utf-8"],
  [".svg", "image/svg+xml"],
])("the %s is kept for a year, because its name changes with its content", (extension, type) => {
  const path = [...assets.keys()].find((each) => each.endsWith(extension)) ?? extension;
  expect(asset(path).headers).toEqual({
    "Content-Type": type,
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
  });
});

test("the page carries no code and no style that its policy would refuse", () => {
  const inline: string[] = [];
  new HTMLRewriter()
    .on("*", {
      element(element) {
        for (const [name] of element.attributes)
          if (name === "style" || name.startsWith("on")) inline.push(name);
        if (element.tagName === "style") inline.push("style element");
        if (element.tagName === "script" && element.getAttribute("src") === null) inline.push("script");
      },
    })
    .transform(textOf("/"));
  expect(inline).toEqual([]);
});

test("nothing refers to another host", () => {
  const names = new Set<string>();
  for (const path of assets.keys()) {
    for (const [url] of textOf(path).matchAll(/\b(?:https?|wss?):\/\/[^\s"'`)]+/g)) names.add(url);
  }
  // Names of XML vocabularies, which no one fetches.
  for (const url of names)
    expect(url).toMatch(/^http:\/\/www\.w3\.org\/(2000\/svg|1998\/Math\/MathML|1999\/xhtml)$/);
});

test("the whole page is smaller than 150 KB as it is sent", () => {
  const bytes = [...assets.values()].reduce((sum, each) => sum + gzipSync(each.body).byteLength, 0);
  expect(bytes).toBeLessThan(150_000);
  expect(bytes).toBeGreaterThan(10_000);
});

test("the script keeps the names of the specification's functions", () => {
  const script = textOf([...assets.keys()].find((path) => /dashboard-.*\.js$/.test(path)) ?? ".js");
  for (const name of [
    "startEventSource",
    "prependEvent",
    "refresh",
    "updateConnectionStatus",
    "fallbackToPolling",
  ]) {
    expect(script).toContain(name);
  }
});

test("a build from another directory gives the same files", async () => {
  const module = join(import.meta.dir, "../../src/http/assets.ts");
  const script = `const { buildAssets } = await import(${JSON.stringify(module)});
    for (const [path, { body }] of await buildAssets()) console.log(path, body.byteLength);`;
  const child = Bun.spawn([process.execPath, "-e", script], { cwd: "/", stdout: "pipe" });
  const elsewhere = (await new Response(child.stdout).text()).trim().split("\n");
  const here = [...assets].map(([path, { body }]) => `${path} ${body.byteLength}`);
  // The hash of the script depends on the directory too, though not a byte of it does.
  const withoutHash = (line: string) => line.replace(/-[a-z0-9]{8}\./, ".");
  expect(elsewhere.map(withoutHash)).toEqual(here.map(withoutHash));
});

test("a page that can't be built says which, why, and what to do", async () => {
  await using directory = await brokenPage();
  const failure: unknown = await buildAssets(directory.page).catch((error: unknown) => error);
  expect(String(failure)).toContain(directory.page);
  expect(String(failure)).toContain("missing.ts");
  expect(String(failure)).toContain("npm install");
});

async function brokenPage() {
  const directory = await mkdtemp(join(tmpdir(), "tailboard-assets-"));
  const page = join(directory, "dashboard.html");
  await Bun.write(page, '<!doctype html><script type="module" src="./missing.ts"></script>');
  return { page, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
}
