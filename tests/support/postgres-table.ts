/** A database of a test's own with a table of events in it. */
import type { PostgresTailOptions } from "../../src/db/postgres/live/tail.ts";
import { FollowedPostgres } from "./followed-postgres.ts";
import type { Postgres } from "./postgres.ts";

export const EVENTS = "CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text)";

/** What tells of commits, as `tailboard notify-sql` prints it. */
export const NOTIFY = `CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_notify('tailboard:public.events', ''); RETURN NULL; END $$;
  CREATE TRIGGER tell AFTER INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION tell()`;

export class PostgresTable implements AsyncDisposable {
  readonly name: string;
  readonly url: string;
  readonly sql: Bun.SQL;

  private constructor(postgres: Postgres, name: string) {
    this.name = name;
    this.url = postgres.url(name);
    this.sql = postgres.connect(name);
  }

  /** @param ddl that makes the table */
  static async create(postgres: Postgres, ddl: string = EVENTS): Promise<PostgresTable> {
    const table = new PostgresTable(postgres, await postgres.createDatabase());
    if (ddl !== "") await table.sql.unsafe(ddl);
    return table;
  }

  async insert(...notes: readonly string[]): Promise<void> {
    for (const note of notes) await this.sql`INSERT INTO events (note) VALUES (${note})`;
  }

  /** A transaction that has inserted a row and does not end. */
  async beginSlow(note: string): Promise<SlowTransaction> {
    const connection = await this.sql.reserve();
    await connection`BEGIN`;
    await connection`INSERT INTO events (note) VALUES (${note})`;
    return new SlowTransaction(connection);
  }

  /** Follows it, and waits until it is open. @param url another way to it */
  async follow(
    options: Partial<PostgresTailOptions> = {},
    url: string = this.url,
  ): Promise<FollowedPostgres> {
    const followed = new FollowedPostgres(url, options);
    await followed.waitForState("tailing");
    return followed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sql.close({ timeout: 0 });
  }
}

export class SlowTransaction {
  readonly #connection: Bun.ReservedSQL;

  constructor(connection: Bun.ReservedSQL) {
    this.#connection = connection;
  }

  async run(statement: string): Promise<void> {
    await this.#connection.unsafe(statement);
  }

  /** @param statement `COMMIT`, `ROLLBACK`, `PREPARE TRANSACTION 'name'` */
  async end(statement: string): Promise<void> {
    await this.#connection.unsafe(statement);
    await this.#connection.release();
  }
}
