/**
 * Builds single binaries: `bun scripts/build.ts [TARGET…]`, such as linux-arm64; without a target for this machine, with
 * `all` for all of them. They are written to `dist/`, or one to the path after --outfile. Bun downloads what it needs
 * for another machine; for this one nothing is needed.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";

import { bundlePage, EMBEDDED_PAGE } from "../src/http/assets.ts";

const ROOT = join(import.meta.dir, "..");

const TARGETS = [
  "linux-x64",
  "linux-arm64",
  "linux-x64-musl",
  "linux-arm64-musl",
  "darwin-x64",
  "darwin-arm64",
  "windows-x64",
  "windows-arm64",
] as const;
type Target = (typeof TARGETS)[number];

/** What is a file of its own in the binary: the entry first, then what it starts. */
const ENTRIES = ["src/binary.ts", "src/db/sqlite/long-reads/worker.ts"];

/** @throws Error with one line where Bun can't build it */
async function build(target: Target | undefined, outfile: string): Promise<void> {
  const parts = await mkdtemp(join(tmpdir(), "tailboard-build-"));
  try {
    // The page is built now: in the binary neither its source nor its packages are there.
    const page = join(parts, EMBEDDED_PAGE);
    for (const file of await bundlePage()) await Bun.write(join(page, file.name), file.bytes);
    await Bun.build({
      entrypoints: ENTRIES.map((entry) => join(ROOT, entry)),
      root: join(ROOT, "src"),
      target: "bun",
      minify: { whitespace: true, syntax: true },
      compile: {
        outfile,
        assets: [page],
        // A binary that is started in the directory of somebody else must not run what lies there.
        autoloadBunfig: false,
        autoloadDotenv: false,
        ...(target === undefined ? {} : { target: `bun-${target}` }),
      },
    });
  } finally {
    await rm(parts, { recursive: true });
  }
}

function isTarget(text: string): text is Target {
  return TARGETS.some((target) => target === text);
}

const { values, positionals } = parseArgs({
  options: { outfile: { type: "string" } },
  allowPositionals: true,
});
const wrong = positionals.find((text) => text !== "all" && !isTarget(text));
if (wrong !== undefined) {
  console.error(`there is no target ${wrong}; the targets are ${TARGETS.join(" ")}, or all`);
  process.exit(2);
}
const targets = positionals.includes("all") ? TARGETS : positionals.filter(isTarget);
if (values.outfile !== undefined && targets.length > 1) {
  console.error("--outfile takes one target: leave it out, and they are written to dist/");
  process.exit(2);
}
for (const target of targets.length === 0 ? [undefined] : targets) {
  const suffix = target ?? `${process.platform}-${process.arch}`.replace("win32", "windows");
  const outfile = values.outfile ?? join(ROOT, "dist", `tailboard-${suffix}`);
  try {
    await build(target, outfile);
    console.log(basename(outfile));
  } catch (error) {
    const reasons = error instanceof AggregateError ? error.errors : [error];
    console.error(`can't build for ${suffix}: ${reasons.map(String).join("; ")}`);
    process.exitCode = 1;
  }
}
