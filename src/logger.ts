/** The logger: a line for the operator per start, stop, change of state and error, on standard output. Never a row's content. */

import { printable } from "./process/printable.ts";

export type LoggerFields = Readonly<Record<string, string | number | null | undefined>>;
type Level = "info" | "warn" | "error";

/** An error that comes again within this time is counted, not repeated. */
const REPEAT_WINDOW_MS = 10_000;

/** Different errors that are counted at a time; beyond that number, counting starts again. */
const MAX_COUNTED_ERRORS = 100;

export interface LoggerOptions {
  readonly format: "text" | "json";
  readonly write: (line: string) => void;
  /** Wall clock, in milliseconds since the epoch: for the time of a line. */
  readonly now?: () => number;
  /** Monotonic clock, in milliseconds: for durations, which a clock that is set must not change. */
  readonly elapsedMs?: () => number;
}

export class Logger {
  readonly #options: LoggerOptions;
  readonly #now: () => number;
  readonly #elapsedMs: () => number;
  readonly #recent = new Map<string, { loggedAtMs: number; suppressed: number }>();

  constructor(options: LoggerOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#elapsedMs = options.elapsedMs ?? (() => performance.now());
  }

  info(message: string, fields: LoggerFields = {}): void {
    this.#line("info", message, fields);
  }

  warn(message: string, fields: LoggerFields = {}): void {
    this.#line("warn", message, fields);
  }

  /**
   * @param operation what was tried, such as "sending events"
   * @param reason the words of the error
   * @param fields ids and the like; they don't make two errors different
   */
  error(operation: string, reason: string, fields: LoggerFields = {}): void {
    this.#counted("error", `${operation}\n${reason}`, `${operation} failed`, { ...fields, reason });
  }

  /** A warning that any client can cause again and again: the same message is counted, whatever its fields. */
  warnOften(message: string, fields: LoggerFields = {}): void {
    this.#counted("warn", message, message, fields);
  }

  #counted(level: Level, key: string, message: string, fields: LoggerFields): void {
    const recent = this.#recent.get(key);
    const nowMs = this.#elapsedMs();
    if (recent !== undefined && nowMs - recent.loggedAtMs < REPEAT_WINDOW_MS) {
      recent.suppressed++;
      return;
    }
    if (this.#recent.size >= MAX_COUNTED_ERRORS) this.#recent.clear();
    this.#recent.set(key, { loggedAtMs: nowMs, suppressed: 0 });
    const repeated = recent?.suppressed ?? 0;
    this.#line(level, message, { ...fields, repeated: repeated > 0 ? repeated : undefined });
  }

  #line(level: Level, message: string, fields: LoggerFields): void {
    const time = new Date(this.#now()).toISOString();
    const { format, write } = this.#options;
    if (format === "json") return write(printable(JSON.stringify({ time, level, message, ...fields })));
    const rest = Object.entries(fields)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => `  ${name}=${typeof value === "string" ? JSON.stringify(value) : value}`);
    write(printable(`${time} ${level.padEnd(5)} ${message}${rest.join("")}`));
  }
}
