/** The documentation is tested: what it names exists, and what exists is named. */
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

import { schemaSql } from "../src/db/create.ts";
import { RESET_REASONS, TAIL_STATES } from "../src/events.ts";
import { ROUTES } from "../src/http/app.ts";
import { Metrics } from "../src/http/metrics.ts";
import { OPTION_TABLE } from "../src/option-table.ts";

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
      if ("defaultInWords" in row) expect(readme).toContain(row.defaultInWords);
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

describe("docs/operating.md", () => {
  test("names every metric, and no other", async () => {
    const text = await Bun.file(join(ROOT, "docs/operating.md")).text();
    const fanOut = { size: 0, lagging: 0, eventsSent: 0, bytesSent: 0 };
    const metrics = new Metrics(() => ({ polls: {}, pollIntervalMs: 1, fanOut, longReads: 0 }));
    const exposed = [...(await metrics.text()).matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name);
    const named = [...text.matchAll(/`(tailboard_\w+)/g)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(exposed));
  });
});

describe("docs/architecture.md", () => {
  test("names every state and every reason of a reset", async () => {
    const text = await Bun.file(join(ROOT, "docs/architecture.md")).text();
    for (const word of [...TAIL_STATES, ...RESET_REASONS])
      expect(text).toMatch(new RegExp(`^\\| \`${word}\` `, "m"));
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
