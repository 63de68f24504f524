/** Connections to a server of PostgreSQL that read and never write, with a deadline for each answer. */
import { postgresSql } from "../../../query/postgres-sql.ts";
import type { Sql } from "../../../query/sql.ts";
import type { ReadValue } from "../session.ts";

/** A value of a result, as Bun.SQL hands it over. */
export type Cell = ReadValue;
export type Cells = readonly Cell[];
export type Bound = string | number | bigint | null;

/** What every connection of ours is set to. In ms where a time. */
const SETTINGS = {
  // We never write to their database, whatever goes wrong here.
  default_transaction_read_only: "on",
  application_name: "tailboard",
  // Numbers have all of their digits, however the server is set.
  extra_float_digits: "1",
  // Times stand in the JSON as UTC.
  TimeZone: "UTC",
  // A connection that listens is idle, and should stay.
  idle_session_timeout: "0",
  idle_in_transaction_session_timeout: "10000",
};

/** A pooler in transaction mode takes these alone. */
const POOLED_SETTINGS = { application_name: SETTINGS.application_name, TimeZone: SETTINGS.TimeZone };

/** What a pooler says to the others. https://www.pgbouncer.org/config.html#ignore_startup_parameters */
const UNSUPPORTED = /unsupported startup parameter/i;

/** To connect, in seconds: the least that Bun takes beyond none. */
const CONNECT_TIMEOUT_S = 5;

/** The server has not answered in time: it hangs, or the network does. */
export class ServerSilentError extends Error {
  override readonly name = "ServerSilentError";
  constructor(afterMs: number) {
    super(`the server did not answer within ${afterMs} ms`);
  }
}

export interface ClientOptions {
  readonly url: string;
  /** How many connections at most. */
  readonly connections: number;
  /** An answer that takes longer is given up, and so is one that waits for a lock. In ms. */
  readonly deadlineMs: number;
  readonly lockTimeoutMs: number;
  /** Called whenever a connection is lost. */
  readonly onClose?: () => void;
}

export class Client implements Disposable {
  /** Whether the server is a pooler that shares its connections among clients by transactions. */
  readonly isPooled: boolean;
  readonly #deadlineMs: number;
  readonly #options: ClientOptions;
  readonly #sql: Bun.SQL;

  private constructor(options: ClientOptions, isPooled: boolean) {
    this.#options = options;
    this.isPooled = isPooled;
    this.#deadlineMs = options.deadlineMs;
    this.#sql = this.#make(options.connections, () => options.onClose?.());
  }

  /** Other connections with the same settings, made when they are needed. */
  sibling(connections: number): Client {
    return new Client({ ...this.#options, connections, onClose: () => undefined }, this.isPooled);
  }

  /** A connection of its own with the same settings, for LISTEN. */
  another(onClose: () => void): Bun.SQL {
    return this.#make(1, onClose);
  }

  #make(connections: number, onClose: () => void): Bun.SQL {
    const { url, deadlineMs, lockTimeoutMs } = this.#options;
    const own = {
      ...SETTINGS,
      // The server gives up first, so that the connection is free again.
      statement_timeout: String(Math.max(1, Math.floor(deadlineMs * 0.8))),
      lock_timeout: String(lockTimeoutMs),
    };
    return new Bun.SQL(url, {
      max: connections,
      bigint: true,
      prepare: !this.isPooled,
      connectionTimeout: CONNECT_TIMEOUT_S,
      connection: this.isPooled ? POOLED_SETTINGS : own,
      onclose: onClose,
    });
  }

  /** Connects. @throws what keeps it from connecting */
  static async connect(options: ClientOptions): Promise<Client> {
    const client = new Client(options, false);
    try {
      await client.query("SELECT 1");
      return client;
    } catch (error) {
      client[Symbol.dispose]();
      if (!(error instanceof Error && UNSUPPORTED.test(error.message))) throw error;
    }
    const pooled = new Client(options, true);
    try {
      await pooled.query("SELECT 1");
      return pooled;
    } catch (error) {
      pooled[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Asks one question.
   * @throws ServerSilentError, or what Bun.SQL throws
   */
  async query(text: string, values: readonly Bound[] = []): Promise<readonly Cells[]> {
    const deadline = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => deadline.reject(new ServerSilentError(this.#deadlineMs)),
      this.#deadlineMs,
    );
    try {
      const answer = this.#ask(text, [...values]);
      // Where the deadline was first, nobody else hears of it.
      answer.catch(() => undefined);
      return await Promise.race([answer, deadline.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The same, of SQL that was put together. @param nowMs what "now" is in it, in ms since 1970 */
  ask(statement: Sql, nowMs: number = Date.now()): Promise<Cell[][]> {
    const { text, values } = postgresSql(statement, nowMs);
    return this.query(text, values).then((found) => found.map((cells) => [...cells]));
  }

  async #ask(text: string, values: Bound[]): Promise<readonly Cells[]> {
    if (!this.isPooled) return await this.#sql.unsafe<Cells[]>(text, values).values();
    // The setting of a connection would reach whoever has it next.
    return await this.#sql.begin("READ ONLY", async (transaction) => [
      ...(await transaction.unsafe<Cells[]>(text, values).values()),
    ]);
  }

  [Symbol.dispose](): void {
    this.#sql.close({ timeout: 0 }).catch(() => undefined);
  }
}
