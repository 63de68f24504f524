/**
 * Columns that reference another table, shown by a text of the row that they lead to: `event_type_id` 4 is
 * `state_changed`. Only where the table declares it (FOREIGN KEY), and where one text column tells what a row is.
 */
import { type Database, SQLiteError, type Statement } from "bun:sqlite";

import { isSecretName } from "../../columns/secrets.ts";
import type { ColumnValue, EventRow, RowValue } from "../../events.ts";
import { quoteName } from "../quote-name.ts";
import { ask } from "./ask.ts";
import { isBusy } from "./busy.ts";
import type { TableShape } from "./table-shape.ts";

/** Columns that name a row, where a table has several texts; the likeliest first. */
const NAMING =
  /^(?:name|title|label|display_?name|full_?name|user_?name|login|email|slug|key|code|domain|url)$/i;
const NAMING_ORDER = ["name", "title", "label", "displayname", "fullname", "username", "login", "email"];

/** Texts that are longer are no names. In bytes, and at most as many characters. */
const MAX_NAME_BYTES = 200;

/** Rows of the other table that are looked at to see whether a column names them. */
const LOOKED_AT_ROWS = 20;

/** Columns that are looked up; a table with more references is shown without the others. */
const MAX_REFERENCES = 8;

/** Texts that are remembered, in all: 4 MB at most. Beyond it all are forgotten, and looked up again. */
const MAX_REMEMBERED = 10_000;

/** What is looked up for one page: 1 ms. Rows whose names are not there yet are sent without them. */
const MAX_LOOKUPS = 300;

/** A row of the other table may be changed: after so long its text is looked up again. In ms. */
const REMEMBERED_MS = 30_000;

export interface Reference {
  readonly column: string;
  /** The table that it leads to, and the column there that it is compared with. */
  readonly table: string;
  readonly key: string;
  /** The column of the other table that tells what the row is. */
  readonly textColumn: string;
  /** SQL that finds the text by the referenced value. */
  readonly sql: string;
}

/** Finds the references of a table that can be shown by a text. */
export function findReferences(database: Database, table: TableShape): Map<string, Reference> {
  const found = new Map<string, Reference>();
  if (table.kind !== "table") return found;
  const keys = ask(database, `SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?1)`, table.name);
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
      table: other,
      key: to,
      textColumn,
      sql: `SELECT ${nameOrElse(text, "NULL")} FROM ${quoteName(other)} WHERE ${quoteName(to)} = ?1 LIMIT 1`,
    });
  }
  return found;
}

function nameOrElse(column: string, otherwise: string): string {
  return `CASE WHEN ifnull(octet_length(${column}), 0) <= ${MAX_NAME_BYTES} THEN ${column} ELSE ${otherwise} END`;
}

/** A table without a primary key of one column is referenced by none. */
function primaryKeyOf(database: Database, table: string): string | undefined {
  const columns = ask(database, "SELECT name FROM pragma_table_info(?1) WHERE pk > 0", table);
  return columns.length === 1 ? String(columns[0]?.["name"]) : undefined;
}

/** The one text column that tells what a row of a table is; undefined where there is none, or more than one. */
function textColumnOf(database: Database, table: string, key: string): string | undefined {
  // By its key, or the lookup would scan the table.
  if (!isIndexed(database, table, key)) return undefined;
  const columns = ask(database, "SELECT name, type FROM pragma_table_info(?1)", table)
    .filter(
      ({ name, type }) =>
        String(name).toLowerCase() !== key.toLowerCase() && /CHAR|TEXT|CLOB|^$/i.test(String(type)),
    )
    .map(({ name }) => String(name))
    // A secret names nobody.
    .filter((name) => !isSecretName(name));
  if (columns.length === 0) return undefined;
  // A BLOB is no name, and so is none of the texts of a column where one of them is too long.
  const names = columns.map((column) => nameOrElse(quoteName(column), "x''"));
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

/**
 * The other table may be missing, broken or damaged: the rows are shown without its texts. What looks at the followed
 * table itself tells what is wrong with the file.
 * @throws SQLiteError where a writer holds the file: the question is asked again
 */
function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SQLiteError && !isBusy(error)) return undefined;
    throw error;
  }
}

function isName(values: readonly ColumnValue[]): boolean {
  const filled = values.filter((value) => value !== null && value !== "");
  return filled.length > 0 && filled.every((value) => typeof value === "string" && !/^\s*[{[]/.test(value));
}

function isIndexed(database: Database, table: string, column: string): boolean {
  using plan = database.prepare<{ detail: string }, []>(
    `EXPLAIN QUERY PLAN SELECT 1 FROM ${quoteName(table)} WHERE ${quoteName(column)} = 1`,
  );
  return plan.all().every(({ detail }) => detail.startsWith("SEARCH"));
}

/** Looks the texts up, and remembers them for a while. */
export class ReferenceNames implements Disposable {
  readonly #lookups: readonly {
    readonly column: string;
    readonly at: number;
    readonly statement: Statement<ColumnValue[], ColumnValue[]>;
    readonly names: Map<RowValue, string | undefined>;
  }[];
  readonly #statements: DisposableStack;
  #remembered = 0;
  readonly #now: () => number;
  #forgetAtMs: number;

  /**
   * @param columns of the rows
   * @param now milliseconds of a clock that never goes back
   */
  constructor(
    database: Database,
    references: Iterable<Reference>,
    columns: readonly string[],
    now: () => number = () => performance.now(),
  ) {
    this.#now = now;
    this.#forgetAtMs = now() + REMEMBERED_MS;
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

  /** Looks up what these rows reference. To be called in their read transaction. @param rows values by column */
  learn(rows: readonly (readonly ColumnValue[])[]): void {
    if (this.isEmpty) return;
    if (this.#now() >= this.#forgetAtMs || this.#remembered >= MAX_REMEMBERED) this.#forget();
    let left = MAX_LOOKUPS;
    for (const row of rows) {
      for (const { at, statement, names } of this.#lookups) {
        const value = row[at] ?? null;
        if (value === null || names.has(value)) continue;
        if (left-- === 0) return;
        const text = orUndefined(() => statement.values(value)[0]?.[0]);
        names.set(value, typeof text === "string" && text !== "" ? text : undefined);
        this.#remembered++;
      }
    }
  }

  /** The rows with the texts that were learnt. */
  addTo(rows: readonly EventRow[]): readonly EventRow[] {
    if (this.isEmpty) return rows;
    return rows.map((row) => {
      const names = this.#lookups.flatMap(({ column, at, names: known }) => {
        const name = known.get(row.values[at] ?? null);
        return name === undefined ? [] : [[column, name] as const];
      });
      return names.length === 0 ? row : { ...row, names: Object.fromEntries(names) };
    });
  }

  [Symbol.dispose](): void {
    this.#statements.dispose();
  }

  #forget(): void {
    for (const { names } of this.#lookups) names.clear();
    this.#remembered = 0;
    this.#forgetAtMs = this.#now() + REMEMBERED_MS;
  }
}
