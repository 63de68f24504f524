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

/** What a part may import of the others. server.ts, the entry point, hands over to serve.ts, which puts the parts together, or to cli. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "column-roles.ts": [],
  "message-of.ts": [],
  "question.ts": [],
  "events.ts": ["column-roles.ts", "question.ts"],
  "archive.ts": ["events.ts", "question.ts"],
  "panels.ts": ["column-roles.ts", "question.ts", "events.ts"],
  "access-options.ts": ["given-options.ts", "option-values.ts", "usage-error.ts"],
  "options.ts": [
    "access-options.ts",
    "arguments.ts",
    "option-table.ts",
    "option-help.ts",
    "option-values.ts",
    "given-options.ts",
    "reader-options.ts",
    "completions.ts",
    "postgres-options.ts",
    "postgres-url.ts",
    "usage-error.ts",
    "column-options.ts",
    "columns",
    "demo-shapes.ts",
    "column-roles.ts",
  ],
  "arguments.ts": ["option-table.ts", "postgres-url.ts", "usage-error.ts", "columns"],
  "postgres-url.ts": [],
  "postgres-options.ts": ["given-options.ts", "postgres-url.ts", "usage-error.ts"],
  "option-help.ts": ["option-table.ts"],
  "completions.ts": ["option-table.ts"],
  "given-options.ts": ["option-table.ts", "option-values.ts", "usage-error.ts"],
  "option-values.ts": [
    "base-path.ts",
    "usage-error.ts",
    "column-options.ts",
    "panel-options.ts",
    "events.ts",
    "question.ts",
    "query",
    "rows",
  ],
  "reader-options.ts": [
    "postgres-options.ts",
    "postgres-url.ts",
    "given-options.ts",
    "option-values.ts",
    "usage-error.ts",
    "archive.ts",
    "column-options.ts",
    "column-roles.ts",
    "columns",
    "events.ts",
    "question.ts",
  ],
  "column-options.ts": ["columns", "column-roles.ts"],
  "option-table.ts": [],
  "base-path.ts": [],
  "parts.ts": [],
  "usage-error.ts": [],
  "panel-options.ts": [],
  "missing-panels.ts": ["archive.ts", "panels.ts"],
  "logger.ts": ["process"],
  process: ["message-of.ts", "parts.ts"],
  "demo.ts": ["demo-shapes.ts"],
  "demo-shapes.ts": [],
  rows: ["events.ts"],
  columns: ["column-roles.ts", "events.ts", "panels.ts"],
  query: ["column-roles.ts", "question.ts", "columns"],
  db: [
    "message-of.ts",
    "parts.ts",
    "column-roles.ts",
    "question.ts",
    "events.ts",
    "archive.ts",
    "panels.ts",
    "rows",
    "columns",
    "query",
  ],
  sse: ["events.ts", "question.ts", "rows", "query"],
  web: ["message-of.ts", "column-roles.ts", "question.ts", "events.ts", "panels.ts", "columns", "query"],
  http: [
    "parts.ts",
    "base-path.ts",
    "column-roles.ts",
    "archive.ts",
    "panels.ts",
    "events.ts",
    "question.ts",
    "rows",
    "sse",
    "query",
  ],
  "access-control.ts": ["access-options.ts", "options.ts", "logger.ts", "process", "http"],
  "listening.ts": ["options.ts", "logger.ts", "process", "http"],
  "stream-limits.ts": ["listening.ts", "options.ts", "logger.ts", "process", "http"],
  "served-database.ts": [
    "message-of.ts",
    "postgres-url.ts",
    "demo-shapes.ts",
    "options.ts",
    "logger.ts",
    "process",
    "db",
  ],
  "binary.ts": ["process", "demo.ts", "server.ts"],
  "server.ts": ["options.ts", "process", "serve.ts", "cli", "db"],
  cli: [
    "message-of.ts",
    "postgres-url.ts",
    "archive.ts",
    "column-roles.ts",
    "columns",
    "db",
    "events.ts",
    "process",
    "query",
    "question.ts",
    "reader-options.ts",
    "rows",
    "sse",
    "usage-error.ts",
  ],
  "serve.ts": [
    "message-of.ts",
    "postgres-url.ts",
    "access-control.ts",
    "listening.ts",
    "stream-limits.ts",
    "served-database.ts",
    "missing-panels.ts",
    "options.ts",
    "logger.ts",
    "process",
    "events.ts",
    "db",
    "sse",
    "http",
  ],
};

interface Import {
  /** Path of the file, below src. */
  readonly file: string;
  /** Path of the file that it imports. */
  readonly target: string;
}

/** Imports of one file of src from another, types among them. */
async function importsInSource(): Promise<Import[]> {
  const src = join(ROOT, "src");
  const imports: Import[] = [];
  for await (const file of new Bun.Glob("**/*.{ts,tsx}").scan(src)) {
    const text = await Bun.file(join(src, file)).text();
    for (const [, path = ""] of text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)) {
      const target = relative(src, join(src, dirname(file), path));
      if (!target.startsWith("..")) imports.push({ file, target });
    }
  }
  return imports;
}

/** The part of src that a file belongs to. */
const partOf = (path: string): string => path.split("/")[0] ?? "";

/** Imports between two parts that no rule allows. */
function forbidden(imports: readonly Import[]): Import[] {
  return imports.filter(({ file, target }) => {
    const [from, to] = [partOf(file), partOf(target)];
    return from !== to && MAY_IMPORT[from]?.includes(to) !== true;
  });
}

/** Files that import each other, by whatever way round. */
function circles(imports: readonly Import[]): string[] {
  const targetsOf = Map.groupBy(imports, ({ file }) => file);
  const reaches = (file: string, wanted: string, seen: Set<string>): boolean =>
    (targetsOf.get(file) ?? []).some(({ target }) => {
      if (target === wanted) return true;
      if (seen.has(target)) return false;
      seen.add(target);
      return reaches(target, wanted, seen);
    });
  return [...targetsOf.keys()].filter((file) => reaches(file, file, new Set()));
}

describe("the arrows", () => {
  test("point one way: server → http → sse → rows → events, and server → db → events", async () => {
    const imports = await importsInSource();
    expect(imports.length).toBeGreaterThan(20);
    expect(forbidden(imports)).toEqual([]);
  });

  test("of the kinds of log none knows another, and what they share knows none", async () => {
    const kindOf = (path: string): string | undefined => /^db\/(sqlite|postgres)\//.exec(path)?.[1];
    const inDb = (await importsInSource()).filter(({ file }) => partOf(file) === "db");
    expect(inDb.some(({ file }) => kindOf(file) === "postgres")).toBe(true);
    expect(
      inDb.filter(({ file, target }) => kindOf(target) !== undefined && kindOf(target) !== kindOf(file)),
    ).toEqual([]);
  });

  test("are told where they point the wrong way", () => {
    const wrong = [
      { file: "http/events.ts", target: "db/sqlite/reader.ts" },
      { file: "db/sqlite/tail.ts", target: "sse/encode.ts" },
      { file: "sse/pages.ts", target: "db/sqlite/reader.ts" },
      { file: "web/feed.ts", target: "http/app.ts" },
      { file: "events.ts", target: "rows/json.ts" },
    ];
    expect(forbidden([...wrong, { file: "serve.ts", target: "db/sqlite/tail.ts" }])).toEqual(wrong);
  });

  test("go round in no circle", async () => {
    expect(circles(await importsInSource())).toEqual([]);
    expect(
      circles([
        { file: "a", target: "b" },
        { file: "b", target: "c" },
        { file: "c", target: "b" },
      ]),
    ).toEqual(["b", "c"]);
  });

  test("only server.ts reads the arguments and the environment", async () => {
    const src = join(ROOT, "src");
    const readers: string[] = [];
    for await (const file of new Bun.Glob("**/*.{ts,tsx}").scan(src)) {
      const text = await Bun.file(join(src, file)).text();
      if (/(?<!")process\.(argv|env)|Bun\.(argv|env)/.test(text)) readers.push(file);
    }
    // demo.ts is a program of its own, and binary.ts becomes one of the two.
    expect(readers.toSorted()).toEqual(["binary.ts", "demo.ts", "server.ts"]);
  });
});

describe("the styles of the page", () => {
  test("never ask what an element holds: each row that comes in would have the browser look through the page anew", async () => {
    const styles = join(ROOT, "src", "web");
    const askers: string[] = [];
    for await (const file of new Bun.Glob("**/*.css").scan(styles)) {
      const rules = (await Bun.file(join(styles, file)).text()).replaceAll(/\/\*[^]*?\*\//g, "");
      if (rules.includes(":has(")) askers.push(file);
    }
    expect(askers).toEqual([]);
  });
});
