/** Reads for requests, beside the streams: each in a read-only transaction of its own, on connections of their own. */
import { LogBusyError, LogUnavailableError } from "../../archive.ts";
import { postgresSql } from "../../query/postgres-sql.ts";
import type { Sql } from "../../query/sql.ts";

/** Connections for all requests together: PostgreSQL has 100 of them by default, for everybody. */
export const READ_CONNECTIONS = 4;

/** Requests that wait for one of them. Those beyond are told to come back. */
const MOST_WAITING = 32;

/** An answer that is so late after the server should have ended the statement does not come any more. In ms. */
const HANG_MS = 5000;

/** A connection that nobody needs is closed after this time. In s. */
const IDLE_S = 60;
const CONNECT_S = 5;

/** Of a statement that nothing else limits: of the catalogue, for instance. In ms. */
export const STATEMENT_MS = 10_000;

/** What comes of what is selected: nearly everything is read as text. */
export type ReadValue = string | number | bigint | boolean | Uint8Array | Date | null | undefined;

/** Runs one statement. @param nowMs what "now" is in it */
export type Ask = (statement: Sql, nowMs?: number) => Promise<ReadValue[][]>;

/** The server ended a statement because its time was over. */
export class StatementTimeoutError extends Error {
  override readonly name = "StatementTimeoutError";
}

/** The table is another one than when it was looked at, or may not be read. */
export class TableChangedError extends Error {
  override readonly name = "TableChangedError";
}

/** A value that was given can't be one of the type that it is compared with. */
export class ValueRefusedError extends Error {
  override readonly name = "ValueRefusedError";
}

export class ReadSessions implements AsyncDisposable {
  readonly #url: string;
  readonly #waiting: (() => void)[] = [];
  #pool: Bun.SQL | undefined;
  #running = 0;
  #isClosed = false;
  /** A pooler that shares connections by transactions keeps neither settings nor statements of ours. */
  #isPooled = false;

  readonly #hangMs: number;

  /**
   * @param url of the database; it may have a password
   * @param hangMs an answer that is so late after the server should have ended the statement does not come any more
   */
  constructor(url: string, hangMs: number = HANG_MS) {
    this.#url = url;
    this.#hangMs = hangMs;
  }

  /**
   * @param signal of who asks: ends the work
   * @param timeoutMs of each statement
   * @throws LogBusyError, LogUnavailableError, StatementTimeoutError, TableChangedError
   */
  async read<T>(signal: AbortSignal, timeoutMs: number, work: (ask: Ask) => Promise<T>): Promise<T> {
    await this.#enter(signal);
    const limitMs = Math.max(1, Math.ceil(timeoutMs));
    try {
      return await this.#transaction(signal, limitMs, work);
    } catch (error) {
      if (this.#isPooled || !isOfPooler(error)) throw error;
      this.#isPooled = true;
      await this.#dropPool();
      return await this.#transaction(signal, limitMs, work);
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  /** Reads that are under way, or that wait for a connection. */
  get size(): number {
    return this.#running + this.#waiting.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    for (const wake of this.#waiting.splice(0)) wake();
    await this.#dropPool();
  }

  async #dropPool(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    await pool?.close({ timeout: 0 });
  }

  async #enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#running >= READ_CONNECTIONS) {
      if (this.#waiting.length >= MOST_WAITING)
        throw new LogBusyError("Too much is asked for at once. Ask again in a moment.");
      await this.#turn(signal);
    }
    if (this.#isClosed) throw new LogUnavailableError("The server is ending.");
    this.#running++;
  }

  /** Who leaves the queue leaves its place to the next one. */
  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = (): void => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = (): void => {
        const place = this.#waiting.indexOf(wake);
        if (place >= 0) this.#waiting.splice(place, 1);
        reject(leftError());
      };
      this.#waiting.push(wake);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  async #transaction<T>(signal: AbortSignal, timeoutMs: number, work: (ask: Ask) => Promise<T>): Promise<T> {
    this.#pool ??= openPool(this.#url, this.#isPooled);
    const pool = this.#pool;
    const hung = Promise.withResolvers<never>();
    let running: Bun.SQL.Query<unknown> | undefined;
    let timer: Timer | undefined;
    const watch = (ms: number): void => {
      clearTimeout(timer);
      timer = setTimeout(() => hung.reject(new HangError()), ms);
    };
    const onAbort = (): void => void running?.cancel();
    signal.addEventListener("abort", onAbort);
    try {
      watch(CONNECT_S * 1000 + this.#hangMs);
      const done = pool.begin("READ ONLY", async (transaction) => {
        await transaction.unsafe(settings(timeoutMs)).simple();
        return await work(async (statement, nowMs = 0) => {
          signal.throwIfAborted();
          watch(timeoutMs + this.#hangMs);
          const { text, values } = postgresSql(statement, nowMs);
          const query = transaction.unsafe<ReadValue[][]>(text, values).values();
          running = query;
          try {
            return [...(await query)];
          } finally {
            running = undefined;
          }
        });
      });
      return await Promise.race([done, hung.promise]);
    } catch (error) {
      if (error instanceof HangError && this.#pool === pool) {
        // Nothing that runs on its connections is known to end.
        this.#pool = undefined;
        void pool.close({ timeout: 0 }).catch(() => undefined);
      }
      throw readError(error, signal);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    }
  }
}

class HangError extends Error {}

/** Compiling an expression takes longer than it saves in a statement of some ms; and a number has all of its digits. */
function settings(timeoutMs: number): string {
  return `SET LOCAL statement_timeout = ${timeoutMs}; SET LOCAL jit = off; SET LOCAL extra_float_digits = 1`;
}

/** @param isPooled each transaction says for itself that it only reads */
function openPool(url: string, isPooled: boolean): Bun.SQL {
  return new Bun.SQL(url, {
    max: READ_CONNECTIONS,
    prepare: !isPooled,
    idleTimeout: IDLE_S,
    connectionTimeout: CONNECT_S,
    connection: {
      application_name: "tailboard",
      ...(isPooled ? {} : { default_transaction_read_only: "on" }),
      TimeZone: "UTC",
    },
  });
}

/** SQLSTATEs of a server that goes away, or has no place for another connection. */
const GONE = /^(?:08|53|57P|58|XX)/;

/** Of what is not there any more, and of what may not be read. */
const CHANGED = ["42P01", "42703", "42501", "3F000", "42P17", "42883", "0A000"];

/** What PgBouncer says to a setting that it does not keep apart by client. */
function isOfPooler(error: unknown): boolean {
  return error instanceof Error && /unsupported startup parameter/i.test(error.message);
}

/** Neither has the URL or the password in it: both are from the server, or Bun's own. */
function readError(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return leftError();
  if (error instanceof HangError)
    return new LogUnavailableError("PostgreSQL does not answer. Ask again in a moment.");
  if (!(error instanceof Bun.SQL.PostgresError)) return error;
  const { errno, code, message } = error;
  if (errno === "57014") return new StatementTimeoutError("PostgreSQL took too long to answer.");
  if (errno !== undefined && CHANGED.includes(errno)) return new TableChangedError(message);
  if (errno?.startsWith("22") === true) return new ValueRefusedError(message);
  if (errno === undefined ? code.startsWith("ERR_POSTGRES_CONN") || isOfLogin(code) : GONE.test(errno))
    return new LogUnavailableError(`PostgreSQL can't be asked just now: ${message}. Ask again in a moment.`);
  return new Error(`asking PostgreSQL for a request: ${message}`, { cause: error });
}

/** What Bun says of a connection that did not come to be, or has ended. */
function isOfLogin(code: string): boolean {
  return /AUTH|TLS|TIMEOUT|LIFETIME|SASL|PASSWORD|CLOSED/.test(code);
}

function leftError(): Error {
  return new Error("reading for a client: it has left");
}
