import { describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Asset, assetResponse, buildAssets } from "../../src/http/assets.ts";

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

/** The paths of what a browser fetches for the page: at the `first` load, or for `all` that it can ever import. */
function loaded(files: ReadonlyMap<string, Asset>, when: "first" | "all"): Set<string> {
  const decode = (path: string) => new TextDecoder().decode(files.get(path)?.body);
  const paths = new Set(["/", ...references(decode("/")).map((path) => path.slice(1))]);
  const transpiler = new Bun.Transpiler({ loader: "js" });
  // A Set hands out what is added while it is gone through.
  for (const path of paths) {
    if (!path.endsWith(".js")) continue;
    for (const { kind, path: target } of transpiler.scanImports(decode(path)))
      if (when === "all" || kind !== "dynamic-import") paths.add(target.slice(1));
  }
  return paths;
}

test("the page is never cached, and may run and fetch only what comes from here", () => {
  expect(asset("/").headers).toEqual({
    "Content-Type": "text/html;charset=utf-8",
    "Cache-Control": "no-cache",
    "Content-Security-Policy":
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    Vary: "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
  });
});

test("the page refers to a script, a style and an icon beside it, and to nothing else", () => {
  const paths = references(textOf("/"));
  expect(paths.map((path) => path.replace(/-[a-z0-9]{8}\./, "-HASH.")).toSorted()).toEqual([
    "./dashboard-HASH.css",
    "./dashboard-HASH.js",
    "./favicon-HASH.svg",
  ]);
});

test("everything that the page refers to is there, and there is nothing else", () => {
  expect([...loaded(assets, "all")].toSorted()).toEqual([...assets.keys()].toSorted());
});

test("what the page imports when it is wanted is a file of its own beside it, kept as long", async () => {
  await using directory = await page({
    "dashboard.html": '<!doctype html><script type="module" src="./page.ts"></script>',
    "page.ts": 'addEventListener("click", async () => console.log((await import("./chart.ts")).chart));',
    "chart.ts": 'export const chart = "the chart";',
  });
  const built = await buildAssets(directory.page);
  const [chunk = "", ...others] = [...built.keys()].filter((path) => !loaded(built, "first").has(path));
  expect(others).toEqual([]);
  expect(chunk).toMatch(/^\/[a-z]+-[a-z0-9]{8}\.js$/);
  expect(loaded(built, "all")).toContain(chunk);
  expect(built.get(chunk)?.headers["Cache-Control"]).toBe("public, max-age=31536000, immutable");
  expect(new TextDecoder().decode(built.get(chunk)?.body)).toContain("the chart");
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
    Vary: "Accept-Encoding",
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

test("the first load takes less than 150 KB from the network, and the files less than 400 KB", () => {
  const sum = (sizes: number[]) => sizes.reduce((total, size) => total + size, 0);
  const transferred = sum([...loaded(assets, "first")].map((path) => asset(path).gzip.byteLength));
  expect(transferred).toBeLessThan(150_000);
  expect(transferred).toBeGreaterThan(10_000);
  expect(sum([...assets.values()].map(({ body }) => body.byteLength))).toBeLessThan(400_000);
});

describe("compression", () => {
  const answer = (accepted: string | undefined) => {
    const headers: Record<string, string> = accepted === undefined ? {} : { "Accept-Encoding": accepted };
    return assetResponse(asset("/"), new Request("http://127.0.0.1/", { headers }));
  };

  test.each(["gzip", "gzip, deflate, br, zstd", "br, GZIP;q=0.5", "*", "x-gzip"])(
    "is for who accepts %s",
    async (accepted) => {
      const response = answer(accepted);
      expect(response.headers.get("Content-Encoding")).toBe("gzip");
      expect(response.headers.get("Vary")).toBe("Accept-Encoding");
      const body = Bun.gunzipSync(await response.bytes());
      expect(new TextDecoder().decode(body)).toBe(textOf("/"));
    },
  );

  test.each([undefined, "", "identity", "br", "gzip;q=0", "*;q=0", "gzip; q=0.000, *", "gzip;q=x"])(
    "is not for who says %s",
    async (accepted) => {
      const response = answer(accepted);
      expect(response.headers.get("Content-Encoding")).toBeNull();
      expect(response.headers.get("Vary")).toBe("Accept-Encoding");
      expect(await response.text()).toBe(textOf("/"));
    },
  );
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
  await using directory = await page({
    "dashboard.html": '<!doctype html><script type="module" src="./missing.ts"></script>',
  });
  const failure: unknown = await buildAssets(directory.page).catch((error: unknown) => error);
  expect(String(failure)).toContain(directory.page);
  expect(String(failure)).toContain("missing.ts");
  expect(String(failure)).toContain("npm install");
});

/** @param files by name, with a page among them that is called dashboard.html */
async function page(files: Readonly<Record<string, string>>) {
  const directory = await mkdtemp(join(tmpdir(), "tailboard-assets-"));
  for (const [name, text] of Object.entries(files)) await Bun.write(join(directory, name), text);
  return {
    page: join(directory, "dashboard.html"),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}
