#!/usr/bin/env node
/**
 * The command of the npm package. Tailboard runs on Bun, which is installed as a package beside it: this finds that Bun
 * and starts it, so that Node.js alone is enough for `npx tailboard`. Where Bun runs this file, it goes on by itself.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const SERVER = fileURLToPath(new URL("../src/server.ts", import.meta.url));

/** What stands in the place of Bun until the script of its package ran is smaller than this, and Bun far larger. */
const PLACEHOLDER_BYTES = 1_000_000;

/** As the shell has it for a program that was ended by a signal. */
const SIGNAL_STATUS = 128;

if (process.versions.bun === undefined) runWith(findBun());
else await import(SERVER);

/**
 * The Bun of the package `bun`. Its install script puts it there; where scripts are not run, as many want it, it is
 * still in the package of the platform.
 */
function findBun() {
  const require = createRequire(import.meta.url);
  const manifest = resolved(require, "bun/package.json");
  if (manifest === undefined) return undefined;
  const own = join(dirname(manifest), "bin", "bun.exe");
  if (existsSync(own) && statSync(own).size > PLACEHOLDER_BYTES) return own;
  const { optionalDependencies = {} } = JSON.parse(readFileSync(manifest, "utf8"));
  const beside = createRequire(manifest);
  return Object.keys(optionalDependencies)
    .map((name) => resolved(beside, `${name}/package.json`))
    .filter((path) => path !== undefined)
    .flatMap((path) => ["bun", "bun.exe"].map((name) => join(dirname(path), "bin", name)))
    .find((path) => existsSync(path));
}

/** @returns undefined where it is not installed: packages for other platforms are not */
function resolved(require, path) {
  try {
    return require.resolve(path);
  } catch {
    return undefined;
  }
}

/** Runs the server with a Bun, hands on signals, and ends as it ends. */
function runWith(bun) {
  if (bun === undefined) {
    console.error(
      "tailboard: the package bun is not installed beside tailboard; install tailboard again without --omit=optional, or run it with bunx",
    );
    process.exitCode = 1;
    return;
  }
  const server = spawn(bun, [SERVER, ...process.argv.slice(2)], { stdio: "inherit" });
  // A terminal sends these to the server too, and a second one would end it at once, in the middle of its work.
  const fromTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
  for (const signal of ["SIGINT", "SIGHUP", "SIGTERM"]) {
    process.on(signal, () => {
      if (signal === "SIGTERM" || !fromTerminal) server.kill(signal);
    });
  }
  server.on("error", (error) => {
    console.error(`tailboard: can't run ${bun}: ${error.message}; is it for this machine?`);
    process.exitCode = 1;
  });
  server.on("exit", (status, signal) => process.exit(status ?? SIGNAL_STATUS + constants.signals[signal]));
}
