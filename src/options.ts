/** Options from the command line and the environment. */
import { type AccessOptions, accessOptions, hostToListenOn } from "./access-options.ts";
import { parseArguments } from "./arguments.ts";
import { parseColumns, parseLabels, parseTimeZone } from "./column-options.ts";
import type { ValueLabels } from "./column-roles.ts";
import type { GivenRoles } from "./columns/roles.ts";
import { completionScript, SHELLS } from "./completions.ts";
import { DEMO_SHAPES } from "./demo-shapes.ts";
import { GivenOptions } from "./given-options.ts";
import { helpText } from "./option-help.ts";
import {
  basePath,
  columnOption,
  nonEmpty,
  oneOf,
  oneOrZero,
  panelList,
  pollInterval,
  wholeNumber,
} from "./option-values.ts";
import { checkPostgres } from "./postgres-options.ts";
import { isPostgresUrl } from "./postgres-url.ts";
import {
  type QueryOptions,
  queryOptions,
  type TailOptions,
  tailOptions,
  type WaitOptions,
  waitOptions,
} from "./reader-options.ts";
import { UsageError } from "./usage-error.ts";

export { UsageError } from "./usage-error.ts";

export interface Options {
  /** The SQLite file, as given, or the URL of a PostgreSQL database. */
  readonly database: string;
  /** False where DATABASE was left out: only then is the default file created when it is missing. */
  readonly databaseGiven: boolean;
  readonly table: string;
  /** A SELECT to follow in place of the table. */
  readonly query: string | undefined;
  readonly columns: GivenRoles;
  readonly labels: ValueLabels;
  /** A name of the IANA database. */
  readonly timeZone: string;
  /** The tables that are offered beside the log, in their order; undefined for all. */
  readonly panels: readonly string[] | "none" | undefined;
  /** Whether their columns that are named like secrets are shown. */
  readonly showSecrets: boolean;
  readonly port: number;
  readonly host: string;
  /** With a slash at both ends; "/" for the root. */
  readonly basePath: string;
  readonly access: AccessOptions;
  readonly pollIntervalMs: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly logFormat: "text" | "json";
  readonly create: boolean;
  readonly demo: boolean;
  /** The shape of the demo's table, where it is not that of the documentation. */
  readonly demoShape: string | undefined;
  readonly open: boolean;
}

/** What the command line asks for. */
export type Command =
  | {
      readonly kind: "serve";
      readonly options: Options;
      /** What the operator may have meant otherwise, one line each. */
      readonly warnings: readonly string[];
    }
  | { readonly kind: "tail"; readonly options: TailOptions }
  | { readonly kind: "wait"; readonly options: WaitOptions }
  | { readonly kind: "query"; readonly options: QueryOptions }
  | { readonly kind: "sql"; readonly what: "notify" | "schema"; readonly table: string }
  | { readonly kind: "print"; readonly text: string };

/** The demo has a database and a table of its own. */
const ONLY_WITHOUT_DEMO = ["DATABASE", "--table", "--query", "--columns", "--create"] as const;

const MAX_PORT = 65_535;
/** Far beyond what a process can hold open: a number above it is a slip. */
const MAX_MAX_CONNECTIONS = 1_000_000;

export interface Surroundings {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether standard output is a terminal: decides the default log format. */
  readonly isTerminal: boolean;
  readonly version: string;
  /** Whether there is such a file: a word that is like a command is a database then. */
  readonly exists?: (path: string) => boolean;
}

/**
 * Reads the command line, then the environment, then the defaults.
 * @throws UsageError with one line for the operator
 */
export function parseOptions({ argv, env, isTerminal, version, exists }: Surroundings): Command {
  const { command, given } = parseArguments(argv, exists ?? (() => false));
  if (given.has("--help")) return { kind: "print", text: helpText(version, command) };
  if (given.has("--version")) return { kind: "print", text: version };
  const options = new GivenOptions(given, env);
  switch (command) {
    case "tail":
      return { kind: "tail", options: tailOptions(options, isTerminal) };
    case "wait":
      return { kind: "wait", options: waitOptions(options, isTerminal) };
    case "query":
      return { kind: "query", options: queryOptions(options, isTerminal) };
    case "notify-sql":
      return { kind: "sql", what: "notify", table: options.read("--table", nonEmpty) };
    case "schema-sql":
      return { kind: "sql", what: "schema", table: options.read("--table", nonEmpty) };
    case "completions":
      return { kind: "print", text: completionScript(options.required("SHELL", oneOf(SHELLS))) };
    case "serve":
    case undefined:
      return serveOptions(options, env, isTerminal);
  }
}

function serveOptions(given: GivenOptions, env: Surroundings["env"], isTerminal: boolean): Command {
  const demo = given.has("--demo");
  if (demo && ONLY_WITHOUT_DEMO.some((flag) => given.has(flag))) {
    throw new UsageError(
      "--demo follows a temporary database of its own: leave out DATABASE, --table, --query, --columns and --create",
    );
  }
  if (given.has("--query") && given.has("--table")) {
    throw new UsageError("--query is followed in place of a table: leave out --table or --query");
  }
  const database = given.read("DATABASE", nonEmpty);
  // Without the URL, which may have a token in it.
  if (!demo && /^https?:\/\//i.test(database))
    throw new UsageError(
      "serve takes a file or a PostgreSQL database, and a server has its own: follow it with tailboard tail URL",
    );
  if (!demo && isPostgresUrl(database)) checkPostgres(given, database);
  const demoShape = given.text("--demo") === "" ? undefined : given.text("--demo");
  const shape = demoShape === undefined ? undefined : DEMO_SHAPES[demoShape];
  const host = given.read("--host", hostToListenOn);
  const maxConnections = given.read("--max-connections", wholeNumber(1, MAX_MAX_CONNECTIONS));
  return {
    kind: "serve",
    options: {
      database,
      databaseGiven: given.isSet("DATABASE"),
      table: demo ? (shape?.table ?? given.defaultOf("--table")) : given.read("--table", nonEmpty),
      // A table that is given on the command line goes before a query of the environment.
      query:
        demo || given.has("--table")
          ? undefined
          : given.readOr<string | undefined>("--query", undefined, nonEmpty),
      columns: demo ? {} : given.readOr("--columns", {}, columnOption(parseColumns)),
      labels: given.readOr("--labels", {}, columnOption(parseLabels)),
      timeZone: given.read("--time-zone", columnOption(parseTimeZone)),
      panels: given.readOr<Options["panels"]>("--panels", undefined, panelList),
      showSecrets: given.has("--show-secrets") || given.readOr("--show-secrets", false, oneOrZero),
      port: given.read("--port", wholeNumber(0, MAX_PORT)),
      host,
      basePath: given.read("--base-path", basePath),
      access: accessOptions(given, host),
      pollIntervalMs: given.read("--poll-interval", pollInterval),
      maxConnections,
      maxConnectionsPerAddress: given.readOr(
        "--max-connections-per-address",
        maxConnections,
        wholeNumber(1, MAX_MAX_CONNECTIONS),
      ),
      logFormat: given.readOr("--log-format", isTerminal ? "text" : "json", oneOf(["text", "json"])),
      create: given.has("--create"),
      demo,
      demoShape,
      open: given.has("--open"),
    },
    warnings: given.isSet("--host") ? [] : foreignHost(env["HOST"], host),
  };
}

/** Many programs take HOST for the address to listen on; conda and tcsh set it for purposes of their own. */
function foreignHost(variable: string | undefined, host: string): string[] {
  if (variable === undefined || variable === "" || variable === host) return [];
  return [
    `the variable HOST is ${JSON.stringify(variable)}, and is not used: for another address than ${host} set TAILBOARD_HOST or --host`,
  ];
}
