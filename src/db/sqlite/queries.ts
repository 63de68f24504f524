/** The statements that read a followed table, for one version of its schema. */
import type { Database, Statement } from "bun:sqlite";

import type { ColumnValue, EventId, EventRow } from "../../events.ts";
import { quoteName } from "../quote-name.ts";
import { findReferences, type Reference, ReferenceNames } from "./references.ts";
import { IdNotIntegerError } from "./table-errors.ts";
import { inspectTable, type TableShape } from "./table-shape.ts";

/** Stands in a result for a value that is too large. Random, so that no value that somebody stored is it. */
const TOO_LARGE = crypto.getRandomValues(new Uint8Array(16));

/** A landmark knows the length of a larger value in place of the value: it is read at every commit. In bytes. */
const MAX_LANDMARK_VALUE_BYTES = 4096;

/** Rows of a view whose ids are compared with each other when they are new. */
const REPEATED_LIMIT_ROWS = 1000;

/**
 * What a value counts besides itself and the name of its column: as many bytes as could be encoded in the time that a
 * small value takes, so that a table of many narrow columns has its budget, too.
 */
const BYTES_PER_VALUE = 24;

/** One row of a result, as bun:sqlite hands it over. */
export type Values = ColumnValue[];
type Query = Statement<Values, (EventId | number)[]>;

export class Queries implements Disposable {
  readonly schemaVersion: string;
  readonly table: TableShape;
  /** The key first. */
  readonly columns: readonly string[];
  /** A row counts as this many bytes at least. */
  readonly minRowBytes: number;
  readonly bounds: Query;
  /** The id of whatever row comes first. */
  readonly first: Query;
  readonly oldest: Query;
  readonly latest: Query;
  readonly between: Query;
  readonly count: Query;
  /** Rows after an id and up to another, oldest first; values larger than the last parameter are left out. */
  readonly after: Query;
  /** One row; values larger than the second parameter are left out. */
  readonly one: Query;
  /** How many bytes each value of a row has. */
  readonly sizes: Query;
  /** The newest row up to an id, as a landmark compares it. */
  readonly landmark: Query;
  /** An id that more than one of the newest rows after an id have: possible in a view alone. */
  readonly repeated: Query;
  readonly sequence: Query | undefined;
  /** The texts of what the columns reference, once `findNames` has looked for them. */
  names: ReferenceNames;
  references: ReadonlyMap<string, Reference> = new Map();
  readonly #statements: DisposableStack;

  /** @throws TableMissingError, NoIntegerKeyError, or SQLiteError */
  constructor(database: Database, tableName: string, schemaVersion: string) {
    this.schemaVersion = schemaVersion;
    this.table = inspectTable(database, tableName);
    this.columns = [this.table.key, ...this.table.columns];
    this.minRowBytes = this.columns.reduce((sum, column) => sum + column.length + BYTES_PER_VALUE, 0);
    const { from, key } = this;
    const columns = this.table.columns.map((column) => `t.${quoteName(column)}`);
    const row = (limit: string): string => this.rowSql(limit);
    const marks = columns.map((column) =>
      unlessLarger(column, String(MAX_LANDMARK_VALUE_BYTES), `octet_length(${column})`),
    );

    // A statement that is left open keeps the file and its locks: all of them, or none.
    using statements = new DisposableStack();
    const prepare = (sql: string): Query => statements.use(database.prepare(sql));
    this.bounds = prepare(`SELECT (SELECT min(${key}) ${from}), (SELECT max(${key}) ${from})`);
    this.first = prepare(`SELECT ${key} ${from} LIMIT 1`);
    this.oldest = prepare(`SELECT min(${key}) ${from}`);
    this.latest = prepare(`SELECT max(${key}) ${from}`);
    this.between = prepare(`SELECT 1 ${from} WHERE ${key} > ?1 AND ${key} <= ?2 LIMIT 1`);
    this.count = prepare(
      `SELECT count(*) FROM (SELECT 1 ${from} WHERE ${key} > ?1 ORDER BY ${key} LIMIT ?2)`,
    );
    this.after = prepare(
      `SELECT ${row("?4")} ${from} WHERE ${key} > ?1 AND ${key} <= ?2 ORDER BY ${key} LIMIT ?3`,
    );
    this.one = prepare(`SELECT ${row("?2")} ${from} WHERE ${key} = ?1`);
    this.sizes = prepare(
      `SELECT ${columns.map((column) => `octet_length(${column})`).join(", ") || "0"} ${from} WHERE ${key} = ?1`,
    );
    this.landmark = prepare(
      `SELECT ${[key, ...marks].join(", ")} ${from} WHERE ${key} <= ?1 ORDER BY ${key} DESC LIMIT 1`,
    );
    this.repeated = prepare(
      `SELECT id FROM (SELECT ${key} AS id ${from} WHERE ${key} > ?1 ORDER BY ${key} DESC LIMIT ${REPEATED_LIMIT_ROWS}) GROUP BY id HAVING count(*) > 1 LIMIT 1`,
    );
    this.sequence = hasSequence(database)
      ? prepare(`SELECT seq FROM sqlite_sequence WHERE name = ${quoteText(this.table.name)}`)
      : undefined;
    this.names = new ReferenceNames(database, [], this.columns);
    this.#statements = statements.move();
  }

  /** Names stay qualified: SQLite takes a bare quoted name that no column bears for a string. */
  get from(): string {
    return `FROM ${quoteName(this.table.name)} AS t`;
  }

  get key(): string {
    return `t.${quoteName(this.table.key)}`;
  }

  /** A row, without the values that are larger. @param limitBytes the parameter that holds the limit */
  rowSql(limitBytes: string): string {
    const { columns, key: keyColumn } = this.table;
    return [
      // A statement has to name each of its parameters, where no column needs the limit too.
      columns.length === 0 ? `coalesce(${this.key}, ${limitBytes})` : `t.${quoteName(keyColumn)}`,
      ...columns.map((column) =>
        unlessLarger(`t.${quoteName(column)}`, limitBytes, `x'${TOO_LARGE.toHex()}'`),
      ),
    ].join(", ");
  }

  /** @throws IdNotIntegerError where a view's id turns out to be something else */
  idOf(values: Values | undefined): EventId {
    const id = values?.[0];
    if (typeof id !== "bigint") throw new IdNotIntegerError(this.table.name, id);
    return id;
  }

  /**
   * One row without the values of some columns. For rows that are too large as a whole: they are rare enough to have a
   * statement of their own.
   * @param leftOut places of the columns in `columns`
   */
  oneWithout(database: Database, id: EventId, leftOut: ReadonlySet<number>): Values | undefined {
    const marker = `x'${TOO_LARGE.toHex()}'`;
    const row = this.columns.map((column, at) => (leftOut.has(at) ? marker : `t.${quoteName(column)}`));
    using statement = database.prepare<Values, [EventId]>(
      `SELECT ${row.join(", ")} FROM ${quoteName(this.table.name)} AS t WHERE t.${quoteName(this.table.key)} = ?1`,
    );
    return statement.values(id)[0];
  }

  /** Looks which columns can be shown by a text of another table: it may have had no rows so far. */
  findNames(database: Database): ReadonlyMap<string, Reference> {
    const references = findReferences(database, this.table);
    this.references = references;
    this.names[Symbol.dispose]();
    this.names = new ReferenceNames(database, references.values(), this.columns);
    return references;
  }

  /** Values that were left out stand as null, and their columns are named. */
  eventRow(values: Values): EventRow {
    const id = this.idOf(values);
    const truncated: string[] = [];
    for (let index = 1; index < values.length; index++) {
      if (!isLeftOut(values[index])) continue;
      values[index] = null;
      truncated.push(this.columns[index] ?? "");
    }
    return { id, values, truncated };
  }

  [Symbol.dispose](): void {
    this.names[Symbol.dispose]();
    this.#statements.dispose();
  }
}

/** A value of a row, or what `isLeftOut` recognises where it is larger. @param column SQL */
export function unlessTooLarge(column: string, limitBytes: number): string {
  return unlessLarger(column, String(limitBytes), `x'${TOO_LARGE.toHex()}'`);
}

/** Whether a value was too large for its query. */
export function isLeftOut(value: ColumnValue | undefined): boolean {
  return (
    value instanceof Uint8Array && value.length === TOO_LARGE.length && Buffer.compare(value, TOO_LARGE) === 0
  );
}

function unlessLarger(column: string, limit: string, otherwise: string): string {
  return `CASE WHEN octet_length(${column}) > ${limit} THEN ${otherwise} ELSE ${column} END`;
}

/** Whether any table of the database has AUTOINCREMENT. */
function hasSequence(database: Database): boolean {
  using statement = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'");
  return statement.values().length > 0;
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
