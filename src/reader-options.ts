/** The options of `tail`, `wait` and `query`: what they read, and what of it. */
import { EXPORT_FORMATS, type ExportFormat } from "./archive.ts";
import { parseColumns, parseLabels, parseTimeZone } from "./column-options.ts";
import type { ValueLabels } from "./column-roles.ts";
import type { GivenRoles } from "./columns/roles.ts";
import type { EventId } from "./events.ts";
import type { GivenOptions } from "./given-options.ts";
import {
  columnOption,
  duration,
  eventId,
  moment,
  nonEmpty,
  oneOf,
  pollInterval,
  question,
  wholeNumber,
} from "./option-values.ts";
import { checkPostgres } from "./postgres-options.ts";
import { isPostgresUrl, withoutUrlPassword } from "./postgres-url.ts";
import type { Question } from "./question.ts";
import { UsageError } from "./usage-error.ts";

/** A file on this machine, a PostgreSQL database, or a server. */
export type Place =
  | {
      readonly kind: "file" | "postgres";
      /** As given; of PostgreSQL the URL. */
      readonly path: string;
      readonly table: string;
      readonly query: string | undefined;
      readonly columns: GivenRoles;
      readonly labels: ValueLabels;
      readonly timeZone: string;
      readonly pollIntervalMs: number;
    }
  | { readonly kind: "server"; readonly url: URL; readonly token: string | undefined };

/** A question in both forms: a server takes its text. */
export interface AskedQuestion {
  readonly text: string;
  readonly tree: Question;
}

interface ReaderOptions {
  readonly place: Place;
  readonly where: AskedQuestion;
  /** As in a question: `1h`, or a date. */
  readonly since: string | undefined;
  readonly after: EventId | undefined;
  /** Whether events are printed as JSON; else in columns. */
  readonly json: boolean;
}

export interface TailOptions extends ReaderOptions {
  /** How many of the newest events go before those that come. Undefined for all from where it starts. */
  readonly lines: number | undefined;
  readonly cursorFile: string | undefined;
}

export interface WaitOptions extends ReaderOptions {
  readonly count: number;
  /** Undefined for ever. */
  readonly timeoutMs: number | undefined;
  /** Whether it is waited for no event to come. */
  readonly silence: boolean;
  readonly cursorFile: string | undefined;
}

export interface QueryOptions extends ReaderOptions {
  readonly until: string | undefined;
  readonly before: EventId | undefined;
  readonly lines: number;
  /** An export of all that matches in place of a page. */
  readonly exportFormat: ExportFormat | undefined;
}

const DEFAULT_TAIL_LINES = 10;
const DEFAULT_QUERY_LINES = 50;
/** More is an export. */
const MAX_LINES = 1_000_000;
const MAX_COUNT = 1_000_000;
const DEFAULT_SILENCE_MS = 60_000;

/** How a file is read. A server knows it for its own. */
const OF_FILES = ["--table", "--query", "--columns", "--labels", "--time-zone", "--poll-interval"] as const;

/** @throws UsageError */
export function tailOptions(given: GivenOptions, isTerminal: boolean): TailOptions {
  const options = readerOptions(given, isTerminal);
  const cursorFile = given.readOr<string | undefined>("--cursor", undefined, nonEmpty);
  const startsInThePast = given.has("--since") || given.has("--after") || cursorFile !== undefined;
  return {
    ...options,
    lines: given.readOr<number | undefined>(
      "--lines",
      startsInThePast ? undefined : DEFAULT_TAIL_LINES,
      wholeNumber(0, MAX_LINES),
    ),
    cursorFile,
  };
}

/** @throws UsageError */
export function waitOptions(given: GivenOptions, isTerminal: boolean): WaitOptions {
  const silence = given.has("--silence");
  return {
    ...readerOptions(given, isTerminal),
    count: given.read("--count", wholeNumber(1, MAX_COUNT)),
    timeoutMs: given.readOr<number | undefined>(
      "--timeout",
      silence ? DEFAULT_SILENCE_MS : undefined,
      duration,
    ),
    silence,
    cursorFile: given.readOr<string | undefined>("--cursor", undefined, nonEmpty),
  };
}

/** @throws UsageError */
export function queryOptions(given: GivenOptions, isTerminal: boolean): QueryOptions {
  if (given.has("QUESTION") && given.has("--where"))
    throw new UsageError("QUESTION and --where are the same: give one of them");
  const isExport = given.has("--all");
  if (given.has("--format") && !isExport)
    throw new UsageError("--format is that of an export: write --all, too");
  const refused = (["--lines", "--after", "--before"] as const).find((flag) => given.has(flag));
  if (isExport && refused !== undefined)
    throw new UsageError(
      `--all prints all that match, and takes no ${refused}: put id:>N or id:<N into the question`,
    );
  return {
    ...readerOptions(given, isTerminal),
    until: given.readOr<string | undefined>("--until", undefined, moment),
    before: given.readOr<EventId | undefined>("--before", undefined, eventId),
    lines: given.readOr("--lines", DEFAULT_QUERY_LINES, wholeNumber(1, MAX_LINES)),
    exportFormat: isExport ? given.readOr("--format", "ndjson", oneOf(EXPORT_FORMATS)) : undefined,
  };
}

function readerOptions(given: GivenOptions, isTerminal: boolean): ReaderOptions {
  return {
    place: placeOf(given),
    where: given.readOr(given.has("QUESTION") ? "QUESTION" : "--where", question("", "--where"), question),
    since: given.readOr<string | undefined>("--since", undefined, moment),
    after: given.readOr<EventId | undefined>("--after", undefined, eventId),
    json: given.has("--json") || !isTerminal,
  };
}

function placeOf(given: GivenOptions): Place {
  const text = given.read("DATABASE", nonEmpty);
  if (isPostgresUrl(text)) {
    if (given.has("--token"))
      throw new UsageError("--token is for the server of a URL: PostgreSQL has passwords");
    checkPostgres(given, text);
    return { kind: "postgres", path: text, ...readingOf(given), query: undefined };
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined) {
    const refused = OF_FILES.find((flag) => given.has(flag));
    if (refused !== undefined)
      throw new UsageError(`${refused} says how a file is read; the server of a URL has it for its own`);
    const { url, token } = serverUrl(text, scheme);
    if (token !== undefined && given.has("--token"))
      throw new UsageError("the URL has a token, and --token gives one: leave one of them out");
    return {
      kind: "server",
      url,
      token: token ?? given.readOr<string | undefined>("--token", undefined, nonEmpty),
    };
  }
  if (given.has("--token")) throw new UsageError("--token is for the server of a URL: a file needs none");
  if (given.has("--query") && given.has("--table"))
    throw new UsageError("--query is followed in place of a table: leave out --table or --query");
  return {
    kind: "file",
    path: text,
    ...readingOf(given),
    // A table that is given on the command line goes before a query of the environment.
    query: given.has("--table")
      ? undefined
      : given.readOr<string | undefined>("--query", undefined, nonEmpty),
  };
}

/** How the rows of a database are read. */
function readingOf(given: GivenOptions) {
  return {
    table: given.read("--table", nonEmpty),
    columns: given.readOr("--columns", {}, columnOption(parseColumns)),
    labels: given.readOr("--labels", {}, columnOption(parseLabels)),
    timeZone: given.read("--time-zone", columnOption(parseTimeZone)),
    pollIntervalMs: given.read("--poll-interval", pollInterval),
  };
}

/** With the token of the address that people sign in with. @throws UsageError */
function serverUrl(text: string, scheme: string): { readonly url: URL; readonly token: string | undefined } {
  if ((scheme !== "http" && scheme !== "https") || !URL.canParse(text))
    throw new UsageError(
      `DATABASE takes a file, or a URL such as http://localhost:3000 or postgres://user@host/database: got ${JSON.stringify(withoutUrlPassword(text))}`,
    );
  const url = new URL(text);
  if (url.username !== "" || url.password !== "")
    throw new UsageError(
      `DATABASE takes a URL without a name and a password, such as ${url.origin}: a server takes a token, in TAILBOARD_TOKEN or --token`,
    );
  const token = url.searchParams.get("token") ?? "";
  url.search = url.hash = "";
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return { url, token: token === "" ? undefined : token };
}
