/** Reads a followed table by its key. No read transaction outlives a call: an open one would starve checkpoints. */
import type { Database, Statement } from "bun:sqlite";

import type { ColumnValue, EventId, EventRow, Page } from "../events.ts";
import { type FollowedTable, inspectTable, NoIntegerKeyError, quoteName } from "./table.ts";

/**
 * A text or blob larger than this many bytes stands as null in a page and is named in `truncated`: one row of
 * 10 MB takes 7 ms to read, during which no stream is served. `readOne` has it whole.
 */
export const MAX_VALUE_BYTES = 65_536;

/** Stands in a result for a value that is too large. Random, so that no value that somebody stored is it. */
const TOO_LARGE = crypto.getRandomValues(new Uint8Array(16));

/** What a row looked like, and by which columns: those of another schema can't be compared. */
export interface Fingerprint {
  readonly columns: string;
  readonly hash: number | bigint;
}

/** One row of a result, as bun:sqlite hands it over. */
type Values = ColumnValue[];
type Query = Statement<Values, (EventId | number)[]>;

export class EventReader implements Disposable {
  readonly #database: Database;
  readonly #tableName: string;
  readonly #begin: Query;
  readonly #commit: Query;
  readonly #schemaVersion: Query;
  readonly #statements: DisposableStack;
  #queries: Queries;

  /** @throws TableMissingError, NoIntegerKeyError, or SQLiteError */
  constructor(database: Database, tableName: string) {
    this.#database = database;
    this.#tableName = tableName;
    using statements = new DisposableStack();
    this.#begin = statements.use(database.prepare("BEGIN"));
    this.#commit = statements.use(database.prepare("COMMIT"));
    this.#schemaVersion = statements.use(database.prepare("PRAGMA schema_version"));
    this.#queries = this.atOnce(() => new Queries(database, tableName, this.#readSchemaVersion()));
    this.#statements = statements.move();
  }

  get table(): FollowedTable {
    return this.#queries.table;
  }

  /**
   * Runs several reads in one read transaction: they see one state of the file, and take its lock once. In the
   * rollback modes every lock of ours is a chance for a writer to be refused.
   */
  atOnce<T>(read: () => T): T {
    if (this.#database.inTransaction) return read();
    this.#begin.run();
    try {
      return read();
    } finally {
      // An I/O error has ended it already.
      if (this.#database.inTransaction) this.#commit.run();
    }
  }

  /**
   * The smallest and the largest id; undefined while the table is empty.
   * @throws NoIntegerKeyError where a view's id turns out to be something else
   */
  bounds(): { smallestId: EventId; latestId: EventId } | undefined {
    const [values = []] = this.atOnce(() => this.#fresh().bounds.values());
    const [smallestId, latestId] = values.map((value) => this.#asId(value));
    return smallestId === undefined || latestId === undefined ? undefined : { smallestId, latestId };
  }

  /** The largest id; undefined while the table is empty. The cheapest question there is: about 2 µs. */
  latestId(): EventId | undefined {
    return this.#asId(this.#queries.latest.values()[0]?.[0] ?? null);
  }

  /**
   * Tells a row from another one under the same id; undefined when there is none. Taken from the column that
   * says when, where the table has a time: an UPDATE of a status, or of who works on it, is not another row.
   */
  fingerprint(id: EventId): Fingerprint | undefined {
    const queries = this.#fresh();
    const [values] = queries.mark.values(id);
    if (values === undefined) return undefined;
    const text = values.map((value) =>
      value instanceof Uint8Array ? value.toBase64() : `${typeof value} ${value}`,
    );
    return { columns: queries.markColumns, hash: Bun.hash(text.join("\0")) };
  }

  /** The largest id that the table ever had, where AUTOINCREMENT remembers it. */
  autoincrement(): EventId | undefined {
    const largest = this.#fresh().sequence?.values()[0]?.[0];
    return typeof largest === "bigint" ? largest : undefined;
  }

  /** How many rows come after a cursor, counted up to a limit. */
  countAfter(cursor: EventId, limitRows: number): number {
    return Number(this.#queries.count.values(cursor, limitRows)[0]?.[0] ?? 0);
  }

  /** The rows after a cursor, up to an id and with it, oldest first. */
  readAfter(cursor: EventId, upToId: EventId, limitRows: number): Page {
    return this.#page((queries) => queries.after.values(cursor, upToId, limitRows));
  }

  /** The rows up to an id and with it, newest first. */
  readUpTo(id: EventId, limitRows: number): Page {
    return this.#page((queries) => queries.upTo.values(id, limitRows));
  }

  /** One row whole, however large; no row where there is none. */
  readOne(id: EventId): Page {
    return this.#page((queries) => queries.one.values(id));
  }

  [Symbol.dispose](): void {
    this.#queries[Symbol.dispose]();
    this.#statements.dispose();
  }

  #page(read: (queries: Queries) => Values[]): Page {
    const [queries, results] = this.atOnce(() => {
      const fresh = this.#fresh();
      return [fresh, read(fresh)] as const;
    });
    return queries.page(results);
  }

  /** The queries of today's schema: an ALTER TABLE shows in the next page, not in the next process. */
  #fresh(): Queries {
    const schemaVersion = this.#readSchemaVersion();
    if (schemaVersion !== this.#queries.schemaVersion) {
      const next = new Queries(this.#database, this.#tableName, schemaVersion);
      this.#queries[Symbol.dispose]();
      this.#queries = next;
    }
    return this.#queries;
  }

  /** Text sorts above every integer, so that the largest id shows whether there is any. */
  #asId(value: ColumnValue): EventId | undefined {
    if (value === null) return undefined;
    if (typeof value === "bigint") return value;
    throw new NoIntegerKeyError(this.table.name, this.table.kind);
  }

  #readSchemaVersion(): ColumnValue {
    return this.#schemaVersion.values()[0]?.[0] ?? null;
  }
}

/** The statements of one version of the schema. */
class Queries implements Disposable {
  readonly table: FollowedTable;
  readonly schemaVersion: ColumnValue;
  readonly bounds: Query;
  readonly latest: Query;
  readonly count: Query;
  readonly after: Query;
  readonly upTo: Query;
  readonly one: Query;
  readonly mark: Query;
  readonly markColumns: string;
  readonly sequence: Query | undefined;
  readonly #columns: readonly string[];
  readonly #statements: DisposableStack;

  constructor(database: Database, tableName: string, schemaVersion: ColumnValue) {
    this.schemaVersion = schemaVersion;
    this.table = inspectTable(database, tableName);
    this.#columns = [this.table.key, ...this.table.columns];
    // Names stay qualified: SQLite takes a bare quoted name that no column bears for a string.
    const from = `FROM ${quoteName(this.table.name)} AS t`;
    const key = `t.${quoteName(this.table.key)}`;
    const columns = this.table.columns.map((column) => `t.${quoteName(column)}`);
    const lighten = (column: string): string =>
      `CASE WHEN octet_length(${column}) > ${MAX_VALUE_BYTES} THEN x'${TOO_LARGE.toHex()}' ELSE ${column} END`;
    const row = [key, ...columns.map(lighten)].join(", ");

    // A statement that is left open keeps the file and its locks: all of them, or none.
    using statements = new DisposableStack();
    const prepare = (sql: string): Query => statements.use(database.prepare(sql));
    this.bounds = prepare(`SELECT (SELECT min(${key}) ${from}), (SELECT max(${key}) ${from})`);
    this.latest = prepare(`SELECT max(${key}) ${from}`);
    this.count = prepare(
      `SELECT count(*) FROM (SELECT 1 ${from} WHERE ${key} > ?1 ORDER BY ${key} LIMIT ?2)`,
    );
    this.after = prepare(`SELECT ${row} ${from} WHERE ${key} > ?1 AND ${key} <= ?2 ORDER BY ${key} LIMIT ?3`);
    this.upTo = prepare(`SELECT ${row} ${from} WHERE ${key} <= ?1 ORDER BY ${key} DESC LIMIT ?2`);
    this.one = prepare(`SELECT ${[key, ...columns].join(", ")} ${from} WHERE ${key} = ?1`);
    const marks = markColumns(this.table).map((column) => `t.${quoteName(column)}`);
    this.markColumns = marks.join();
    this.mark = prepare(`SELECT ${marks.map(lighten).join(", ") || "1"} ${from} WHERE ${key} = ?1`);
    this.sequence = hasSequence(database)
      ? prepare(`SELECT seq FROM sqlite_sequence WHERE name = ${quoteText(this.table.name)}`)
      : undefined;
    this.#statements = statements.move();
  }

  page(results: Values[]): Page {
    return { columns: this.#columns, rows: results.map((values) => this.#row(values)) };
  }

  #row(values: Values): EventRow {
    const id = values[0];
    if (typeof id !== "bigint") throw new NoIntegerKeyError(this.table.name, this.table.kind);
    const truncated: string[] = [];
    for (let index = 1; index < values.length; index++) {
      const value = values[index];
      if (!(value instanceof Uint8Array) || !isTooLarge(value)) continue;
      values[index] = null;
      truncated.push(this.#columns[index] ?? "");
    }
    return { id, values, truncated };
  }

  [Symbol.dispose](): void {
    this.#statements.dispose();
  }
}

function isTooLarge(value: Uint8Array): boolean {
  return value.length === TOO_LARGE.length && Buffer.compare(value, TOO_LARGE) === 0;
}

/** The columns that tell a row from another one under the same id. */
function markColumns({ columns, roles }: FollowedTable): readonly string[] {
  if (roles.time === undefined) return columns;
  return [roles.time];
}

/** Whether any table of the database has AUTOINCREMENT. */
function hasSequence(database: Database): boolean {
  using statement = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'");
  return statement.values().length > 0;
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
