/** The documentation is tested: what it names exists, and what exists is named. */
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

import { signal } from "@preact/signals";

import { NOTICE_KINDS } from "../src/cli/notices.ts";
import { schemaSql } from "../src/db/sqlite/create.ts";
import { RESET_REASONS, TAIL_STATES } from "../src/events.ts";
import { MAX_URL_LENGTH } from "../src/http/access/access.ts";
import { COOKIE_AGE_SECONDS } from "../src/http/access/cookie.ts";
import { LONGEST_DELAY_MS, MAX_WAITING_PER_ADDRESS } from "../src/http/access/failed-tries.ts";
import { REQUEST_BURST, REQUESTS_PER_SECOND } from "../src/http/access/request-rate.ts";
import { ROUTES } from "../src/http/app.ts";
import { MAX_BODY_BYTES } from "../src/http/listener.ts";
import { Metrics } from "../src/http/metrics.ts";
import { openApiDocument } from "../src/http/openapi.ts";
import { QUESTION_PARAMETERS } from "../src/http/question.ts";
import { isPositional, OPTION_TABLE, type OptionRow, optionsOf } from "../src/option-table.ts";
import type { AskedTable } from "../src/query/asked-table.ts";
import { compileQuestion } from "../src/query/compile.ts";
import { MAX_QUESTION_LENGTH, MAX_TERMS, MAX_VALUES, parseQuestion } from "../src/query/parse.ts";
import { sql } from "../src/query/sql.ts";
import { overlayCommands } from "../src/web/commands/overlay.ts";
import { searchCommands } from "../src/web/commands/search-commands.ts";
import { logCommands } from "../src/web/log/log-commands.ts";
import { createLog } from "../src/web/log/log.ts";
import { createState } from "../src/web/state.ts";
import { Description } from "./support/description.ts";

const ROOT = join(import.meta.dir, "..");

const readme = await Bun.file(join(ROOT, "README.md")).text();
const queryGuide = await Bun.file(join(ROOT, "docs/query.md")).text();
const apiGuide = await Bun.file(join(ROOT, "docs/api.md")).text();

describe("README.md", () => {
  test("names every option, its variable and its default, and no other", () => {
    const named = new Set(readme.match(/(?<=`)--[a-z-]+/g));
    for (const row of optionsOf("serve")) {
      if (!isPositional(row)) expect(named).toContain(row.flag);
      named.delete(row.flag);
      for (const words of [row.default, row.defaultInWords])
        if (words !== undefined) expect(readme).toContain(words);
      if (row.environment !== undefined) expect(readme).toContain(`\`${row.environment}\``);
    }
    // Of the other commands examples stand there.
    for (const { flag } of OPTION_TABLE) named.delete(flag);
    expect([...named]).toEqual([]);
  });

  test("names every route", () => {
    for (const route of Object.keys(ROUTES)) expect(readme).toContain(`GET ${route}`);
  });

  test("has the table as it is created", () => {
    const created = schemaSql("events").replace('IF NOT EXISTS "events"', "events");
    expect(readme).toContain(created);
  });
});

/** Options of other programs. */
const OTHER_FLAGS = new Set(["--user"]);
describe("docs/command-line.md", () => {
  test("has every option of tail, wait and query with its variable, its default and its commands, and no other", async () => {
    const text = await Bun.file(join(ROOT, "docs/command-line.md")).text();
    const rows = new Map(
      [...text.matchAll(/^\| ((?:`[^`]+`(?:, )?)+) +\| ([^|]*)\| ([\w, -]+)\| (.*)\|$/gm)].flatMap(
        ([, names = "", variable = "", commands = "", meaning = ""]) =>
          [...names.matchAll(/`(--[a-z-]+|[A-Z]+)/g)].map(
            ([, flag = ""]) =>
              [flag, { variable: variable.trim(), commands: commands.trim(), meaning }] as const,
          ),
      ),
    );
    for (const name of ["tail", "wait", "query"] as const) {
      for (const { flag, commands, environment, ...row } of optionsOf(name)) {
        const documented = rows.get(flag);
        const named = documented?.commands === "all" ? [...commands] : documented?.commands.split(", ");
        // A URL is no place for a server to serve.
        const own = flag === "DATABASE" ? commands.filter((command) => command !== "serve") : commands;
        expect([flag, named]).toEqual([flag, [...own]]);
        expect([flag, documented?.variable]).toEqual([
          flag,
          environment === undefined ? "" : `\`${environment}\``,
        ]);
        for (const words of [row.default, row.defaultInWords])
          if (words !== undefined)
            expect([flag, documented?.meaning]).toEqual([flag, expect.stringContaining(words)]);
      }
    }
    const known = new Set<string>(
      ["tail", "wait", "query"].flatMap((name) =>
        OPTION_TABLE.filter((row: OptionRow) => row.commands.some((command) => command === name)).map(
          ({ flag }) => flag,
        ),
      ),
    );
    expect([...rows.keys()].filter((flag) => !known.has(flag))).toEqual([]);
  });

  test("has the kinds of lines that are no events", async () => {
    const text = await Bun.file(join(ROOT, "docs/command-line.md")).text();
    for (const kind of NOTICE_KINDS) expect(text).toMatch(new RegExp(`^\\| \`"${kind}"\` `, "m"));
  });
});

describe("docs/operating.md", () => {
  const guide = Bun.file(join(ROOT, "docs/operating.md")).text();

  test("has a row for every state", async () => {
    const rows = [...(await guide).matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, name]) => name);
    expect(rows.filter((name) => TAIL_STATES.some((state) => state === name))).toEqual([...TAIL_STATES]);
  });

  test("names options and routes that exist", async () => {
    const flags = new Set([...(await guide).matchAll(/`(--[a-z][a-z-]+)/g)].map(([, flag = ""]) => flag));
    const options = new Set<string>(OPTION_TABLE.map((row) => row.flag));
    expect([...flags].filter((flag) => options.has(flag)).length).toBeGreaterThan(5);
    expect([...flags.difference(options).difference(OTHER_FLAGS)]).toEqual([]);
    const routes = [...(await guide).matchAll(/`(?:GET )?(\/(?:api\/[\w./:]+|healthz|readyz|metrics))/g)];
    expect(routes.length).toBeGreaterThan(5);
    for (const [, route = ""] of routes) expect(Object.keys(ROUTES)).toContain(route);
  });
  test("names every metric, and no other", async () => {
    const text = await Bun.file(join(ROOT, "docs/operating.md")).text();
    const fanOut = { size: 0, lagging: 0, eventsSent: 0, bytesSent: 0 };
    const metrics = new Metrics(() => ({
      polls: {},
      pollIntervalMs: 1,
      fanOut,
      longReads: 0,
      state: "opening",
    }));
    const exposed = [...(await metrics.text()).matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name);
    const named = [...text.matchAll(/`(tailboard_\w+)/g)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(exposed));
  });
});

describe("docs/dashboard.md", () => {
  test("names every key that does something, and no other", async () => {
    const state = createState();
    const nothing = () => undefined;
    const actions = {
      retry: nothing,
      ask: nothing,
      askInstead: nothing,
      amend: nothing,
      searchOn: nothing,
      stopSearch: nothing,
      openEvent: nothing,
      stepToEvent: nothing,
      closeEvent: nothing,
      neighbour: nothing,
      openStory: nothing,
      closeStory: nothing,
    };
    const log = createLog(state, {
      fetchEvents: () => Promise.reject(new Error("nobody reads the log here")),
      logName: nothing,
      onLogChanged: nothing,
    });
    const commands = [
      ...logCommands(state, log, actions, () => false),
      ...searchCommands(state, actions),
      ...overlayCommands(signal(undefined)),
    ];
    const keys = new Set(
      commands.flatMap((command) => command.keys).map((key) => (key === " " ? "Space" : key)),
    );
    const text = await Bun.file(join(ROOT, "docs/dashboard.md")).text();
    const rows = [...text.matchAll(/^\| (`.+?) +\|/gm)].map(([, cell = ""]) => cell);
    const named = rows.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, key = ""]) => key));
    expect(new Set(named)).toEqual(keys);
  });
});

describe("docs/access.md", () => {
  test("names the limits as they are", async () => {
    const text = await Bun.file(join(ROOT, "docs/access.md")).text();
    const number = (limit: number): string => limit.toLocaleString("en");
    for (const words of [
      `${number(MAX_URL_LENGTH)} characters`,
      `${REQUESTS_PER_SECOND} a second, after ${number(REQUEST_BURST)} at once`,
      `${MAX_WAITING_PER_ADDRESS}\nanswers wait for one address`,
      `${LONGEST_DELAY_MS / 1000} s, and a minute`,
      `${MAX_BODY_BYTES / 1024} KiB`,
      `signed in for ${COOKIE_AGE_SECONDS / 86_400} days`,
    ])
      expect(text).toContain(words);
  });
});

describe("docs/architecture.md", () => {
  test("names every state and every reason of a reset", async () => {
    const text = await Bun.file(join(ROOT, "docs/architecture.md")).text();
    for (const word of [...TAIL_STATES, ...RESET_REASONS])
      expect(text).toMatch(new RegExp(`^\\| \`${word}\` `, "m"));
  });
});

/** The table that docs/query.md speaks of. */
const ASKED: AskedTable = {
  key: "id",
  columns: [
    { name: "id", affinity: "numeric" },
    { name: "timestamp", affinity: "text", time: "text" },
    ...["event_type", "actor_id", "target_id", "summary", "metadata", "payload"].map((name) => ({
      name,
      affinity: "text" as const,
    })),
    { name: "duration_ms", affinity: "numeric" },
  ],
  roles: {
    time: { column: "timestamp", form: "text", why: "" },
    type: { column: "event_type", why: "" },
    actor: { column: "actor_id", why: "" },
    target: { column: "target_id", why: "" },
    summary: { column: "summary", why: "" },
    metadata: { column: "metadata", why: "" },
  },
  zone: "UTC",
  labels: {},
};

describe("docs/query.md", () => {
  const questions = [...queryGuide.matchAll(/^```question\n(.*?)^```$/gms)].flatMap(([, block = ""]) =>
    block.trimEnd().split("\n"),
  );

  test("has examples", () => expect(questions.length).toBeGreaterThan(30));

  test.each(questions)("%s", (question) => {
    const { terms } = parseQuestion(question);
    expect(terms).not.toEqual([]);
    expect(() => compileQuestion({ terms }, ASKED, sql`t`)).not.toThrow();
  });

  test("names the limits", () => {
    for (const limit of [MAX_QUESTION_LENGTH, MAX_TERMS, MAX_VALUES])
      expect(queryGuide).toMatch(new RegExp(`^\\|.*\\| ${limit} +\\|$`, "m"));
  });
});

describe("docs/api.md", () => {
  const sections = apiGuide.split(/^## /m).slice(1);

  test.each(["/", ...Object.keys(ROUTES)])("has %s with a curl", (route) => {
    const section = sections.find((candidate) => candidate.startsWith(`\`GET ${route}\`\n`)) ?? "";
    const path = route.replace(":id", "1").replace(":name", "work_items").replace(":key", "T-105");
    const calls = [...section.matchAll(/^ +curl .*?localhost:3000(\/[\w./-]*)/gm)].map(
      ([, called]) => called,
    );
    expect(calls).toContain(path);
  });

  test("has every parameter of a route in its section, and no other", () => {
    const description = new Description(JSON.parse(JSON.stringify(openApiDocument("0.0.0"))));
    for (const path of description.paths) {
      const title = `\`GET ${path.replaceAll(/\{(\w+)\}/g, ":$1")}\`\n`;
      const section = sections.find((candidate) => candidate.startsWith(title)) ?? "";
      const named = [...section.matchAll(/^\| `([\w-]+)` /gm)].map(([, name]) => name);
      const shared = section.includes("[question](#the-question)") ? QUESTION_PARAMETERS : [];
      const described = description.parametersOf(path).filter((parameter) => parameter.in !== "path");
      const names = described.map(({ name }) => name);
      expect([path, new Set([...named, ...shared])]).toEqual([path, new Set(names)]);
    }
  });
});

/** The names by which GitHub links to the headings of a document. */
function anchorsOf(text: string): Set<string> {
  const headings = text.replaceAll(/^```.*?^```$/gms, "").matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    ),
  );
}

describe("every document", () => {
  test("links only to headings that exist", async () => {
    const files = (await Array.fromAsync(new Bun.Glob("**/*.md").scan(ROOT))).filter(
      (file) => !file.startsWith("node_modules"),
    );
    const missing: string[] = [];
    for (const file of files) {
      const text = await Bun.file(join(ROOT, file)).text();
      for (const [, path = "", anchor = ""] of text.matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)) {
        const target = path === "" ? text : await Bun.file(join(ROOT, dirname(file), path)).text();
        if (!anchorsOf(target).has(anchor)) missing.push(`${file}: ${path}#${anchor}`);
      }
    }
    expect(missing).toEqual([]);
  });

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
