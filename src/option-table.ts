/**
 * The options and their defaults. Parsing, `--help` and the reference in README.md all take them from here, so that
 * none of them can say something else.
 */

export interface OptionRow {
  /** As written on the command line; the positional one has no dashes. */
  readonly flag: string;
  /** Placeholder of its value in --help; a switch has none. */
  readonly value?: string;
  readonly environment?: string;
  /** What counts where the option is not given, as it would be written on the command line. */
  readonly default?: string;
  /** In words, where the default depends on something else. */
  readonly defaultInWords?: string;
  /** A switch may be followed by one of these. */
  readonly choices?: readonly string[];
  readonly meaning: string;
}

export const OPTION_TABLE = [
  {
    flag: "DATABASE",
    value: "DATABASE",
    environment: "TAILBOARD_DB",
    default: "./events.db",
    meaning: "the SQLite file to follow; created only where it is left out and the default does not exist",
  },
  {
    flag: "--table",
    value: "NAME",
    environment: "TAILBOARD_TABLE",
    default: "events",
    meaning: "table or view to follow",
  },
  {
    flag: "--query",
    value: "SQL",
    environment: "TAILBOARD_QUERY",
    meaning: "follow a read-only SELECT with an integer column id in place of a table",
  },
  {
    flag: "--columns",
    value: "MAP",
    environment: "TAILBOARD_COLUMNS",
    defaultInWords: "detected",
    meaning: "which column plays which role, as in time=created_at:epoch-ms,type=kind,summary=message",
  },
  {
    flag: "--labels",
    value: "MAP",
    meaning: "names for values, as in status:0=down,1=up",
  },
  {
    flag: "--time-zone",
    value: "ZONE",
    environment: "TAILBOARD_TIME_ZONE",
    default: "UTC",
    meaning: "what times without a zone mean: UTC, local, or a zone such as Europe/Berlin",
  },
  {
    flag: "--panels",
    value: "LIST",
    environment: "TAILBOARD_PANELS",
    defaultInWords: "all tables of the file",
    meaning: "tables that are offered beside the log, in their order, as in agents,work_items; none for none",
  },
  {
    flag: "--show-secrets",
    environment: "TAILBOARD_SHOW_SECRETS",
    meaning: "show columns of those tables that are named like secrets, which are masked otherwise",
  },
  {
    flag: "--port",
    value: "N",
    environment: "PORT",
    default: "3000",
    meaning: "port to listen on; 0 picks a free one",
  },
  {
    flag: "--host",
    value: "ADDR",
    environment: "TAILBOARD_HOST",
    default: "127.0.0.1",
    meaning: "loopback address to listen on; others are refused until there is access control",
  },
  {
    flag: "--base-path",
    value: "PATH",
    environment: "TAILBOARD_BASE_PATH",
    default: "/",
    meaning: "path that everything is served under, as in /tail, behind a proxy that passes it on",
  },
  {
    flag: "--poll-interval",
    value: "MS",
    environment: "TAILBOARD_POLL_INTERVAL",
    default: "2000",
    meaning: "milliseconds between two polls of the table when no commit is noticed",
  },
  {
    flag: "--max-connections",
    value: "N",
    environment: "TAILBOARD_MAX_CONNECTIONS",
    default: "10000",
    meaning: "streams open at a time; further ones get 503 with Retry-After",
  },
  {
    flag: "--max-connections-per-address",
    value: "N",
    environment: "TAILBOARD_MAX_CONNECTIONS_PER_ADDRESS",
    defaultInWords: "as many as all together",
    meaning: "the same for one client address, or one proxy; further ones get 429 with Retry-After",
  },
  {
    flag: "--log-format",
    value: "text|json",
    environment: "TAILBOARD_LOG_FORMAT",
    defaultInWords: "text on a terminal, json otherwise",
    meaning: "how messages are written to standard output",
  },
  { flag: "--create", meaning: "create the database and its table when they are missing" },
  {
    flag: "--demo",
    choices: ["jobs", "audit", "home"],
    meaning:
      "follow a temporary database that a second process fills with lifelike events; with a SHAPE (jobs, audit, home) a table of that shape",
  },
  { flag: "--open", meaning: "open the dashboard in the browser" },
  { flag: "--help", meaning: "print this help and exit" },
  { flag: "--version", meaning: "print the version and exit" },
] as const satisfies readonly OptionRow[];

export type Flag = (typeof OPTION_TABLE)[number]["flag"];

/** The options that have a default of their own. */
export type FlagWithDefault = Extract<(typeof OPTION_TABLE)[number], { default: string }>["flag"];

/** The row of an option. */
export function optionRow(flag: Flag): OptionRow {
  const row = OPTION_TABLE.find((candidate) => candidate.flag === flag);
  if (row === undefined) throw new RangeError(`there is no option ${flag}`);
  return row;
}

/** The text of --help. */
export function helpText(version: string): string {
  const rows = OPTION_TABLE.map((row: OptionRow) => {
    const value = row.choices === undefined ? row.value : "[SHAPE]";
    const left = row.flag === "DATABASE" || value === undefined ? row.flag : `${row.flag} ${value}`;
    const byDefault = row.default ?? row.defaultInWords;
    const notes = [byDefault && `default ${byDefault}`, row.environment && `or ${row.environment}`].filter(
      Boolean,
    );
    return [left, notes.length > 0 ? `${row.meaning} (${notes.join("; ")})` : row.meaning] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    `Tailboard ${version}: a live dashboard and event stream for the events table of a SQLite file`,
    "",
    "    bun src/server.ts [DATABASE] [options]",
    "",
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
  ].join("\n");
}
