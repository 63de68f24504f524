/** Which command is meant, and which options are its own. */
import { describe, expect, test } from "bun:test";

import { COMMAND_TABLE, isPositional, OPTION_TABLE, optionsOf } from "../src/option-table.ts";
import { type Command, parseOptions, UsageError } from "../src/options.ts";

interface Around {
  readonly env?: Record<string, string>;
  readonly isTerminal?: boolean;
  readonly files?: readonly string[];
}

const parse = (argv: readonly string[], { env = {}, isTerminal = true, files = [] }: Around = {}): Command =>
  parseOptions({ argv, env, isTerminal, version: "1.2.3", exists: (path) => files.includes(path) });

function complaint(argv: readonly string[], around?: Around): string {
  try {
    parse(argv, around);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error(`accepted ${argv.join(" ")}`);
}

function of<Kind extends Command["kind"]>(kind: Kind, command: Command): Extract<Command, { kind: Kind }> {
  // The kinds are what tells them apart.
  const isOfKind = (other: Command): other is Extract<Command, { kind: Kind }> => other.kind === kind;
  if (!isOfKind(command)) throw new Error(`expected ${kind}, got ${command.kind}`);
  return command;
}

describe("the command", () => {
  test("is serve where none is named", () => {
    expect(of("serve", parse([])).options.database).toBe("./events.db");
    expect(of("serve", parse(["serve"]))).toEqual(of("serve", parse([])));
    expect(of("serve", parse(["serve", "a.db", "--port", "1"])).options).toMatchObject({
      database: "a.db",
      port: 1,
    });
  });

  test("comes first; a database of its name is given with its directory", () => {
    expect(parse(["tail"]).kind).toBe("tail");
    expect(of("serve", parse(["./tail"])).options.database).toBe("./tail");
    expect(of("serve", parse(["--", "tail"])).options.database).toBe("tail");
    expect(of("serve", parse(["serve", "tail"])).options.database).toBe("tail");
    expect(complaint(["--open", "x.db", "tail"])).toContain("the command comes first: write tailboard tail");
  });

  test.each(["tial", "tails", "wiat", "qeury", "server", "complections"])("%s is nearly one", (word) => {
    expect(complaint([word])).toMatch(
      /^there is no command ".*": did you mean \w+\? A database of that name is \.\//,
    );
    expect(of("serve", parse([word], { files: [word] })).options.database).toBe(word);
    expect(of("serve", parse([`${word}.db`])).options.database).toBe(`${word}.db`);
  });

  test.each(["jobs", "waitlist", "queue", "log"])("%s is a database", (word) => {
    expect(of("serve", parse([word])).options.database).toBe(word);
  });
});

describe("the options of each command", () => {
  test("are those of the table, and all others are refused with the command that has them", () => {
    for (const { name } of COMMAND_TABLE) {
      const own = new Set(optionsOf(name).map(({ flag }) => flag));
      for (const row of OPTION_TABLE) {
        if (isPositional(row) || own.has(row.flag)) continue;
        expect(complaint([name, row.flag])).toStartWith(`${name} takes no ${row.flag}: it is an option of `);
      }
    }
  });

  test("stand in --help of the command", () => {
    for (const { name, meaning } of COMMAND_TABLE) {
      const { text } = of("print", parse([name, "--help"]));
      if (name !== "serve") expect(text).toContain(meaning);
      for (const row of OPTION_TABLE) {
        const isNamed = new RegExp(`^ +(?:-\\w, )?${row.flag}(?= |$)`, "m").test(text);
        expect([name, row.flag, isNamed]).toEqual([
          name,
          row.flag,
          optionsOf(name).some(({ flag }) => flag === row.flag),
        ]);
      }
    }
  });

  test.each([
    [["tail", "--wehre", "x"], "did you mean --where?"],
    [["wait", "--timout=1s"], "did you mean --timeout?"],
    [["tail", "-x"], "there is no option -x"],
    [["completions"], "SHELL is missing"],
    [["completions", "tcsh"], "takes bash, zsh or fish"],
    [["completions", "bash", "zsh"], "one SHELL at a time"],
  ])("%j is one line", (argv, part) => {
    const message = complaint(argv);
    expect(message).toContain(part);
    expect(message).not.toContain("\n");
  });
});

test.each(["", ...COMMAND_TABLE.map(({ name }) => name)])("%p -h is --help", (name) => {
  const before = name === "" ? [] : [name];
  const help = of("print", parse([...before, "--help"])).text;
  expect(of("print", parse([...before, "-h"])).text).toBe(help);
  expect(help).toMatch(/^ {2}-h, --help /m);
});

describe("tail", () => {
  const tail = (...argv: string[]) => of("tail", parse(["tail", ...argv])).options;

  test("takes a short option in every spelling", () => {
    for (const argv of [["-n", "5"], ["-n5"], ["-n=5"], ["--lines", "5"], ["--lines=5"]])
      expect(tail(...argv).lines).toBe(5);
    expect(complaint(["tail", "-n", "1", "--lines", "2"])).toContain("--lines is given twice");
  });

  test("begins with the last ten, unless it is told where", () => {
    expect(tail().lines).toBe(10);
    for (const argv of [
      ["--since", "1h"],
      ["--after", "3"],
      ["--cursor", "file"],
    ])
      expect(tail(...argv).lines).toBeUndefined();
  });

  test("prints JSON where standard output is no terminal, or where it is told to", () => {
    expect(tail().json).toBe(false);
    expect(tail("--json").json).toBe(true);
    expect(of("tail", parse(["tail"], { isTerminal: false })).options.json).toBe(true);
  });

  test("reads a file as the server does", () => {
    const argv = [
      "a.db",
      "--table",
      "jobs",
      "--columns",
      "type=kind",
      "--labels",
      "s:0=down",
      "--time-zone",
      "local",
    ];
    expect(tail(...argv).place).toMatchObject({
      kind: "file",
      path: "a.db",
      table: "jobs",
      columns: { type: { column: "kind" } },
      labels: { s: { "0": "down" } },
    });
    const env = { TAILBOARD_DB: "b.db", TAILBOARD_QUERY: "SELECT 1 AS id", TAILBOARD_TOKEN: "x" };
    expect(of("tail", parse(["tail"], { env })).options.place).toMatchObject({
      path: "b.db",
      query: "SELECT 1 AS id",
    });
  });

  test("follows a server, with the token of the command line or the environment", () => {
    const place = (argv: string[], env = {}) => of("tail", parse(["tail", ...argv], { env })).options.place;
    expect(place(["http://localhost:3000"])).toEqual({
      kind: "server",
      url: new URL("http://localhost:3000/"),
      token: undefined,
    });
    expect(place(["https://a/b?x=1#y", "--token", "s"])).toEqual({
      kind: "server",
      url: new URL("https://a/b/"),
      token: "s",
    });
    expect(place([], { TAILBOARD_DB: "http://a/", TAILBOARD_TOKEN: "t" })).toMatchObject({ token: "t" });
  });

  test("takes the token of the address that people sign in with", () => {
    const place = (argv: string[], env = {}) => of("tail", parse(["tail", ...argv], { env })).options.place;
    const url = new URL("https://a/b/");
    expect(place(["https://a/b/?token=a%2Bb"])).toEqual({ kind: "server", url, token: "a+b" });
    expect(place(["https://a/b/?token="])).toEqual({ kind: "server", url, token: undefined });
    expect(place(["https://a/b/?token=u"], { TAILBOARD_TOKEN: "t" })).toMatchObject({ token: "u" });
    expect(complaint(["tail", "https://a/?token=SECRET", "--token", "t"])).toBe(
      "the URL has a token, and --token gives one: leave one of them out",
    );
  });

  test.each([
    "https://me:SECRET@a/",
    "http://SECRET@a/",
    "https://me:SEC/RET@a/b",
    "https://me:SEC@RET@a:1/",
  ])("takes no name and password in a URL, and does not repeat them: %s", (url) => {
    const message = complaint(["query", url]);
    expect(message).toStartWith("DATABASE takes a");
    expect(message).not.toMatch(/SEC|RET/);
  });

  test("repeats no secret of a URL where something else is wrong", () => {
    const urls = ["ftp://me:SEC@RET@a/", "http://a/?token=SECRET", "postgres://me:SEC/RET@a/b"];
    for (const url of urls) expect(complaint(["tail", "other.db", url])).not.toMatch(/SEC|RET/);
    expect(complaint(["tail", "ftp://a/?x=1&token=SECRET"])).not.toContain("SECRET");
  });
});

test("wait takes times with their units", () => {
  const timeout = (text: string) => of("wait", parse(["wait", "--timeout", text])).options.timeoutMs;
  expect(["250ms", "30s", "10m", "2h", "1d"].map(timeout)).toEqual([
    250, 30_000, 600_000, 7_200_000, 86_400_000,
  ]);
  expect(of("wait", parse(["wait"])).options).toMatchObject({
    timeoutMs: undefined,
    count: 1,
    silence: false,
  });
  expect(of("wait", parse(["wait", "--silence"])).options.timeoutMs).toBe(60_000);
});

test("a question may begin with a dash where an option takes it", () => {
  for (const argv of [
    ["tail", "--where", "-type:done"],
    ["tail", "--where=-type:done"],
    ["query", "a.db", "--where", "-type:done"],
    ["query", "a.db", "--", "-type:done"],
  ]) {
    const command = parse(argv);
    if (command.kind !== "tail" && command.kind !== "query") throw new Error(command.kind);
    expect(command.options.where.tree.terms).toHaveLength(1);
  }
  expect(complaint(["query", "a.db", "-type:done"])).toContain("stands in --where");
  expect(complaint(["tail", "-"])).toContain("there is no option -;");
});
