/** Reads a followed table by its key. No read transaction outlives a call: an open one would starve checkpoints. */
import type { Database, Statement } from "bun:sqlite";

import { RowTooLargeError } from "../../archive.ts";
import type { ColumnValue, EventId, PageLimits } from "../../events.ts";
import type { Sql } from "../../query/sql.ts";
import { type Landmark, landmarkOf } from "../landmarks.ts";
import { type IdWindow, MatchingRows } from "./matching-rows.ts";
import { collect, MAX_VALUE_BYTES, type RowsRead, sizesOf } from "./page-rows.ts";
import { Queries, type Values } from "./queries.ts";
import { readSample, type Sample } from "./sample.ts";
import { IdNotIntegerError, RepeatedIdError } from "./table-errors.ts";
import type { TableShape } from "./table-shape.ts";

/** What the first query of a page reads at most, in bytes: 1 to 2 ms. Larger values are read row by row after it. */
const MAX_SCAN_BYTES = 2_097_152;

/** A table that is referenced may have been empty before. In ms. */
const REFERENCES_MS = 60_000;

type Query = Statement<Values, never[]>;

export class EventReader implements Disposable {
  readonly #database: Database;
  readonly #tableName: string;
  readonly #begin: Query;
  readonly #commit: Query;
  readonly #schemaVersion: Query;
  readonly #statements: DisposableStack;
  #queries: Queries;
  #matching: MatchingRows | undefined;
  #referencesFound: { readonly in: Queries; readonly atMs: number } | undefined;
  /** Whether the queries are those of the schema that the read transaction sees: it sees one to its end. */
  #isSchemaKnown = false;

  /** @throws TableMissingError, NoIntegerKeyError, or SQLiteError */
  constructor(database: Database, tableName: string) {
    this.#database = database;
    this.#tableName = tableName;
    using statements = new DisposableStack();
    this.#begin = statements.use(database.prepare("BEGIN"));
    this.#commit = statements.use(database.prepare("COMMIT"));
    this.#schemaVersion = statements.use(database.prepare("PRAGMA schema_version"));
    this.#queries = this.inReadTransaction(() => new Queries(database, tableName, this.#readSchemaVersion()));
    this.#statements = statements.move();
  }

  get table(): TableShape {
    return this.#queries.table;
  }

  /** Changes with every CREATE, DROP, ALTER and VACUUM, and when a backup is restored. As of the last read. */
  get schemaVersion(): string {
    return this.#queries.schemaVersion;
  }

  /**
   * Runs several reads in one read transaction: they see one state of the file, and take its lock once. In the
   * rollback modes every lock of ours is a chance for a writer to be refused.
   */
  inReadTransaction<T>(read: () => T): T {
    if (this.#database.inTransaction) return read();
    this.#begin.run();
    try {
      return read();
    } finally {
      this.#isSchemaKnown = false;
      // An I/O error has ended it already.
      if (this.#database.inTransaction) this.#commit.run();
    }
  }

  /**
   * The smallest and the largest id; undefined while the table is empty.
   * @throws IdNotIntegerError where a view's id turns out to be something else
   */
  bounds(): { oldestId: EventId; latestId: EventId } | undefined {
    return this.inReadTransaction(() => {
      const queries = this.#current();
      const [values = []] = queries.bounds.values();
      const [oldestId, latestId] = values.map((value) => this.#asId(value));
      if (oldestId !== undefined && latestId !== undefined) return { oldestId, latestId };
      // A view may have rows, and NULL for the id of each.
      const [first] = queries.first.values();
      if (first !== undefined) queries.idOf(first);
      return undefined;
    });
  }

  /** The smallest id; undefined while the table is empty. About 2 µs, but in a view a scan. */
  oldestId(): EventId | undefined {
    return this.#asId(this.#queries.oldest.values()[0]?.[0] ?? null);
  }

  /** The largest id; undefined while the table is empty. The cheapest question there is: about 2 µs. */
  latestId(): EventId | undefined {
    return this.#asId(this.#queries.latest.values()[0]?.[0] ?? null);
  }

  /** The largest id that the table ever had, where AUTOINCREMENT remembers it. */
  autoincrement(): EventId | undefined {
    const largest = this.#current().sequence?.values()[0]?.[0];
    return typeof largest === "bigint" ? largest : undefined;
  }

  /** How many rows come after a cursor, counted up to a limit. */
  countAfter(cursor: EventId, limitRows: number): number {
    return Number(this.#queries.count.values(cursor, limitRows)[0]?.[0] ?? 0);
  }

  /** Whether there is a row after one id and up to another. */
  hasRows(afterId: EventId, upToId: EventId): boolean {
    return this.#queries.between.values(afterId, upToId).length > 0;
  }

  /**
   * Checks that the newest rows after an id have each an id of their own.
   * @throws RepeatedIdError where a view gives an id more than once, so that rows could not be told apart
   */
  checkIds(afterId: EventId): void {
    const { table, repeated } = this.#current();
    if (table.kind !== "view") return;
    const id = repeated.values(afterId)[0]?.[0];
    if (typeof id === "bigint") throw new RepeatedIdError(table.name, id);
  }

  /** The columns with their values in the newest rows. Looks for references too. */
  sample(): Sample {
    const queries = this.#current();
    return readSample(this.#database, queries.table, queries.findNames(this.#database));
  }

  /** Looks which columns can be shown by a text of another table, where nobody did for a while. */
  findReferences(): void {
    this.inReadTransaction(() => {
      const queries = this.#current();
      const found = this.#referencesFound;
      if (queries === found?.in && performance.now() - found.atMs < REFERENCES_MS) return;
      queries.findNames(this.#database);
      this.#referencesFound = { in: queries, atMs: performance.now() };
    });
  }

  /** What the newest row up to an id looks like; undefined when there is none. */
  landmarkUpTo(id: EventId): Landmark | undefined {
    const queries = this.#current();
    const [values] = queries.landmark.values(id);
    if (values === undefined) return undefined;
    const { schemaVersion, table } = queries;
    return landmarkOf(queries.idOf(values), schemaVersion, table.columns, values.slice(1));
  }

  /** What the row under an id looks like; undefined when there is none. */
  landmarkAt(id: EventId): Landmark | undefined {
    const landmark = this.landmarkUpTo(id);
    return landmark?.id === id ? landmark : undefined;
  }

  /**
   * The rows after a cursor, up to an id and with it, oldest first. First they are read without their larger values, in
   * one query that stays small whatever is in the table, and then each row that misses some, as long as there is room.
   */
  readAfter(cursor: EventId, upToId: EventId, limits: PageLimits): RowsRead {
    const [queries, found, limitRows] = this.inReadTransaction(() => {
      const current = this.#current();
      const { rows, perValueBytes } = roomFor(limits, current);
      // One more than asked for tells whether there are more.
      const read = current.after.values(cursor, upToId, rows + 1, perValueBytes);
      current.names.learn(read);
      return [current, read, rows] as const;
    });
    const within: PageLimits = { rows: limitRows, bytes: limits.bytes };
    // Most pages have no large value, and need no second transaction.
    const page =
      collect(queries, found, within) ??
      this.inReadTransaction(() => collect(queries, found, within, this.#database));
    return { ...page, rows: queries.names.addTo(page.rows) };
  }

  /**
   * One row whole; no row where there is none.
   * @throws RowTooLargeError where it has more bytes
   */
  readOne(id: EventId, maxBytes: number): RowsRead {
    return this.inReadTransaction(() => {
      const queries = this.#current();
      const sizes = sizesOf(queries, id);
      const largest = sizes.indexOf(Math.max(...sizes));
      if (sizes.reduce((sum, size) => sum + size, 0) > maxBytes)
        throw new RowTooLargeError(id, queries.table.columns[largest] ?? "", sizes[largest] ?? 0);
      const found = queries.one.values(id, Number.MAX_SAFE_INTEGER);
      queries.names.learn(found);
      const rows = queries.names.addTo(found.map((values) => queries.eventRow(values)));
      return { columns: queries.columns, rows, hasMore: false, bytes: 0 };
    });
  }

  /** What the statements of today's schema are made of. To be called in a read transaction. */
  queries(): Queries {
    return this.#current();
  }

  /** Reads rows for which a condition holds, with the statements of today's schema. */
  matching(): MatchingRows {
    const queries = this.#current();
    this.#matching ??= new MatchingRows(this.#database, queries);
    return this.#matching;
  }

  /**
   * The rows between two ids for which a condition holds, within the limits.
   * @param nowMs what "now" is in the condition, in ms since 1970
   */
  readMatching(condition: Sql, window: IdWindow, limits: PageLimits, nowMs: number): RowsRead {
    return this.inReadTransaction(() => {
      const matching = this.matching();
      const queries = this.#current();
      const { rows, perValueBytes } = roomFor(limits, queries);
      // A power of two, so that there are few statements.
      const maxValueBytes = 2 ** Math.floor(Math.log2(Math.max(1, perValueBytes)));
      const found = matching.read(queries.rowSql(String(maxValueBytes)), condition, window, rows + 1, nowMs);
      queries.names.learn(found);
      const page = collect(queries, found, { rows, bytes: limits.bytes }, this.#database);
      return { ...page, rows: queries.names.addTo(page.rows) };
    });
  }

  [Symbol.dispose](): void {
    this.#matching?.[Symbol.dispose]();
    this.#queries[Symbol.dispose]();
    this.#statements.dispose();
  }

  /** The queries of today's schema: an ALTER TABLE shows in the next page, not in the next process. */
  #current(): Queries {
    if (this.#isSchemaKnown) return this.#queries;
    const schemaVersion = this.#readSchemaVersion();
    if (schemaVersion !== this.#queries.schemaVersion) {
      const next = new Queries(this.#database, this.#tableName, schemaVersion);
      this.#matching?.[Symbol.dispose]();
      this.#matching = undefined;
      this.#queries[Symbol.dispose]();
      this.#queries = next;
    }
    this.#isSchemaKnown = this.#database.inTransaction;
    return this.#queries;
  }

  /** Text sorts above every integer, so that the largest id shows whether there is any. */
  #asId(value: ColumnValue): EventId | undefined {
    if (value === null) return undefined;
    if (typeof value === "bigint") return value;
    throw new IdNotIntegerError(this.table.name, value);
  }

  #readSchemaVersion(): string {
    return String(this.#schemaVersion.values()[0]?.[0]);
  }
}

/** How many rows a page has room for, and how large a value of its first query may be. */
function roomFor(
  limits: PageLimits,
  { minRowBytes, columns }: Queries,
): { readonly rows: number; readonly perValueBytes: number } {
  const rows = Math.min(limits.rows, Math.max(1, Math.floor(limits.bytes / minRowBytes)));
  const perValue = Math.floor(MAX_SCAN_BYTES / ((rows + 1) * columns.length));
  return { rows, perValueBytes: Math.min(perValue, MAX_VALUE_BYTES) };
}
