/** Options from the command line and the environment. */
import { parseBasePath } from "./base-path.ts";
import { ColumnOptionError, parseColumns, parseLabels, parseTimeZone } from "./column-options.ts";
import type { ValueLabels } from "./column-roles.ts";
import type { GivenRoles } from "./columns/roles.ts";
import { DEMO_SHAPES } from "./demo-shapes.ts";
import { type Flag, type FlagWithDefault, helpText, OPTION_TABLE, optionRow } from "./option-table.ts";
import { parsePanels } from "./panel-options.ts";

export interface Options {
  /** The SQLite file, as given. */
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
  | { readonly kind: "print"; readonly text: string };

/** A wrong option: one line that says what was wrong and what is allowed. Exit status 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A poll more often than this would be a busy loop; the commits are noticed without it. */
const MIN_POLL_INTERVAL_MS = 10;
const MAX_POLL_INTERVAL_MS = 3_600_000;
const MAX_PORT = 65_535;
/** Far beyond what a process can hold open: a number above it is a slip. */
const MAX_MAX_CONNECTIONS = 1_000_000;

export interface Surroundings {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether standard output is a terminal: decides the default log format. */
  readonly isTerminal: boolean;
  readonly version: string;
}

/**
 * Reads the command line, then the environment, then the defaults.
 * @throws UsageError with one line for the operator
 */
export function parseOptions({ argv, env, isTerminal, version }: Surroundings): Command {
  const given = parseArguments(argv);
  if (given.has("--help")) return { kind: "print", text: helpText(version) };
  if (given.has("--version")) return { kind: "print", text: version };

  const demo = given.has("--demo");
  if (demo && ["DATABASE", "--table", "--query", "--columns", "--create"].some((flag) => given.has(flag))) {
    throw new UsageError(
      "--demo follows a temporary database of its own: leave out DATABASE, --table, --query, --columns and --create",
    );
  }

  /** The text of an option and the name to blame for it; an empty variable counts as unset. */
  const lookUp = (flag: Flag): { text: string; source: string } | undefined => {
    const text = given.get(flag);
    if (text !== undefined) return { text, source: flag };
    const variable = optionRow(flag).environment;
    const value = variable === undefined ? undefined : env[variable];
    return variable === undefined || value === undefined || value === ""
      ? undefined
      : { text: value, source: variable };
  };
  const readOr = <T>(flag: Flag, fallback: T, parse: (text: string, source: string) => T): T => {
    const found = lookUp(flag);
    return found === undefined ? fallback : parse(found.text, found.source);
  };
  const read = <T>(flag: FlagWithDefault, parse: (text: string, source: string) => T): T =>
    readOr(flag, parse(defaultOf(flag), `the default of ${flag}`), parse);

  if (given.has("--query") && given.has("--table")) {
    throw new UsageError("--query is followed in place of a table: leave out --table or --query");
  }
  const demoShape = given.get("--demo") === "" ? undefined : given.get("--demo");
  const shape = demoShape === undefined ? undefined : DEMO_SHAPES[demoShape];
  const host = read("--host", loopbackAddress);
  const isHostChosen = lookUp("--host") !== undefined;
  const maxConnections = read("--max-connections", wholeNumber(1, MAX_MAX_CONNECTIONS));
  return {
    kind: "serve",
    options: {
      database: read("DATABASE", nonEmpty),
      databaseGiven: lookUp("DATABASE") !== undefined,
      table: demo ? (shape?.table ?? defaultOf("--table")) : read("--table", nonEmpty),
      // A table that is given on the command line goes before a query of the environment.
      query:
        demo || given.has("--table") ? undefined : readOr<string | undefined>("--query", undefined, nonEmpty),
      columns: demo ? {} : readOr("--columns", {}, columnOption(parseColumns)),
      labels: readOr("--labels", {}, columnOption(parseLabels)),
      timeZone: read("--time-zone", columnOption(parseTimeZone)),
      panels: readOr<Options["panels"]>("--panels", undefined, panelList),
      showSecrets: given.has("--show-secrets") || readOr("--show-secrets", false, yesOrNo),
      port: read("--port", wholeNumber(0, MAX_PORT)),
      host,
      basePath: read("--base-path", basePath),
      pollIntervalMs: read("--poll-interval", wholeNumber(MIN_POLL_INTERVAL_MS, MAX_POLL_INTERVAL_MS)),
      maxConnections,
      maxConnectionsPerAddress: readOr(
        "--max-connections-per-address",
        maxConnections,
        wholeNumber(1, MAX_MAX_CONNECTIONS),
      ),
      logFormat: readOr("--log-format", isTerminal ? "text" : "json", logFormat),
      create: given.has("--create"),
      demo,
      demoShape,
      open: given.has("--open"),
    },
    warnings: isHostChosen ? [] : foreignHost(env["HOST"], host),
  };
}

/** Many programs take HOST for the address to listen on; conda and tcsh set it for purposes of their own. */
function foreignHost(variable: string | undefined, host: string): string[] {
  if (variable === undefined || variable === "" || variable === host) return [];
  return [
    `the variable HOST is ${JSON.stringify(variable)}, and is not used: for another address than ${host} set TAILBOARD_HOST or --host`,
  ];
}

function defaultOf(flag: FlagWithDefault): string {
  return optionRow(flag).default ?? "";
}

function parseArguments(argv: readonly string[]): Map<string, string> {
  const given = new Map<string, string>();
  const rest = [...argv];
  let flagsEnded = false;
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (argument === "--" && !flagsEnded) {
      flagsEnded = true;
      continue;
    }
    if (flagsEnded || !argument.startsWith("-")) {
      const earlier = given.get("DATABASE");
      if (earlier !== undefined) {
        throw new UsageError(
          `one DATABASE at a time: got ${JSON.stringify(earlier)} and ${JSON.stringify(argument)}`,
        );
      }
      given.set("DATABASE", argument);
      continue;
    }
    const equals = argument.indexOf("=");
    const name = equals === -1 ? argument : argument.slice(0, equals);
    const row = OPTION_TABLE.find((candidate) => candidate.flag === name && candidate.flag !== "DATABASE");
    if (row === undefined) {
      const allowed = OPTION_TABLE.slice(1).map((candidate) => candidate.flag);
      throw new UsageError(`there is no option ${name}; the options are ${allowed.join(" ")} (see --help)`);
    }
    if (!("value" in row)) {
      const choices: readonly string[] = "choices" in row ? row.choices : [];
      const chosen =
        equals === -1 ? choices.find((choice) => choice === rest[0]) : argument.slice(equals + 1);
      if (chosen !== undefined && !choices.includes(chosen)) {
        const allowed =
          choices.length === 0 ? "no value: write it alone" : `one of ${choices.join(", ")}, or none`;
        throw new UsageError(`${name} takes ${allowed}`);
      }
      if (chosen !== undefined && equals === -1) rest.shift();
      given.set(row.flag, chosen ?? "");
      continue;
    }
    const value = equals === -1 ? rest.shift() : argument.slice(equals + 1);
    if (value === undefined) throw new UsageError(`${name} needs a value: ${name} ${row.value}`);
    const earlier = given.get(row.flag);
    if (earlier !== undefined) {
      throw new UsageError(
        `${name} is given twice: got ${JSON.stringify(earlier)} and ${JSON.stringify(value)}, and takes one value`,
      );
    }
    given.set(row.flag, value);
  }
  return given;
}

/** Puts the name of the option before what is wrong with its text. */
function columnOption<T>(parse: (text: string) => T): (text: string, source: string) => T {
  return (text, source) => {
    try {
      return parse(text);
    } catch (error) {
      if (error instanceof ColumnOptionError) throw new UsageError(`${source} ${error.message}`);
      throw error;
    }
  };
}

/** Puts the name of the option before what is wrong with its text. */
function panelList(text: string, source: string): readonly string[] | "none" {
  const list = parsePanels(text);
  if (list !== undefined) return list;
  throw new UsageError(
    `${source} takes names of tables with commas between them, as in agents,work_items, or none: got ${JSON.stringify(text)}`,
  );
}

function basePath(text: string, source: string): string {
  const path = parseBasePath(text);
  if (path !== undefined) return path;
  throw new UsageError(
    `${source} takes a path such as /tail or /tools/tail, of letters, digits, "-", ".", "_" and "~": got ${JSON.stringify(text)}`,
  );
}

/** A switch as a variable. */
function yesOrNo(text: string, source: string): boolean {
  if (/^(?:1|true|yes|on)$/i.test(text)) return true;
  if (/^(?:0|false|no|off)$/i.test(text)) return false;
  throw new UsageError(`${source} takes 1 or 0: got ${JSON.stringify(text)}`);
}

function nonEmpty(text: string, source: string): string {
  if (text === "" || text.includes("\0"))
    throw new UsageError(`${source} needs a name: got ${JSON.stringify(text)}`);
  return text;
}

function wholeNumber(min: number, max: number): (text: string, source: string) => number {
  return (text, source) => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) {
      throw new UsageError(
        `${source} takes a whole number from ${min} to ${max}: got ${JSON.stringify(text)}`,
      );
    }
    return value;
  };
}

function logFormat(text: string, source: string): "text" | "json" {
  if (text !== "text" && text !== "json") {
    throw new UsageError(`${source} takes text or json: got ${JSON.stringify(text)}`);
  }
  return text;
}

function loopbackAddress(text: string, source: string): string {
  const address = text.replace(/^\[(.*)\]$/, "$1");
  if (address === "localhost" || address === "::1" || /^127(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(address))
    return address;
  throw new UsageError(
    `${source} ${JSON.stringify(text)} is not a loopback address: without access control everyone who reaches it could read the events; use 127.0.0.1, ::1 or localhost (from elsewhere: ssh -L PORT:localhost:PORT)`,
  );
}
