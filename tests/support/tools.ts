/** Programs that tests need and the project does not bring: found, installed where that takes no one's decision, or said. */
import { describe, expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const isRoot = process.getuid?.() === 0;

/** The path of a program of Debian's package of that name, installed where that is possible. */
export async function findProgram(name: string): Promise<string | undefined> {
  return Bun.which(name) ?? ((await installPackage(name)) ? (Bun.which(name) ?? undefined) : undefined);
}

/** Installs a package of Debian or Ubuntu, as root: a container or a CI machine, where anyone would. */
export async function installPackage(name: string): Promise<boolean> {
  if (process.platform !== "linux" || !isRoot || Bun.which("apt-get") === null) return false;
  console.error(`Installing ${name} for the tests (apt-get install ${name}) …`);
  return (await aptGet("update")) && (await aptGet("install", "-y", "--no-install-recommends", name));
}

/** One at a time: test files run side by side, and two that install at once would refuse each other. */
const INSTALL_LOCK = join(tmpdir(), "tailboard-tests-install.lock");

async function aptGet(...args: string[]): Promise<boolean> {
  const child = Bun.spawn(["flock", INSTALL_LOCK, "apt-get", ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdout: "ignore",
    stderr: "inherit",
  });
  return (await child.exited) === 0;
}

/**
 * `describe` for tests that need something of the machine. Without it they are skipped, and a line says why;
 * in CI, where no one reads what was skipped, they fail.
 */
export function describeWhere(available: boolean, missing: string): (name: string, body: () => void) => void {
  if (available) return describe;
  console.error(missing);
  if (process.env["CI"] === undefined) return describe.skip;
  return (name) => describe(name, () => test("can run", () => expect(missing).toBe("")));
}
