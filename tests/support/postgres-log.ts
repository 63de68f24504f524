/** A table of PostgreSQL that is asked, with an object in the place of the tail. */
import type { ValueLabels } from "../../src/column-roles.ts";
import { decideRoles } from "../../src/columns/roles.ts";
import type { RoleReadings } from "../../src/columns/roles.ts";
import { type FollowedPostgres, PostgresArchive } from "../../src/db/postgres/archive.ts";
import { readLogTable, sampleColumns } from "../../src/db/postgres/log-table.ts";
import { ReadSessions } from "../../src/db/postgres/session.ts";
import { tableSql } from "../../src/db/postgres/table.ts";
import type { LogPosition, LogStatus } from "../../src/events.ts";
import { nameSql, sql } from "../../src/query/sql.ts";
import type { Postgres } from "./postgres.ts";

export interface PostgresLogOptions {
  readonly table?: string;
  readonly zone?: string;
  readonly labels?: ValueLabels;
  readonly role?: string;
}

export class PostgresLog implements FollowedPostgres, AsyncDisposable {
  readonly sessions: ReadSessions;
  readonly archive: PostgresArchive;
  /** Undefined stands for a log that is not open. */
  at: LogPosition | undefined;
  roles: RoleReadings = {};
  readonly #table: string;
  readonly #options: PostgresLogOptions;

  private constructor(url: string, options: PostgresLogOptions) {
    this.sessions = new ReadSessions(url);
    this.archive = new PostgresArchive(this, this.sessions, url);
    this.#table = options.table ?? "events";
    this.#options = options;
  }

  static async open(
    postgres: Postgres,
    database: string,
    options: PostgresLogOptions = {},
  ): Promise<PostgresLog> {
    const log = new PostgresLog(postgres.url(database, options.role), options);
    await log.look();
    return log;
  }

  /** Looks for the newest row and the roles, as a tail does. */
  async look(): Promise<void> {
    await this.sessions.read(new AbortController().signal, 10_000, async (ask) => {
      const found = await readLogTable(ask, this.#table);
      if (typeof found === "string") throw new Error(found);
      const { key, columns, references, table } = found;
      const [keyColumn, ...others] = await sampleColumns(ask, table, columns, [key]);
      this.roles = decideRoles({
        key,
        keyValues: keyColumn?.values ?? [],
        columns: others.map((column) => {
          const text = references.find((reference) => reference.column === column.name)?.text;
          return text === undefined ? column : { ...column, referencedName: text };
        }),
        given: {},
        before: undefined,
      });
      const [ids] = await ask(
        sql`SELECT min(${nameSql(key)})::text, max(${nameSql(key)})::text FROM ${tableSql(table)}`,
      );
      const [lowest, highest] = ids ?? [];
      const startId = BigInt(String(lowest ?? "1")) - 1n;
      this.at = { log: "a", startId, latestId: BigInt(String(highest ?? startId)) };
    });
  }

  position(): LogPosition | undefined {
    return this.at;
  }

  refusal(): string {
    return "The database is being opened. Ask again in a moment.";
  }

  status(): LogStatus {
    return {
      state: this.at === undefined ? "opening" : "tailing",
      problem: this.at === undefined ? "The server is away." : null,
      advice: this.at === undefined ? "Start it." : null,
      database: { path: "", sizeBytes: null, journalMode: null },
      table: this.#table,
      columns: {},
      roles: this.roles,
      timeZone: this.#options.zone ?? "UTC",
      labels: this.#options.labels ?? {},
      eventsPerSecond: 0,
      pollIntervalMs: 250,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sessions[Symbol.asyncDispose]();
  }
}
