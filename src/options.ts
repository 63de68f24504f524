/** Options from the command line and the environment. */
import { DEFAULT_DATABASE, helpText, OPTION_TABLE, type OptionRow } from "./option-table.ts";

export interface Options {
  /** The SQLite file, as given. */
  readonly database: string;
  /** False where DATABASE was left out: only then is the default file created when it is missing. */
  readonly databaseGiven: boolean;
  readonly table: string;
  readonly port: number;
  readonly host: string;
  readonly pollIntervalMs: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly logFormat: "text" | "json";
  readonly create: boolean;
  readonly demo: boolean;
  readonly open: boolean;
}

/** What the command line asks for. */
export type Command =
  { readonly kind: "serve"; readonly options: Options } | { readonly kind: "print"; readonly text: string };

/** A wrong option: one line that says what was wrong and what is allowed. Exit status 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

type Flag = (typeof OPTION_TABLE)[number]["flag"];

/** A poll more often than this would be a busy loop; the commits are noticed without it. */
const MIN_POLL_INTERVAL_MS = 10;
const MAX_POLL_INTERVAL_MS = 3_600_000;
const MAX_PORT = 65_535;
/** Far beyond what a process can hold open: who needs more wants no limit. */
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
  if (demo && ["DATABASE", "--table", "--create"].some((flag) => given.has(flag))) {
    throw new UsageError(
      "--demo follows a temporary database of its own: leave out DATABASE, --table and --create",
    );
  }

  /** The text of an option and the name to blame for it; an empty variable counts as unset. */
  const lookUp = (flag: Flag): { text: string; source: string } | undefined => {
    const text = given.get(flag);
    if (text !== undefined) return { text, source: flag };
    const row: OptionRow | undefined = OPTION_TABLE.find((candidate) => candidate.flag === flag);
    const variable = row?.environment;
    const value = variable === undefined ? undefined : env[variable];
    return variable === undefined || value === undefined || value === ""
      ? undefined
      : { text: value, source: variable };
  };
  const read = <T>(flag: Flag, fallback: T, parse: (text: string, source: string) => T): T => {
    const found = lookUp(flag);
    return found === undefined ? fallback : parse(found.text, found.source);
  };

  const maxConnections = read("--max-connections", 10_000, wholeNumber(1, MAX_MAX_CONNECTIONS));
  return {
    kind: "serve",
    options: {
      database: read("DATABASE", DEFAULT_DATABASE, nonEmpty),
      databaseGiven: lookUp("DATABASE") !== undefined,
      table: demo ? "events" : read("--table", "events", nonEmpty),
      port: read("--port", 3000, wholeNumber(0, MAX_PORT)),
      host: read("--host", "127.0.0.1", loopbackAddress),
      pollIntervalMs: read("--poll-interval", 2000, wholeNumber(MIN_POLL_INTERVAL_MS, MAX_POLL_INTERVAL_MS)),
      maxConnections,
      maxConnectionsPerAddress: read(
        "--max-connections-per-address",
        maxConnections,
        wholeNumber(1, MAX_MAX_CONNECTIONS),
      ),
      logFormat: read("--log-format", isTerminal ? "text" : "json", logFormat),
      create: given.has("--create"),
      demo,
      open: given.has("--open"),
    },
  };
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
      if (equals !== -1) throw new UsageError(`${name} takes no value: write it alone`);
      given.set(row.flag, "");
      continue;
    }
    const value = equals === -1 ? rest.shift() : argument.slice(equals + 1);
    if (value === undefined) throw new UsageError(`${name} needs a value: ${name} ${row.value}`);
    given.set(row.flag, value);
  }
  return given;
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
    `${source} ${JSON.stringify(text)} is not a loopback address: without access control everyone who reaches it could read the events; use 127.0.0.1, ::1 or localhost (from elsewhere: ssh -L 3000:localhost:3000)`,
  );
}
