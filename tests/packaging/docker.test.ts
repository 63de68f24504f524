/**
 * The Dockerfile, as far as it can be tried without a daemon: what it copies is what the build needs, its commands run,
 * and its health check tells a server that lives from one that does not.
 */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import manifest from "../../package.json" with { type: "json" };
import { OPTION_TABLE } from "../../src/option-table.ts";
import { buildBinary } from "../support/binary.ts";
import { Scratch } from "../support/scratch.ts";
import { runToEnd, Server } from "../support/server.ts";
import { TEST_TIMEOUT_MS } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const ROOT = join(import.meta.dir, "../..");

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** The instructions of a stage, by the number of the stage. */
const stages: Instruction[][] = [];
const text = await Bun.file(join(ROOT, "packaging/Dockerfile")).text();
for (const line of text
  .replaceAll(/^#.*\n/gm, "")
  .replaceAll("\\\n", " ")
  .split("\n")) {
  const [, name = "", rest = ""] = /^([A-Z]+) +(.*)$/.exec(line) ?? [];
  if (name === "FROM") stages.push([]);
  if (name !== "") stages.at(-1)?.push({ name, rest });
}
const [build = [], final = []] = stages;

const valuesOf = (stage: readonly Instruction[], name: string): string[] =>
  stage.filter((instruction) => instruction.name === name).map(({ rest }) => rest);

/** The files of the checkout that .dockerignore lets through: it refuses all, and then names some. */
const ignored = (await Bun.file(join(ROOT, ".dockerignore")).text())
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));
const letThrough = ignored.filter((line) => line.startsWith("!")).map((line) => line.slice(1));

describe("packaging/Dockerfile", () => {
  test("has two stages, and the second holds a binary and no Bun", () => {
    expect(stages).toHaveLength(2);
    expect(valuesOf(build, "FROM")).toEqual([`oven/bun:${manifest.dependencies.bun}-slim AS build`]);
    expect(valuesOf(final, "COPY")).toEqual(["--from=build /build/tailboard /usr/local/bin/tailboard"]);
    expect(valuesOf(final, "RUN")).toEqual([]);
  });

  test("does not run as root, and names its user by number, so that Kubernetes can tell", () => {
    const [user = ""] = valuesOf(final, "USER");
    expect(user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  test("sets variables that are options", () => {
    const named = valuesOf(final, "ENV").map((value) => value.split("=")[0] ?? "");
    const known = OPTION_TABLE.flatMap((row) => ("environment" in row ? [row.environment] : []));
    expect(named).toEqual(["TAILBOARD_DB", "TAILBOARD_HOST"]);
    for (const name of named) expect<string[]>(known).toContain(name);
  });

  test("is given what it copies, and nothing else of the checkout", async () => {
    const copied = valuesOf(build, "COPY").flatMap((value) => value.split(" ").slice(0, -1));
    expect(ignored[0]).toBe("*");
    expect(copied.toSorted()).toEqual(letThrough.toSorted());
    for (const path of copied) expect([path, existsSync(join(ROOT, path))]).toEqual([path, true]);
  });

  test("builds a binary from what it copies", async () => {
    using scratch = new Scratch();
    for (const path of letThrough) cpSync(join(ROOT, path), scratch.path(path), { recursive: true });
    const [install, ...commands] = valuesOf(build, "RUN");
    // Its place is taken by what is installed here: the same lock file, and no network.
    expect(install).toBe("bun install --frozen-lockfile --production");
    symlinkSync(join(ROOT, "node_modules"), scratch.path("node_modules"));
    expect(commands).toHaveLength(1);
    for (const command of commands) {
      const child = Bun.spawn(["sh", "-ec", command.replaceAll(" /build/", ` ${scratch.directory}/`)], {
        cwd: scratch.directory,
        env: { PATH: `${join(ROOT, "node_modules/.bin")}:${process.env["PATH"]}` },
        stdout: "ignore",
        stderr: "pipe",
      });
      expect([await new Response(child.stderr).text(), await child.exited]).toEqual(["", 0]);
    }
    const version = Bun.spawn([scratch.path("tailboard"), "--version"], { stdout: "pipe" });
    expect((await new Response(version.stdout).text()).trim()).toBe(manifest.version);
  });

  test("does not start without a token, because it listens for everybody", async () => {
    using scratch = new Scratch();
    const env = Object.fromEntries(valuesOf(final, "ENV").map((value) => value.split("=")));
    env["TAILBOARD_DB"] = scratch.path("events.db");
    const { status, stderr } = await runToEnd([], { env });
    expect(status).toBe(2);
    expect(stderr).toContain("TAILBOARD_TOKEN");
  });

  test("has a health check that tells a server that lives", async () => {
    using scratch = new Scratch();
    await buildBinary(scratch.path("tailboard"));
    const [check = ""] = valuesOf(final, "HEALTHCHECK");
    const command: string[] = JSON.parse(check.slice(check.indexOf("[")));
    const health = async (port: number): Promise<number> => {
      const PATH = `${scratch.directory}:${process.env["PATH"]}`;
      const env = { PATH, PORT: String(port), HOME: "/nowhere" };
      const child = Bun.spawn(command, { cwd: "/", env, stdout: "ignore", stderr: "ignore" });
      return child.exited;
    };
    const server = await Server.start([scratch.path("events.db"), "--base-path", "/tail"]);
    await using _ = server;
    expect(await health(server.port)).toBe(0);
    const { port } = server;
    await server.stop();
    expect(await health(port)).toBe(1);
  });
});
