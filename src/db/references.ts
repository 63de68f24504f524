/**
 * Columns that reference another table, shown by a text of the row that they lead to: `event_type_id` 4 is
 * `state_changed`. Only where the table declares it (FOREIGN KEY), and where one text column tells what a row is.
 */
import { type Database, SQLiteError, type Statement } from "bun:sqlite";

import type { ColumnValue, EventRow } from "../events.ts";
import { quoteName } from "./quote-name.ts";
import type { TableShape } from "./table-shape.ts";

/** Columns that name a row, where a table has several texts; the likeliest first. */
const NAMING =
  /^(?:name|title|label|display_?name|full_?name|user_?name|login|email|slug|key|code|domain|url)$/i;
const NAMING_ORDER = ["name", "title", "label", "displayname", "fullname", "username", "login", "email"];

/** Texts that are longer are no names. In characters. */
const MAX_NAME_LENGTH = 200;

/** Rows of the other table that are looked at to see whether a column names them. */
const LOOKED_AT_ROWS = 20;

/** Columns that are looked up; a table with more references is shown without the others. */
const MAX_REFERENCES = 8;

/** Texts that are remembered, in all. Each takes up to 200 characters: 4 MB at most. */
const MAX_REMEMBERED = 10_000;

/** What is looked up for one page: 1 ms. Rows whose names are not there yet are sent without them. */
const MAX_LOOKUPS = 300;

/** A row of the other table may be changed: after so long its text is looked up again. In ms. */
const REMEMBERED_MS = 30_000;

export interface Reference {
  readonly column: string;
  /** The column of the other table that tells what the row is. */
  readonly textColumn: string;
  /** SQL that finds the text by the referenced value. */
  readonly sql: string;
}

/** Finds the references of a table that can be shown by a text. */
export function findReferences(database: Database, table: TableShape): Map<string, Reference> {
  const found = new Map<string, Reference>();
  if (table.kind !== "table") return found;
  const keys = all(database, `SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?1)`, table.name);
  for (const [, parts] of Map.groupBy(keys, ({ id }) => id)) {
    const [key] = parts;
    if (key === undefined || parts.length > 1 || found.size === MAX_REFERENCES) continue;
    const column = table.columns.find((name) => name.toLowerCase() === String(key["from"]).toLowerCase());
    const other = String(key["table"]);
    // A row that refers to an earlier one of its own table is known by that row's id, not by what it says.
    if (other.toLowerCase() === table.name.toLowerCase()) continue;
    const to = typeof key["to"] === "string" ? key["to"] : primaryKeyOf(database, other);
    if (column === undefined || to === undefined || found.has(column)) continue;
    const textColumn = orUndefined(() => textColumnOf(database, other, to));
    if (textColumn === undefined) continue;
    const text = quoteName(textColumn);
    found.set(column, {
      column,
      textColumn,
      sql: `SELECT CASE WHEN octet_length(${text}) <= ${MAX_NAME_LENGTH * 4} THEN ${text} END FROM ${quoteName(other)} WHERE ${quoteName(to)} = ?1 LIMIT 1`,
    });
  }
  return found;
}

/** A table without a primary key of one column is referenced by none. */
function primaryKeyOf(database: Database, table: string): string | undefined {
  const columns = all(database, "SELECT name FROM pragma_table_info(?1) WHERE pk > 0", table);
  return columns.length === 1 ? String(columns[0]?.["name"]) : undefined;
}

/** The one text column that tells what a row of a table is; undefined where there is none, or more than one. */
function textColumnOf(database: Database, table: string, key: string): string | undefined {
  // By its key, or the lookup would scan the table.
  if (!isIndexed(database, table, key)) return undefined;
  const columns = all(database, "SELECT name, type FROM pragma_table_info(?1)", table)
    .filter(
      ({ name, type }) =>
        String(name).toLowerCase() !== key.toLowerCase() && /CHAR|TEXT|CLOB|^$/i.test(String(type)),
    )
    .map(({ name }) => String(name));
  if (columns.length === 0) return undefined;
  const names = columns.map(
    (column) => `CASE WHEN octet_length(${quoteName(column)}) <= 1000 THEN ${quoteName(column)} ELSE x'' END`,
  );
  using statement = database.prepare<ColumnValue[], []>(
    `SELECT ${names.join(", ")} FROM ${quoteName(table)} LIMIT ${LOOKED_AT_ROWS}`,
  );
  const rows = statement.values();
  const telling = columns.filter((_, at) => isName(rows.map((row) => row[at] ?? null)));
  if (telling.length <= 1) return telling[0];
  const order = (column: string): number => {
    const at = NAMING_ORDER.indexOf(column.toLowerCase().replaceAll("_", ""));
    return at === -1 ? NAMING_ORDER.length : at;
  };
  return telling.filter((column) => NAMING.test(column)).toSorted((a, b) => order(a) - order(b))[0];
}

/** The other table may be missing, broken or damaged: the rows are shown without its texts. */
function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SQLiteError) return undefined;
    throw error;
  }
}

function isName(values: readonly ColumnValue[]): boolean {
  const filled = values.filter((value) => value !== null && value !== "");
  return (
    filled.length > 0 &&
    filled.every(
      (value) => typeof value === "string" && value.length <= MAX_NAME_LENGTH && !/^\s*[{[]/.test(value),
    )
  );
}

function isIndexed(database: Database, table: string, column: string): boolean {
  using plan = database.prepare<{ detail: string }, []>(
    `EXPLAIN QUERY PLAN SELECT 1 FROM ${quoteName(table)} WHERE ${quoteName(column)} = 1`,
  );
  return plan.all().every(({ detail }) => detail.startsWith("SEARCH"));
}

function all(database: Database, sql: string, ...values: string[]): Record<string, unknown>[] {
  using statement = database.prepare<Record<string, unknown>, string[]>(sql);
  return statement.all(...values);
}

/** Looks the texts up, and remembers them for a while. */
export class ReferenceNames implements Disposable {
  readonly #lookups: readonly {
    readonly column: string;
    readonly at: number;
    readonly statement: Statement<ColumnValue[], ColumnValue[]>;
    readonly names: Map<ColumnValue, string | undefined>;
  }[];
  readonly #statements: DisposableStack;
  #remembered = 0;
  #forgetAtMs = performance.now() + REMEMBERED_MS;

  /** @param columns of the rows that `addTo` gets */
  constructor(database: Database, references: Iterable<Reference>, columns: readonly string[]) {
    using statements = new DisposableStack();
    this.#lookups = [...references].map(({ column, sql }) => ({
      column,
      at: columns.indexOf(column),
      statement: statements.use(database.prepare(sql)),
      names: new Map(),
    }));
    this.#statements = statements.move();
  }

  get isEmpty(): boolean {
    return this.#lookups.length === 0;
  }

  /** The rows with the texts of what they reference. To be called in the read transaction of the rows. */
  addTo(rows: readonly EventRow[]): EventRow[] {
    if (performance.now() >= this.#forgetAtMs || this.#remembered >= MAX_REMEMBERED) this.#forget();
    let left = MAX_LOOKUPS;
    return rows.map((row) => {
      let names: Record<string, string> | undefined;
      for (const { column, at, statement, names: known } of this.#lookups) {
        const value = row.values[at] ?? null;
        if (value === null) continue;
        if (!known.has(value)) {
          if (left-- <= 0) continue;
          const text = orUndefined(() => statement.values(value)[0]?.[0]);
          known.set(value, typeof text === "string" && text !== "" ? text : undefined);
          this.#remembered++;
        }
        const name = known.get(value);
        if (name !== undefined) (names ??= {})[column] = name;
      }
      return names === undefined ? row : { ...row, names };
    });
  }

  [Symbol.dispose](): void {
    this.#statements.dispose();
  }

  #forget(): void {
    for (const { names } of this.#lookups) names.clear();
    this.#remembered = 0;
    this.#forgetAtMs = performance.now() + REMEMBERED_MS;
  }
}
