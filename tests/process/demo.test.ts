/** The folder of `--demo`. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";

import { Scratch } from "../support/scratch.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const ROOT = join(import.meta.dir, "../..");

/** A second signal ends the process while the first one is still being obeyed. */
const ENDS_WHILE_CLEANING_UP = `
  const { Demo } = await import("${ROOT}/src/process/demo.ts");
  const { createDatabase } = await import("${ROOT}/src/db/sqlite/create.ts");
  const create = (path) => createDatabase(path, "events");
  const demo = Demo.start({ create, shape: undefined, onWriterEnd: () => undefined });
  void demo[Symbol.asyncDispose]();
  process.exit(1);
`;

test("is gone also where the process ends while it is being removed", async () => {
  using scratch = new Scratch();
  const child = Bun.spawn([process.execPath, "-e", ENDS_WHILE_CLEANING_UP], {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
    env: { PATH: process.env["PATH"], TMPDIR: scratch.directory },
  });
  await child.exited;
  expect(await new Response(child.stderr).text()).toBe("");
  expect(child.exitCode).toBe(1);
  await until(() => readdirSync(scratch.directory).length === 0, "the folder to be gone", 2000);
});
