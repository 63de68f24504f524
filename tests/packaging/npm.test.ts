/** The npm package: packed, installed from a registry on the loopback into an empty directory, and run. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import manifest from "../../package.json" with { type: "json" };
import { buildAssets } from "../../src/http/assets.ts";
import { Registry } from "../support/registry.ts";
import { Scratch } from "../support/scratch.ts";
import { Server, type ServerOptions } from "../support/server.ts";
import { describeWhere } from "../support/tools.ts";
import { until } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

/** An install writes the 100 MB of Bun a few times. */
const INSTALL_TIMEOUT_MS = 120_000;

setDefaultTimeout(INSTALL_TIMEOUT_MS);

const ROOT = join(import.meta.dir, "../..");

const npm = Bun.which("npm");
const MISSING = "No npm for the tests of the npm package: on Debian and Ubuntu, `sudo apt-get install npm`.";

const scratch = new Scratch();
const registry = new Registry(scratch);

/** Nothing of the user's settings, and no registry but that of the test. Node.js and the shell are found, but no Bun. */
const env = {
  HOME: scratch.path("home"),
  TMPDIR: scratch.path("tmp"),
  PATH: (process.env["PATH"] ?? "")
    .split(":")
    .filter((directory) => !directory.includes("node_modules") && !directory.includes(".bun"))
    .join(":"),
  npm_config_registry: registry.url,
  npm_config_cache: scratch.path("npm-cache"),
  npm_config_update_notifier: "false",
  BUN_INSTALL_CACHE_DIR: scratch.path("bun-cache"),
};

/** Runs a command in a directory of the test. @returns its standard output @throws Error where it fails */
async function run(command: readonly string[], cwd: string): Promise<string> {
  const child = Bun.spawn([...command], { cwd, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, complaint] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")}: ${complaint}`);
  return out;
}

function emptyDirectory(name: string): string {
  mkdirSync(scratch.path(name), { recursive: true });
  return scratch.path(name);
}

interface Packed {
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

describeWhere(npm !== null, MISSING)("the npm package", () => {
  const packed: Packed[] = [];

  beforeAll(async () => {
    for (const name of ["home", "tmp", "packed"]) emptyDirectory(name);
    packed.push(
      ...JSON.parse(await run(["npm", "pack", "--json", "--pack-destination", scratch.path("packed")], ROOT)),
    );
    await registry.add(join(scratch.path("packed"), packed[0]?.filename ?? ""));
  }, INSTALL_TIMEOUT_MS);

  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
    scratch[Symbol.dispose]();
  });

  test("holds what runs and what is read, and nothing else", () => {
    const paths = (packed[0]?.files ?? []).map(({ path }) => path);
    for (const path of [
      "bin/tailboard.js",
      "src/server.ts",
      "src/web/dashboard.html",
      "LICENSE",
      "README.md",
    ])
      expect(paths).toContain(path);
    const others = paths.filter((path) => !path.startsWith("src/"));
    expect(others.toSorted()).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "bin/tailboard.js",
      "package.json",
      "tsconfig.json",
    ]);
    expect(packed[0]?.unpackedSize).toBeLessThan(2_000_000);
  });

  // Without the scripts of packages, which many forbid, the package `bun` is a placeholder.
  test.each([
    ["as usual", []],
    ["without the scripts of packages", ["--ignore-scripts"]],
  ] as const)(
    "is installed by npm %s, serves, and ends by signals with the status of the server",
    async (name, flags) => {
      const directory = emptyDirectory(`install ${name}`);
      await Bun.write(join(directory, "package.json"), "{}");
      await run(["npm", "install", "tailboard", ...flags], directory);
      const options: ServerOptions = {
        program: [join(directory, "node_modules/.bin/tailboard")],
        cwd: directory,
        env,
      };
      for (const signal of ["SIGTERM", "SIGINT"] as const) {
        await using server = await Server.start(["--create", "log.db"], options);
        for (const [path, { body }] of await buildAssets()) {
          // The hash in a name depends on the directory too.
          if (path !== "/" && !path.endsWith(".svg")) continue;
          const answer = await server.fetch(path);
          expect([path, answer.status]).toEqual([path, 200]);
          if (path !== "/") expect(Buffer.from(await answer.bytes()).equals(body)).toBe(true);
        }
        const page = await (await server.fetch("/")).text();
        for (const [, file = ""] of page.matchAll(/(?:src|href)="(\.\/[^"]+)"/g))
          expect([file, (await fetch(new URL(file, server.url))).status]).toEqual([file, 200]);
        await using stream = await server.follow();
        await using writer = new Writer(join(directory, "log.db"));
        await writer.insert(1);
        await stream.waitForRows(1);
        expect(await server.stop(signal)).toBe(0);
        // The server itself is gone with the program that started it.
        await until(
          () =>
            fetch(server.url).then(
              () => false,
              () => true,
            ),
          "the server to be gone",
        );
      }
      await using demo = await Server.start(["--demo"], options);
      await using events = await demo.follow("?lastEventId=0");
      await events.waitForRows(5);
      expect(await demo.stop()).toBe(0);

      const wrong = Bun.spawn([...(options.program ?? []), "--no-such-option"], {
        env,
        stdout: "ignore",
        stderr: "pipe",
      });
      expect(await new Response(wrong.stderr).text()).toContain("there is no option --no-such-option");
      expect(await wrong.exited).toBe(2);
    },
  );

  test("works with npx", async () => {
    const directory = emptyDirectory("npx");
    expect((await run(["npx", "--yes", "tailboard", "--version"], directory)).trim()).toBe(manifest.version);
  });

  test("works with bunx", async () => {
    const directory = emptyDirectory("bunx");
    const out = await run([process.execPath, "x", "tailboard", "--version"], directory);
    expect(out.trim()).toBe(manifest.version);
    // Where there is no Node.js, Bun is who runs the launcher.
    const withBun = await run([process.execPath, "x", "--bun", "tailboard", "--version"], directory);
    expect(withBun.trim()).toBe(manifest.version);
  });
});
