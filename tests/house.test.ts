/** The rules of the house: format, types, lint, and arrows that point one way. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { dirname, join, relative } from "node:path";

import { TEST_TIMEOUT_MS } from "./support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const ROOT = join(import.meta.dir, "..");

/** Runs a program of this project with the Bun that runs the tests. */
async function run(...args: string[]): Promise<{ status: number; output: string }> {
  // AGENT=… in the surroundings would change what `bun check` prints.
  const child = Bun.spawn([process.execPath, ...args], { cwd: ROOT, stdout: "pipe", stderr: "pipe" });
  const [out, err, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { status, output: status === 0 ? "" : out + err };
}

describe("the code", () => {
  test("is formatted: bun fmt", async () => {
    expect(await run("fmt", "--no-script", "--check")).toEqual({ status: 0, output: "" });
  });

  test("has no type errors: bun check", async () => {
    expect(await run("check")).toEqual({ status: 0, output: "" });
  });

  test("has nothing for oxlint to say", async () => {
    const oxlint = join("node_modules", "oxlint", "bin", "oxlint");
    expect(await run(oxlint, "--type-aware", "--deny-warnings")).toEqual({ status: 0, output: "" });
  });
});

/** What a part may import of the others. server.ts, the composition root, may import all. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "events.ts": [],
  "options.ts": ["option-table.ts"],
  "option-table.ts": [],
  "log.ts": [],
  "demo.ts": [],
  db: ["events.ts"],
  sse: ["events.ts"],
  web: ["events.ts"],
  http: ["events.ts", "sse", "db"],
  "server.ts": ["options.ts", "log.ts", "events.ts", "db", "sse", "http"],
};

interface Import {
  readonly from: string;
  readonly file: string;
  readonly to: string;
}

/** Imports of one part of src from another, types among them. */
async function importsBetweenParts(): Promise<Import[]> {
  const src = join(ROOT, "src");
  const imports: Import[] = [];
  for await (const file of new Bun.Glob("**/*.{ts,tsx}").scan(src)) {
    const text = await Bun.file(join(src, file)).text();
    for (const [, path = ""] of text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)) {
      const target = relative(src, join(src, dirname(file), path));
      if (target.startsWith("..")) continue;
      const [from = "", to = ""] = [file.split("/")[0], target.split("/")[0]];
      if (from !== to) imports.push({ from, file, to });
    }
  }
  return imports;
}

describe("the arrows", () => {
  test("point one way: server → http → sse, db → events", async () => {
    const imports = await importsBetweenParts();
    expect(imports.length).toBeGreaterThan(20);
    expect(imports.filter(({ from, to }) => MAY_IMPORT[from]?.includes(to) !== true)).toEqual([]);
  });

  test("only server.ts reads the arguments and the environment", async () => {
    const src = join(ROOT, "src");
    const readers: string[] = [];
    for await (const file of new Bun.Glob("**/*.{ts,tsx}").scan(src)) {
      const text = await Bun.file(join(src, file)).text();
      if (/(?<!")process\.(argv|env)|Bun\.(argv|env)/.test(text)) readers.push(file);
    }
    // demo.ts is a program of its own.
    expect(readers.toSorted()).toEqual(["demo.ts", "server.ts"]);
  });
});
