import { describe, expect, test } from "bun:test";

import { DEMO_SHAPES } from "../src/demo-shapes.ts";
import { COMMAND_TABLE, isPositional, OPTION_TABLE, optionRow, optionsOf } from "../src/option-table.ts";
import { type Options, parseOptions, UsageError } from "../src/options.ts";

const parse = (argv: string[], env: Record<string, string> = {}, isTerminal = true) =>
  parseOptions({ argv, env, isTerminal, version: "1.2.3" });

function serve(argv: string[], env: Record<string, string> = {}, isTerminal = true): Options {
  const command = parse(argv, env, isTerminal);
  if (command.kind !== "serve") throw new Error(`expected to serve, got ${command.kind}`);
  return command.options;
}

function complaint(argv: string[], env: Record<string, string> = {}): string {
  try {
    parse(argv, env);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error(`accepted ${argv.join(" ")}`);
}

/** Everybody on this machine may come in, and nobody else can. */
const LOOPBACK_ONLY: Options["access"] = {
  token: undefined,
  allowedHosts: [],
  corsOrigins: [],
  trustedProxies: [],
  userHeader: undefined,
  tls: undefined,
};

describe("options", () => {
  test("have the documented defaults", () => {
    expect(serve([])).toEqual({
      database: "./events.db",
      databaseGiven: false,
      table: "events",
      query: undefined,
      columns: {},
      labels: {},
      timeZone: "UTC",
      panels: undefined,
      showSecrets: false,
      port: 3000,
      host: "127.0.0.1",
      basePath: "/",
      access: LOOPBACK_ONLY,
      pollIntervalMs: 2000,
      maxConnections: 10_000,
      maxConnectionsPerAddress: 10_000,
      logFormat: "text",
      create: false,
      demo: false,
      demoShape: undefined,
      open: false,
    });
    expect(serve([], {}, false).logFormat).toBe("json");
  });

  test("come from the command line, with a space or an equals sign", () => {
    const argv = [
      "jobs.db",
      "--table",
      "log",
      "--port=0",
      "--host=localhost",
      "--poll-interval",
      "500",
      "--max-connections=7",
      "--max-connections-per-address=3",
    ];
    expect(serve([...argv, "--log-format=json", "--create", "--open"])).toEqual({
      database: "jobs.db",
      databaseGiven: true,
      table: "log",
      query: undefined,
      columns: {},
      labels: {},
      timeZone: "UTC",
      panels: undefined,
      showSecrets: false,
      port: 0,
      host: "localhost",
      basePath: "/",
      access: LOOPBACK_ONLY,
      pollIntervalMs: 500,
      maxConnections: 7,
      maxConnectionsPerAddress: 3,
      logFormat: "json",
      create: true,
      demo: false,
      demoShape: undefined,
      open: true,
    });
  });

  test("an address may open as many streams as all together, unless it is told otherwise", () => {
    expect(serve(["--max-connections=7"]).maxConnectionsPerAddress).toBe(7);
    expect(serve([], { TAILBOARD_MAX_CONNECTIONS_PER_ADDRESS: "5" }).maxConnectionsPerAddress).toBe(5);
  });

  test("come from the environment, where the command line is silent", () => {
    const env = { TAILBOARD_DB: "a.db", TAILBOARD_TABLE: "t", PORT: "81", TAILBOARD_POLL_INTERVAL: "50" };
    expect(serve([], env)).toMatchObject({ database: "a.db", databaseGiven: true, table: "t", port: 81 });
    expect(serve(["b.db", "--port", "82"], env)).toMatchObject({
      database: "b.db",
      port: 82,
      pollIntervalMs: 50,
    });
    expect(serve([], { PORT: "", TAILBOARD_HOST: "" })).toMatchObject({ port: 3000, host: "127.0.0.1" });
    expect(serve([], { TAILBOARD_HOST: "::1" }).host).toBe("::1");
  });

  test("a HOST of other programs, such as conda and tcsh, is a warning at most", () => {
    const warnings = (argv: string[], env: Record<string, string>) => {
      const command = parse(argv, env);
      if (command.kind !== "serve") throw new Error("not served");
      expect(command.options.host).toBe(env["TAILBOARD_HOST"] ?? "127.0.0.1");
      return command.warnings;
    };
    for (const host of ["x86_64-conda-linux-gnu", "0.0.0.0", "::1"])
      expect(warnings([], { HOST: host })).toEqual([expect.stringContaining("TAILBOARD_HOST")]);
    expect(warnings([], {})).toEqual([]);
    expect(warnings([], { HOST: "" })).toEqual([]);
    expect(warnings([], { HOST: "127.0.0.1" })).toEqual([]);
    // Who says which address is meant knows that HOST is not it.
    expect(warnings([], { HOST: "box", TAILBOARD_HOST: "::1" })).toEqual([]);
    expect(warnings(["--host", "127.0.0.1"], { HOST: "box" })).toEqual([]);
  });

  test("an option with a value is given once; a switch twice says the same", () => {
    for (const row of OPTION_TABLE.filter((candidate) => "value" in candidate)) {
      if (isPositional(row)) continue;
      for (const argv of [
        [row.commands[0], row.flag, "1", row.flag, "2"],
        [row.commands[0], `${row.flag}=1`, row.flag, "1"],
      ]) {
        const message = complaint(argv);
        expect(message).toStartWith(`${row.flag} is given twice: `);
        if ("isSecret" in row) expect(message).not.toMatch(/"[12]"/);
        else expect(message).toContain('got "1" and "');
      }
    }
    expect(serve(["--create", "--create", "--open", "--open"])).toMatchObject({ create: true, open: true });
  });

  test("the defaults are those of the table, and every one of them is allowed", () => {
    const withDefault = optionsOf("serve").flatMap(({ flag, default: text }) =>
      text === undefined ? [] : [{ flag, default: text }],
    );
    expect(withDefault.map((row) => row.flag)).toEqual([
      "DATABASE",
      "--table",
      "--time-zone",
      "--port",
      "--host",
      "--base-path",
      "--poll-interval",
      "--max-connections",
    ]);
    const spelt = withDefault.flatMap((row) =>
      row.flag === "DATABASE" ? [row.default] : [row.flag, row.default],
    );
    expect(serve(spelt)).toEqual({ ...serve([]), databaseGiven: true });
  });

  test("--demo has a table of its own, whatever the environment names", () => {
    expect(serve(["--demo"], { TAILBOARD_TABLE: "jobs" })).toMatchObject({ demo: true, table: "events" });
  });

  test("a database whose name begins with a dash follows --", () => {
    expect(serve(["--", "--odd.db"]).database).toBe("--odd.db");
  });

  test.each([
    [["--prot", "1"], "--prot"],
    [["--port", "http"], '--port takes a whole number from 0 to 65535: got "http"'],
    [["--port", "65536"], "65535"],
    [["--port", "-1"], "65535"],
    [["--port", "1e3"], "65535"],
    [["--port"], "--port needs a value: --port N"],
    [["--poll-interval", "0"], "from 10 to 3600000"],
    [["--max-connections", "0"], "from 1 to 1000000"],
    [["--max-connections-per-address", "0"], "from 1 to 1000000"],
    [["--log-format", "xml"], "text or json"],
    [["--table", ""], "--table"],
    [["--create=yes"], "takes no value"],
    [["a.db", "b.db"], '"a.db" and "b.db"'],
    [["--demo", "a.db"], "temporary database"],
    [["--demo", "--table", "jobs"], "temporary database"],
    [["--demo", "--columns", "type=kind"], "temporary database"],
    [
      ["--host", "0.0.0.0"],
      "TAILBOARD_TOKEN=$(openssl rand -hex 24) bun src/server.ts --host 0.0.0.0 (or --no-auth",
    ],
    [["--host", "192.168.1.7"], "--host 192.168.1.7"],
    [["--host", "::"], "--host ::"],
    [["--host", "box.example"], "a token is needed"],
    [["--host", "0.0.0.0:3000"], "without a port"],
    [["--host", "300.1.1.1"], "an address of this machine"],
    [["--no-auth", "--token", "long-enough"], "--no-auth lets everybody in"],
    [["--token", ""], "--token takes 8 to 512"],
    [["--tls-cert", "a.pem"], "belong together"],
    [["--tls-key", "a.pem"], "belong together"],
    [
      ["--allowed-host", "a.example:80"],
      'without a port, as in tail.example,10.0.0.5, with commas between them: got "a.example:80"',
    ],
    [["--allowed-host", "a,,b"], 'got ""'],
    [["--allowed-host", "*"], 'got "*"'],
    [["--cors-origin", "https://a.example/"], 'got "https://a.example/"'],
    [["--cors-origin", "*"], 'got "*"'],
    [["--cors-origin", "null"], 'got "null"'],
    [["--trusted-proxy", "10.0.0.0/33"], 'got "10.0.0.0/33"'],
    [["--trusted-proxy", "proxy.example"], 'got "proxy.example"'],
    [["--trusted-proxy", "::1", "--user-header", "a b"], "the name of a header"],
    [["--user-header", "X-User"], "--trusted-proxy"],
  ])("refuses %j in one line", (argv, part) => {
    const message = complaint(argv);
    expect(message).toContain(part);
    expect(message).not.toContain("\n");
  });

  test("another address than loopback takes a token, or the word that it needs none", () => {
    expect(serve(["--host", "0.0.0.0", "--token", "long-enough"]).access.token).toBe("long-enough");
    expect(serve(["--host", "::"], { TAILBOARD_TOKEN: "long-enough" }).access.token).toBe("long-enough");
    expect(serve(["--host", "10.0.0.5", "--no-auth"]).access.token).toBeUndefined();
    for (const host of ["localhost", "::1", "[::1]", "127.0.0.1", "127.1.2.3"])
      expect(serve(["--host", host]).access.token).toBeUndefined();
    expect(() => serve([], { TAILBOARD_HOST: "0.0.0.0" })).toThrow("a token is needed");
    expect(() => serve(["--host", "0.0.0.0"], { TAILBOARD_TOKEN: "" })).toThrow("a token is needed");
  });

  test("a token that can't be one is not repeated", () => {
    for (const token of ["short", "with a space", "with\nbreak", "umläut-umläut", "x".repeat(513)]) {
      expect(complaint(["--token", token])).not.toContain(token);
      expect(complaint([], { TAILBOARD_TOKEN: token })).toStartWith("TAILBOARD_TOKEN takes");
    }
  });

  test("lists of names, origins and proxies", () => {
    const access = serve([
      "--allowed-host=tail.example, 10.0.0.5,[fd00::1]",
      "--cors-origin=https://a.example,http://localhost:8080",
      "--trusted-proxy=127.0.0.1,10.0.0.0/8,fd00::/8",
      "--user-header=X-Forwarded-User",
    ]).access;
    expect(access).toMatchObject({
      allowedHosts: ["tail.example", "10.0.0.5", "[fd00::1]"],
      corsOrigins: ["https://a.example", "http://localhost:8080"],
      trustedProxies: ["127.0.0.1", "10.0.0.0/8", "fd00::/8"],
      userHeader: "x-forwarded-user",
    });
  });

  test("names the variable that a wrong value came from", () => {
    expect(complaint([], { PORT: "x" })).toStartWith("PORT takes");
  });

  test("every row of the table is in --help, with its default and its variable", () => {
    const command = parse(["--help"]);
    if (command.kind !== "print") throw new Error("--help served");
    for (const row of optionsOf("serve")) {
      expect(command.text).toContain(row.flag);
      expect(command.text).toContain(row.meaning);
      if (row.environment !== undefined) expect(command.text).toContain(row.environment);
    }
    for (const { name, synopsis } of COMMAND_TABLE.slice(1))
      expect(command.text).toContain(`tailboard ${name} ${synopsis}`);
  });

  test("--version prints the version alone", () => {
    expect(parse(["--version"])).toEqual({ kind: "print", text: "1.2.3" });
  });
});

test("--demo takes a shape of its table, or none", () => {
  expect(serve(["--demo", "jobs"])).toMatchObject({ demo: true, demoShape: "jobs", table: "job_runs" });
  expect(serve(["--demo=home", "--open"])).toMatchObject({ demoShape: "home", table: "states", open: true });
  expect(serve(["--demo"])).toMatchObject({ demo: true, demoShape: undefined, table: "events" });
  expect(optionRow("--demo").choices).toEqual(Object.keys(DEMO_SHAPES));
  expect(complaint(["--demo=moon"])).toBe("--demo takes one of jobs, audit, home, or none");
});

test.each(["http://a/?token=SECRET", "HTTPS://SECRET@a/"])("serve follows no server: %s", (url) => {
  expect(() => serve([url])).toThrow("tailboard tail URL");
  expect(() => serve([url])).not.toThrow("SECRET");
  expect(serve(["--demo"], { TAILBOARD_DB: url }).demo).toBe(true);
});

describe("the options for columns", () => {
  test("give a column to a role, and a form to the time", () => {
    expect(serve(["--columns", "time=visit:time:webkit-us, type=kind,actor="]).columns).toEqual({
      time: { column: "visit:time", form: "webkit-us" },
      type: { column: "kind" },
      actor: { column: null },
    });
    expect(serve([], { TAILBOARD_COLUMNS: "summary=Note" }).columns).toEqual({ summary: { column: "Note" } });
  });

  test("name values", () => {
    expect(serve(["--labels=status:0=down,1=up,kind:2=made: new"]).labels).toEqual({
      status: { "0": "down", "1": "up" },
      kind: { "2": "made: new" },
    });
  });

  test("say what a time without a zone means", () => {
    expect(serve(["--time-zone=Europe/Berlin"]).timeZone).toBe("Europe/Berlin");
    expect(serve(["--time-zone", "utc"]).timeZone).toBe("UTC");
    expect(serve(["--time-zone", "local"]).timeZone).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
  });

  test("follow a query in place of a table", () => {
    expect(serve(["--query", "SELECT rowid AS id, * FROM jobs"]).query).toBe(
      "SELECT rowid AS id, * FROM jobs",
    );
    expect(serve([]).query).toBeUndefined();
    const env = { TAILBOARD_QUERY: "SELECT 1 AS id" };
    expect(serve([], env).query).toBe("SELECT 1 AS id");
    expect(serve(["--table", "jobs"], env)).toMatchObject({ table: "jobs", query: undefined });
  });

  for (const [argv, words] of [
    [["--columns", "when=at"], "--columns takes ROLE=COLUMN,… with the roles time, type"],
    [["--columns", "time"], "--columns takes ROLE=COLUMN"],
    [["--columns", "time=a,time=b"], "--columns gives the role time twice"],
    [["--columns", "time=at:fortnights"], "with the forms text, compact, epoch-s"],
    [["--labels", "0=down"], "--labels takes COLUMN:VALUE=NAME"],
    [["--labels", "status:0="], "--labels takes COLUMN:VALUE=NAME"],
    [
      ["--time-zone", "Mars/Base"],
      '--time-zone takes UTC, local, or a zone such as Europe/Berlin: got "Mars/Base"',
    ],
    [["--time-zone", "+02:00"], "--time-zone takes UTC, local"],
    [["--query", "SELECT 1", "--table", "jobs"], "--query is followed in place of a table"],
    [["--query", ""], "--query needs"],
  ] as const)
    test(`${argv.join(" ")} is refused with one line`, () => {
      const line = complaint([...argv]);
      expect(line).toContain(words);
      expect(line).not.toContain("\n");
    });
});

describe("--panels and --show-secrets", () => {
  test.each([
    ["agents", ["agents"]],
    [" agents , work_items ", ["agents", "work_items"]],
    ['"a, b","say ""x""",c d', ["a, b", 'say "x"', "c d"]],
    ["agents,Agents", ["agents"]],
    ["none", "none"],
    ['"none"', ["none"]],
  ] as const)("takes %j", (text, panels) => {
    expect(serve(["--panels", text]).panels).toEqual(panels);
    expect(serve([], { TAILBOARD_PANELS: text }).panels).toEqual(panels);
  });

  test.each(["", ",", "a,,b", "a,", '"open', '"a"b', 'a"b'])("refuses %j", (text) => {
    expect(() => serve(["--panels", text])).toThrow("--panels takes names of tables");
  });

  test("shows secrets where it is told to", () => {
    expect(serve([]).showSecrets).toBe(false);
    expect(serve(["--show-secrets"]).showSecrets).toBe(true);
    expect(serve([], { TAILBOARD_SHOW_SECRETS: "1" }).showSecrets).toBe(true);
    expect(serve([], { TAILBOARD_SHOW_SECRETS: "0" }).showSecrets).toBe(false);
    for (const other of ["yes", "true", "no", "off", "maybe"])
      expect(() => serve([], { TAILBOARD_SHOW_SECRETS: other })).toThrow(
        "TAILBOARD_SHOW_SECRETS takes 1 or 0",
      );
  });
});
