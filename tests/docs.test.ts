/** The documentation is tested: what it names exists, and what exists is named. */
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

import { schemaSql } from "../src/db/create.ts";
import { ROUTES } from "../src/http/app.ts";
import { OPTION_TABLE } from "../src/options.ts";

const ROOT = join(import.meta.dir, "..");
const readme = await Bun.file(join(ROOT, "README.md")).text();

describe("README.md", () => {
  test("names every option, its variable and its default, and no other", () => {
    const named = new Set(readme.match(/(?<=`)--[a-z-]+/g));
    for (const row of OPTION_TABLE) {
      if (row.flag !== "DATABASE") expect(named).toContain(row.flag);
      named.delete(row.flag);
      if ("environment" in row) expect(readme).toContain(`\`${row.environment}\``);
      if ("default" in row) expect(readme).toContain(row.default);
    }
    expect([...named]).toEqual([]);
  });

  test("names every route", () => {
    for (const route of Object.keys(ROUTES)) expect(readme).toContain(`GET ${route}`);
  });

  test("has the table as it is created", () => {
    const sql = schemaSql("events").replace('IF NOT EXISTS "events"', "events");
    expect(readme).toContain(sql);
  });
});

describe("every document", () => {
  test("links only to files that exist", async () => {
    const missing: string[] = [];
    const files = (await Array.fromAsync(new Bun.Glob("**/*.md").scan(ROOT))).filter(
      (file) => !file.startsWith("node_modules"),
    );
    expect(files).toContain("README.md");
    for (const file of files) {
      const text = await Bun.file(join(ROOT, file)).text();
      for (const [, link = ""] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
        if (!existsSync(join(ROOT, dirname(file), link))) missing.push(`${file}: ${link}`);
      }
    }
    expect(missing).toEqual([]);
  });
});
