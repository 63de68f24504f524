/**
 * The commands, their options and the defaults. Parsing, `--help`, the completions of shells and the references in
 * README.md and docs/command-line.md all take them from here, so that none of them can say something else.
 */

/** The first one is meant where none is named. */
export const COMMAND_TABLE = [
  {
    name: "serve",
    synopsis: "[DATABASE] [options]",
    meaning: "the dashboard and the event stream; what is meant where no command is named",
  },
  {
    name: "tail",
    synopsis: "[DATABASE|URL] [options]",
    meaning: "print events as they come",
  },
  {
    name: "wait",
    synopsis: "[DATABASE|URL] [options]",
    meaning: "end as soon as an event comes, or when none came for a while",
  },
  {
    name: "query",
    synopsis: "[DATABASE|URL] [QUESTION] [options]",
    meaning: "print the events that match, and end",
  },
  {
    name: "notify-sql",
    synopsis: "[DATABASE] [options]",
    meaning: "print the trigger that tells of new rows in a PostgreSQL table, for its owner to run",
  },
  {
    name: "schema-sql",
    synopsis: "[DATABASE] [options]",
    meaning: "print the table to create in PostgreSQL, for its owner to run",
  },
  {
    name: "completions",
    synopsis: "SHELL",
    meaning: "print the completions for bash, zsh or fish",
  },
] as const satisfies readonly CommandRow[];

export interface CommandRow {
  readonly name: string;
  /** What may follow the name. */
  readonly synopsis: string;
  readonly meaning: string;
}

export type CommandName = (typeof COMMAND_TABLE)[number]["name"];

export interface OptionRow {
  /** As written on the command line; a positional one has no dashes. */
  readonly flag: string;
  /** The same in one letter. */
  readonly short?: string;
  /** The commands that take it. */
  readonly commands: readonly CommandName[];
  /** Placeholder of its value in --help; a switch has none. Words with `|` between them are all that it takes. */
  readonly value?: string;
  /** Its value is never repeated in a message. */
  readonly isSecret?: true;
  /** Shells complete the value with names of files. */
  readonly isFile?: true;
  readonly environment?: string;
  /** What counts where the option is not given, as it would be written on the command line. */
  readonly default?: string;
  /** In words, where the default depends on something else. */
  readonly defaultInWords?: string;
  /** A switch may be followed by one of these. */
  readonly choices?: readonly string[];
  readonly meaning: string;
}

const SERVE = ["serve"] as const;
const FOLLOW = ["tail", "wait"] as const;
const READ = ["tail", "wait", "query"] as const;
const LOG = ["serve", "tail", "wait", "query"] as const;
const SQL = ["notify-sql", "schema-sql"] as const;
const ALL = ["serve", "tail", "wait", "query", ...SQL, "completions"] as const;

export const OPTION_TABLE = [
  {
    flag: "DATABASE",
    commands: [...LOG, ...SQL],
    value: "DATABASE",
    isFile: true,
    environment: "TAILBOARD_DB",
    default: "./events.db",
    meaning:
      "the SQLite file to follow, or the URL of a PostgreSQL database; serve creates a file only where it is left out and the default does not exist",
  },
  {
    flag: "QUESTION",
    commands: ["query"],
    value: "QUESTION",
    meaning: "the same as --where",
  },
  {
    flag: "SHELL",
    commands: ["completions"],
    value: "bash|zsh|fish",
    meaning: "the shell to print them for",
  },
  {
    flag: "--where",
    commands: READ,
    value: "QUESTION",
    meaning: 'only events that match, as in type:task_failed "out of memory" metadata.attempt:>=3',
  },
  {
    flag: "--since",
    commands: READ,
    value: "TIME",
    meaning: "from this time on: 15m, 2h, 3d ago, or a date or time such as 2026-11-25T10:00",
  },
  {
    flag: "--until",
    commands: ["query"],
    value: "TIME",
    meaning: "up to this time",
  },
  {
    flag: "--after",
    commands: READ,
    value: "ID",
    meaning: "only events after the one with this id",
  },
  {
    flag: "--before",
    commands: ["query"],
    value: "ID",
    meaning: "only events before the one with this id",
  },
  {
    flag: "--lines",
    short: "-n",
    commands: ["tail", "query"],
    value: "N",
    defaultInWords: "10 for tail, 50 for query",
    meaning: "how many of the newest events to print; tail goes on with those that come",
  },
  {
    flag: "--all",
    commands: ["query"],
    meaning: "print all that match, oldest first, as an export",
  },
  {
    flag: "--format",
    commands: ["query"],
    value: "ndjson|csv",
    defaultInWords: "ndjson",
    meaning: "the format of an export with --all",
  },
  {
    flag: "--count",
    commands: ["wait"],
    value: "N",
    default: "1",
    meaning: "how many events to wait for",
  },
  {
    flag: "--timeout",
    commands: ["wait"],
    value: "TIME",
    defaultInWords: "for ever; 1m with --silence",
    meaning: "how long to wait: 500ms, 30s, 10m, 1h",
  },
  {
    flag: "--silence",
    commands: ["wait"],
    meaning: "the other way round: 0 when no event came for the time of --timeout, 3 when one did",
  },
  {
    flag: "--cursor",
    commands: FOLLOW,
    value: "FILE",
    isFile: true,
    meaning: "remember in this file what was printed, and go on after it",
  },
  {
    flag: "--json",
    commands: READ,
    meaning: "one line of JSON for each event, which is what comes out where standard output is no terminal",
  },
  {
    flag: "--token",
    commands: LOG,
    value: "SECRET",
    isSecret: true,
    environment: "TAILBOARD_TOKEN",
    meaning:
      "what people and programs have to show to read anything; for the other commands the token of the server that the URL leads to",
  },
  {
    flag: "--table",
    commands: [...LOG, ...SQL],
    value: "NAME",
    environment: "TAILBOARD_TABLE",
    default: "events",
    meaning: "table or view to follow; in PostgreSQL a table, with its schema where that is not public",
  },
  {
    flag: "--query",
    commands: LOG,
    value: "SQL",
    environment: "TAILBOARD_QUERY",
    meaning: "follow a read-only SELECT with an integer column id in place of a table",
  },
  {
    flag: "--columns",
    commands: LOG,
    value: "MAP",
    environment: "TAILBOARD_COLUMNS",
    defaultInWords: "detected",
    meaning: "which column plays which role, as in time=created_at:epoch-ms,type=kind,summary=message",
  },
  {
    flag: "--labels",
    commands: LOG,
    value: "MAP",
    meaning: "names for values, as in status:0=down,1=up",
  },
  {
    flag: "--time-zone",
    commands: LOG,
    value: "ZONE",
    environment: "TAILBOARD_TIME_ZONE",
    default: "UTC",
    meaning: "what times without a zone mean: UTC, local, or a zone such as Europe/Berlin",
  },
  {
    flag: "--panels",
    commands: SERVE,
    value: "LIST",
    environment: "TAILBOARD_PANELS",
    defaultInWords: "all tables of the file",
    meaning: "tables that are offered beside the log, in their order, as in agents,work_items; none for none",
  },
  {
    flag: "--show-secrets",
    commands: SERVE,
    environment: "TAILBOARD_SHOW_SECRETS",
    meaning: "show columns of those tables that are named like secrets, which are masked otherwise",
  },
  {
    flag: "--port",
    commands: SERVE,
    value: "N",
    environment: "PORT",
    default: "3000",
    meaning: "port to listen on; 0 picks a free one",
  },
  {
    flag: "--host",
    commands: SERVE,
    value: "ADDR",
    environment: "TAILBOARD_HOST",
    default: "127.0.0.1",
    meaning: "address to listen on; any other than loopback needs a token, or --no-auth",
  },
  {
    flag: "--no-auth",
    commands: SERVE,
    meaning: "let everybody in who reaches the address",
  },
  {
    flag: "--allowed-host",
    commands: SERVE,
    value: "NAMES",
    environment: "TAILBOARD_ALLOWED_HOST",
    defaultInWords: "loopback and the address",
    meaning: "further names that browsers and proxies call this server by, as in tail.example,10.0.0.5",
  },
  {
    flag: "--cors-origin",
    commands: SERVE,
    value: "ORIGINS",
    environment: "TAILBOARD_CORS_ORIGIN",
    defaultInWords: "none",
    meaning: "pages of other sites that may read the events, as in https://wall.example",
  },
  {
    flag: "--tls-cert",
    commands: SERVE,
    value: "FILE",
    isFile: true,
    environment: "TAILBOARD_TLS_CERT",
    meaning: "serve HTTPS with this certificate (PEM, with those that lead to its issuer)",
  },
  {
    flag: "--tls-key",
    commands: SERVE,
    value: "FILE",
    isFile: true,
    environment: "TAILBOARD_TLS_KEY",
    meaning: "the private key of the certificate (PEM)",
  },
  {
    flag: "--trusted-proxy",
    commands: SERVE,
    value: "ADDRESSES",
    environment: "TAILBOARD_TRUSTED_PROXY",
    defaultInWords: "none",
    meaning: "proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, as in 127.0.0.1,10.0.0.0/8",
  },
  {
    flag: "--user-header",
    commands: SERVE,
    value: "NAME",
    environment: "TAILBOARD_USER_HEADER",
    meaning: "the header in which such a proxy names the user, for the log",
  },
  {
    flag: "--base-path",
    commands: SERVE,
    value: "PATH",
    environment: "TAILBOARD_BASE_PATH",
    default: "/",
    meaning: "path that everything is served under, as in /tail, behind a proxy that passes it on",
  },
  {
    flag: "--poll-interval",
    commands: ["serve", "tail", "wait"],
    value: "MS",
    environment: "TAILBOARD_POLL_INTERVAL",
    default: "2000",
    meaning: "milliseconds between two polls of the table when no commit is noticed",
  },
  {
    flag: "--max-connections",
    commands: SERVE,
    value: "N",
    environment: "TAILBOARD_MAX_CONNECTIONS",
    default: "10000",
    meaning: "streams open at a time; further ones get 503 with Retry-After",
  },
  {
    flag: "--max-connections-per-address",
    commands: SERVE,
    value: "N",
    environment: "TAILBOARD_MAX_CONNECTIONS_PER_ADDRESS",
    defaultInWords: "as many as all together",
    meaning: "the same for one client address, or one proxy; further ones get 429 with Retry-After",
  },
  {
    flag: "--log-format",
    commands: SERVE,
    value: "text|json",
    environment: "TAILBOARD_LOG_FORMAT",
    defaultInWords: "text on a terminal, json otherwise",
    meaning: "how messages are written to standard output",
  },
  {
    flag: "--create",
    commands: SERVE,
    meaning: "create the database and its table when they are missing",
  },
  {
    flag: "--demo",
    commands: SERVE,
    choices: ["jobs", "audit", "home"],
    meaning:
      "follow a temporary database that a second process fills with lifelike events; with a SHAPE (jobs, audit, home) a table of that shape",
  },
  { flag: "--open", commands: SERVE, meaning: "open the dashboard in the browser" },
  { flag: "--help", short: "-h", commands: ALL, meaning: "print this help and exit" },
  { flag: "--version", commands: ALL, meaning: "print the version and exit" },
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

/** The options of a command, in the order of the table. */
export function optionsOf(command: CommandName): readonly (OptionRow & { readonly flag: Flag })[] {
  return OPTION_TABLE.filter((row: OptionRow) => row.commands.includes(command));
}

export function isPositional({ flag }: Pick<OptionRow, "flag">): boolean {
  return !flag.startsWith("-");
}

/** The words that are all that an option takes; none where it takes others. */
export function wordsOf({ choices, value }: OptionRow): readonly string[] {
  return choices ?? (value?.includes("|") === true ? value.split("|") : []);
}
